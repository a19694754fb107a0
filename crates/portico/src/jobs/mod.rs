//! Jobs: how each kind runs, and the worker that runs them.
//!
//! A kind is one type: [`Job`] defines a name, a payload and limits, [`RunJob`] implements the run, and
//! [`Worker::of_gateway`] registers it.

mod composer;
mod file_images;
mod file_scan;
mod file_sweep;
mod mail;
mod notifier;
mod selection_reminder;
mod worker;

use std::any::type_name;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use portico_adapters::mail::Transport;
use portico_core::company::Hosts;
use portico_core::id::JobId;
use portico_core::jobs::Job;
use portico_store::jobs::JobRow;
use portico_store::{StoreError, Writer};

pub use composer::{ComposeError, ComposedMail, MailComposer};
pub use file_images::FileImagesContext;
pub(crate) use file_images::parts_of;
pub use file_scan::FileScanContext;
pub use notifier::WorkerNotifier;
pub use worker::Worker;

/// Runs a kind of job.
pub trait RunJob: Job {
    /// Services that the job needs.
    type Context: Send + Sync + 'static;

    /// Runs the job. It may run again after a success, if the worker died before recording it, so it must be
    /// idempotent.
    fn run(&self, context: &Self::Context, attempt: &Attempt) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Services for the jobs of a gateway.
pub struct JobContext {
    /// The database.
    pub writer: Writer,
    /// Composes mails.
    pub composer: MailComposer,
    /// Sends mails.
    pub transport: Transport,
    /// Hosts of portals, for mails that the worker writes itself: reminders. None if it has no configuration; it sends none then.
    pub hosts: Option<Arc<Hosts>>,
}

/// An attempt at a job.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// The job.
    pub id: JobId,
    /// Creation time of the job.
    pub created_at: DateTime<Utc>,
}

impl From<&JobRow> for Attempt {
    fn from(row: &JobRow) -> Self {
        Self { id: row.id, created_at: row.created_at }
    }
}

/// Reasons why an attempt failed. The text is stored for operators.
#[derive(Debug)]
pub enum JobError {
    /// A service rejected the job permanently.
    Refused(String),
    /// A later attempt may succeed.
    Later(String),
    /// The job cannot succeed before an operator intervenes.
    Broken(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Later(error.to_string())
    }
}

type Run = dyn Fn(JobRow) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync;

/// A registered kind of job.
struct Kind {
    name: &'static str,
    timeout: Duration,
    lease: TimeDelta,
    at_once: usize,
    /// Maximum number of jobs leased together: as many as finish safely within a lease.
    batch: i64,
    retention: TimeDelta,
    max_attempts: i32,
    has_private_errors: bool,
    pause_after: fn(i32) -> Option<TimeDelta>,
    run: Box<Run>,
}

impl Kind {
    fn new<J: RunJob>(context: Arc<J::Context>) -> Self {
        let rounds = J::LEASE.num_milliseconds() / 2 / i64::try_from(J::TIMEOUT.as_millis()).unwrap_or(i64::MAX).max(1);
        assert!(rounds > 0, "the lease of {} is not twice its timeout", type_name::<J>());
        Self {
            name: J::NAME,
            timeout: J::TIMEOUT,
            lease: J::LEASE,
            at_once: J::AT_ONCE,
            batch: i64::try_from(J::AT_ONCE).unwrap_or(i64::MAX).saturating_mul(rounds),
            retention: J::RETENTION,
            max_attempts: J::max_attempts(),
            has_private_errors: J::HAS_PRIVATE_ERRORS,
            pause_after: J::pause_after,
            run: Box::new(move |row| Box::pin(run::<J>(Arc::clone(&context), row))),
        }
    }

    /// An error for the log; none if it may repeat personal data.
    fn loggable<'a>(&self, error: &'a str) -> Option<&'a str> {
        (!self.has_private_errors).then_some(error)
    }
}

async fn run<J: RunJob>(context: Arc<J::Context>, row: JobRow) -> Result<(), JobError> {
    let attempt = Attempt::from(&row);
    let job: J =
        serde_json::from_value(row.payload).map_err(|error| JobError::Broken(format!("invalid payload: {error}")))?;
    job.run(&context, &attempt).await
}
