//! Two gateways that keep things, and one that does not, over one database.

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

/// The installation's, so that the gateways know what each other puts into Redis.
pub(crate) const SECRET: &[u8] = b"of one installation";

const SIZES: CacheSizes = CacheSizes { rows: 8, answers: 4 };

/// Where a gateway keeps things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    RowsAndAnswers,
    Rows,
}

/// What rows are kept in.
pub(crate) fn stores(redis: Option<RedisConnection>, secret: &[u8]) -> Tiers {
    SIZES.tiers(redis, secret)
}

/// A clock that stands still.
pub(crate) fn at(moment: &str) -> ClockSource {
    let moment: DateTime<Utc> = moment.parse().expect("a moment");
    Arc::new(move || Clock::at(moment))
}

/// A body, and what stands before it.
pub(crate) type Heard = (StatusCode, String);

/// Gateways over one database.
pub(crate) struct Gateways {
    /// Keeps nothing: what it answers is right.
    pub(crate) cold: TestApp,
    /// Keep things, each in a memory of its own; they share Redis.
    pub(crate) warm: Vec<TestApp>,
    /// What the warm ones keep rows in.
    pub(crate) tiers: Vec<Tiers>,
    /// The owner of the tables.
    pub(crate) owner: tokio_postgres::Client,
}

impl Gateways {
    /// One for each way to Redis.
    pub(crate) async fn over(links: impl IntoIterator<Item = Option<RedisConnection>>) -> Self {
        Self::of(TestApp::demo().await, links).await
    }

    /// The same, over the database and the connections of this one.
    pub(crate) async fn of(app: TestApp, links: impl IntoIterator<Item = Option<RedisConnection>>) -> Self {
        // Copies of a template would share their epoch.
        reset_caches(app.database().database()).await.expect("the database answers");
        let owner = app.database().db_client(None).await;
        let cold = app.rewired(|app| {
            app.tiers = Tiers::none();
            app.gateway = app.gateway.clone().keeping(AnswerCache::new(0));
            app.clock = at("2026-11-22T18:00:00Z");
        });
        let mut gateways = Self { cold, warm: Vec::new(), tiers: Vec::new(), owner };
        for link in links {
            gateways.add(stores(link, SECRET), Keeping::RowsAndAnswers);
        }
        gateways
    }

    /// Another that keeps things; answers its place.
    pub(crate) fn add(&mut self, tiers: Tiers, keeping: Keeping) -> usize {
        let app = self.cold.rewired(|app| {
            app.tiers = tiers.clone();
            if keeping == Keeping::RowsAndAnswers {
                app.gateway = app.gateway.clone().keeping(SIZES.answers());
            }
        });
        self.warm.push(app);
        self.tiers.push(tiers);
        self.warm.len() - 1
    }

    /// What the gateway at this place answers.
    pub(crate) async fn heard(&self, place: usize, read: &Read) -> Heard {
        heard(&self.warm[place], read).await.0
    }

    /// The same, with the statements that it took besides sign-in's.
    pub(crate) async fn heard_for(&self, place: usize, read: &Read) -> (Heard, u64) {
        heard(&self.warm[place], read).await
    }

    /// What is right.
    pub(crate) async fn truth(&self, read: &Read) -> Heard {
        heard(&self.cold, read).await.0
    }

    /// The same, with the statements that it took besides sign-in's.
    pub(crate) async fn truth_for(&self, read: &Read) -> (Heard, u64) {
        heard(&self.cold, read).await
    }

    /// Asserts that the gateways that keep things answer what the one answers that does not, and answers it.
    pub(crate) async fn agree(&self, read: &Read, when: &str) -> Heard {
        let truth = self.truth(read).await;
        for place in 0..self.warm.len() {
            assert_eq!(self.heard(place, read).await, truth, "gateway {place}, {when}: {read}");
        }
        truth
    }

    /// Writes as the owner of the tables.
    pub(crate) async fn write(&self, sql: &str) {
        self.owner.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }
}

async fn heard(app: &TestApp, read: &Read) -> (Heard, u64) {
    let reply = app.ask_with(&Person::with_token(read.token), &read.text, read.variables.clone()).await;
    ((reply.status, reply.without_request_id()), reply.statements)
}
