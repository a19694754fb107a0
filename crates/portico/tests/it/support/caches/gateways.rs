//! Gateways with caches, and one without, on one database.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use portico::ClockSource;
use portico::caches::CacheSizes;
use portico_adapters::redis::RedisConnection;
use portico_core::clock::Clock;
use portico_graphql::AnswerCache;
use portico_loader::Tiers;
use portico_store::generations::reset_caches;
use portico_testkit::{Person, TestApp};

use super::Read;

/// Secret of the installation, with which gateways accept each other's entries in Redis.
pub(crate) const SECRET: &[u8] = b"of one installation";

const SIZES: CacheSizes = CacheSizes { rows: 8, answers: 4 };

/// What a gateway caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheMode {
    RowsAndAnswers,
    Rows,
}

/// The tiers of the row cache.
pub(crate) fn stores(redis: Option<RedisConnection>, secret: &[u8]) -> Tiers {
    SIZES.tiers(redis, secret)
}

/// A clock that is stopped.
pub(crate) fn at(moment: &str) -> ClockSource {
    let moment: DateTime<Utc> = moment.parse().expect("a moment");
    Arc::new(move || Clock::at(moment))
}

/// Status and body.
pub(crate) type RawReply = (StatusCode, String);

/// Gateways on one database.
pub(crate) struct Gateways {
    /// Without caches: its answers are the reference.
    pub(crate) cold: TestApp,
    /// With caches, each in its own memory; they share Redis.
    pub(crate) warm: Vec<TestApp>,
    /// The row caches of the warm gateways.
    pub(crate) tiers: Vec<Tiers>,
    /// Connection as the owner of the tables.
    pub(crate) owner: tokio_postgres::Client,
}

impl Gateways {
    /// Creates a gateway per connection to Redis.
    pub(crate) async fn over(links: impl IntoIterator<Item = Option<RedisConnection>>) -> Self {
        Self::of(TestApp::demo().await, links).await
    }

    /// Creates them on the database and the connections of this one.
    pub(crate) async fn of(app: TestApp, links: impl IntoIterator<Item = Option<RedisConnection>>) -> Self {
        // Copies of a template would share their epoch.
        reset_caches(app.database().database()).await.expect("the database answers");
        let owner = app.database().db_client(None).await;
        let cold = app.rewired(|app| {
            app.tiers = Tiers::none();
            app.gateway = app.gateway.clone().with_answer_cache(AnswerCache::new(0));
            app.clock = at("2026-11-22T18:00:00Z");
        });
        let mut gateways = Self { cold, warm: Vec::new(), tiers: Vec::new(), owner };
        for link in links {
            gateways.add(stores(link, SECRET), CacheMode::RowsAndAnswers);
        }
        gateways
    }

    /// Adds a gateway with caches. Returns its index.
    pub(crate) fn add(&mut self, tiers: Tiers, mode: CacheMode) -> usize {
        let app = self.cold.rewired(|app| {
            app.tiers = tiers.clone();
            if mode == CacheMode::RowsAndAnswers {
                app.gateway = app.gateway.clone().with_answer_cache(SIZES.answers());
            }
        });
        self.warm.push(app);
        self.tiers.push(tiers);
        self.warm.len() - 1
    }

    /// The answer of the gateway at this index.
    pub(crate) async fn reply(&self, place: usize, read: &Read) -> RawReply {
        reply(&self.warm[place], read).await.0
    }

    /// The answer with its statements, excluding sign-in.
    pub(crate) async fn reply_with_cost(&self, place: usize, read: &Read) -> (RawReply, u64) {
        reply(&self.warm[place], read).await
    }

    /// The reference answer.
    pub(crate) async fn reference(&self, read: &Read) -> RawReply {
        reply(&self.cold, read).await.0
    }

    /// The reference answer with its statements, excluding sign-in.
    pub(crate) async fn reference_with_cost(&self, read: &Read) -> (RawReply, u64) {
        reply(&self.cold, read).await
    }

    /// Asserts that all gateways give the reference answer, and returns it.
    pub(crate) async fn agree(&self, read: &Read, when: &str) -> RawReply {
        let reference = self.reference(read).await;
        for place in 0..self.warm.len() {
            assert_eq!(self.reply(place, read).await, reference, "gateway {place}, {when}: {read}");
        }
        reference
    }

    /// Writes as the owner of the tables.
    pub(crate) async fn write(&self, sql: &str) {
        self.owner.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }
}

async fn reply(app: &TestApp, read: &Read) -> (RawReply, u64) {
    let reply = app.ask_with(&Person::with_token(read.token), &read.text, read.variables.clone()).await;
    ((reply.status, reply.without_request_id()), reply.statements)
}
