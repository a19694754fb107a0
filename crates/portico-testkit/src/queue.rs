//! A job queue, and workers with clocks that tests set.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico_adapters::mail::Transport;
use portico_core::clock::Clock;
use portico_core::id::{CompanyId, new_uuid};
use portico_core::mail::{MailJob, MailLink, MailTemplate};
use portico_fixtures::world::World;
use portico_store::jobs::enqueue;
use portico_store::{PoolSizes, Store, StoreError};
use serde_json::json;

use crate::TestApp;

/// Start time of all tests.
pub fn start() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().expect("a moment")
}

/// The demo's first company.
pub fn company() -> CompanyId {
    CompanyId(World::id("alderbrook"))
}

/// A mail with a sign-in link.
pub fn sign_in_link(key: &str, to: &str) -> MailJob {
    MailJob {
        key: key.to_owned(),
        company_id: Some(company()),
        template: MailTemplate::SignInLink,
        to_address: to.to_owned(),
        to_name: Some("Ana Whitlock".to_owned()),
        values: json!({ "minutes": 15 }),
        link: Some(MailLink { id: new_uuid(), nonce: new_uuid() }),
        portal_host: Some("portal.alderbrook.example".to_owned()),
    }
}

/// Queues mails like an action. Returns whether each was new.
pub async fn insert(app: &TestApp, new: &[MailJob]) -> Result<Vec<bool>, StoreError> {
    let connection = app.store().accounts().connection().await?;
    connection
        .transaction(async |queue| {
            let mut written = Vec::new();
            for mail in new {
                written.push(enqueue(queue, mail, start()).await?);
            }
            Ok(written)
        })
        .await
}

/// A worker with a transport, a clock, and separate connections. The test sets the clock.
pub struct TestWorker {
    /// The worker.
    pub worker: Worker,
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl TestWorker {
    /// One that composes mails as the gateway does.
    pub fn new(app: &TestApp, transport: Transport) -> Self {
        Self::with_composer(app, transport, app.composer())
    }

    /// One that composes mails otherwise.
    pub fn with_composer(app: &TestApp, transport: Transport, composer: MailComposer) -> Self {
        let store = Store::new(app.database().database(), PoolSizes { reader: 1, auth: 1, writer: 2 });
        let now = Arc::new(Mutex::new(start()));
        let shown = Arc::clone(&now);
        let clock = Arc::new(move || Clock::at(*shown.lock().expect("the lock is not poisoned")));
        let context =
            JobContext { writer: store.worker(), composer, transport, hosts: Some(Arc::clone(&app.app.hosts)) };
        let worker = Worker::of_gateway(context, clock, WorkerNotifier::default());
        Self { worker, now }
    }

    /// Advances its clock.
    pub fn wait(&self, pause: TimeDelta) {
        *self.now.lock().expect("the lock is not poisoned") += pause;
    }

    /// The time of its clock.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("the lock is not poisoned")
    }

    /// Runs due jobs. Returns their number.
    pub async fn round(&self) -> usize {
        self.worker.round().await.expect("the queue can be read")
    }
}

/// State, attempts and last error of a job, by its key.
pub async fn state_of(app: &TestApp, key: &str) -> String {
    let sql = format!(
        "select state || ' ' || attempts || coalesce(' ' || last_error, '') as text from jobs where key = '{key}'"
    );
    app.database().db_texts(&sql).await.pop().expect("it is there")
}
