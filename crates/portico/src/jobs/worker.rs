//! The worker: takes jobs that are due, runs them, and notes the outcome. It also does what time alone makes due.
//!
//! Any number of workers may run at once, in gateways or on their own. What is promised: a job that is committed runs sooner or
//! later, or ends in a state that says why not. A worker that dies between the end of a job and its note of it leaves a job that
//! runs again when its lease ends. Each kind has a queue of its own, so that no kind delays another.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use portico_core::id::JobId;
use portico_core::jobs::JobState;
use portico_core::mail::MailJob;
use portico_store::activity::forget_answers;
use portico_store::jobs::{JobRow, give_up, mark_done, purge, release, retry_later, take_due};
use portico_store::people::expire_invitations;
use portico_store::{AsyncPgConnection, StoreError, Writer};
use tokio::sync::watch;

use super::{JobContext, JobError, Kind, RunJob, WorkerNotifier};
use crate::clock_source::ClockSource;

/// How often a worker polls, for what another process has written and for retries.
const EVERY: Duration = Duration::from_secs(5);
/// How long a worker that is told to stop goes on with what is due.
const DRAIN: Duration = Duration::from_secs(10);
/// How long answers to idempotency keys are kept: phones may be out of reach over a weekend (API-3).
const IDEMPOTENCY: TimeDelta = TimeDelta::days(7);
/// How often it is tried to note an outcome, and the pause between.
const NOTES: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// A worker.
pub struct Worker {
    writer: Writer,
    clock: ClockSource,
    notifier: WorkerNotifier,
    kinds: Vec<Kind>,
    drain: Duration,
    /// The jobs that this worker has leased and not finished, with their attempts.
    leased: Mutex<HashMap<JobId, i32>>,
}

impl Worker {
    /// A worker that knows no kind of job yet.
    pub fn new(writer: Writer, clock: ClockSource, notifier: WorkerNotifier) -> Self {
        Self { writer, clock, notifier, kinds: Vec::new(), drain: DRAIN, leased: Mutex::default() }
    }

    /// The worker of a gateway, with all kinds of jobs.
    pub fn of_gateway(context: JobContext, clock: ClockSource, notifier: WorkerNotifier) -> Self {
        let context = Arc::new(context);
        Self::new(context.writer.clone(), clock, notifier).with::<MailJob>(context)
    }

    /// The same, for this kind as well. Jobs of other kinds are left to other workers.
    #[must_use]
    pub fn with<J: RunJob>(mut self, context: Arc<J::Context>) -> Self {
        self.kinds.push(Kind::new::<J>(context));
        self
    }

    /// The same, going on for this long when it is told to stop.
    #[must_use]
    pub fn draining_for(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// Works until `stop` is done, and then goes on with what is due for a little while. Leases that remain are ended.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        {
            let mut work = pin!(self.work(stopped));
            let last_moment = async {
                stop.await;
                let _ = stopping.send(true);
                tokio::time::sleep(self.drain).await;
            };
            tokio::select! {
                () = &mut work => {}
                () = last_moment => tracing::warn!("jobs were still running after {} s", self.drain.as_secs()),
            }
        }
        self.release_leases().await;
    }

    async fn work(&self, stopped: watch::Receiver<bool>) {
        let queues = FuturesUnordered::new();
        for kind in &self.kinds {
            queues.push(self.work_on(kind, stopped.clone()));
        }
        tokio::join!(queues.collect::<()>(), self.keep_time_until(stopped));
    }

    async fn work_on(&self, kind: &Kind, mut stopped: watch::Receiver<bool>) {
        let mut woken = self.notifier.subscribe();
        loop {
            let count = self.round_of(kind).await.unwrap_or_else(|error| {
                tracing::warn!(kind = kind.name, %error, "the queue of jobs cannot be read");
                0
            });
            let is_stopping = *stopped.borrow();
            if is_stopping && count == 0 {
                return;
            }
            if is_stopping || i64::try_from(count) == Ok(kind.batch) {
                continue;
            }
            tokio::select! {
                _ = woken.changed() => {}
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    async fn keep_time_until(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow_and_update() {
            self.keep_time().await;
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Does what time alone makes due, since role views never ask the time: expires invitations, and deletes old idempotency keys and
    /// finished jobs.
    pub async fn keep_time(&self) {
        let now = (self.clock)().moment();
        let kept = async {
            let connection = self.writer.connection().await?;
            let write = async |tables: &mut AsyncPgConnection| {
                expire_invitations(tables, now).await?;
                forget_answers(tables, now - IDEMPOTENCY).await?;
                for kind in &self.kinds {
                    purge(tables, kind.name, now - kind.retention).await?;
                }
                Ok(())
            };
            connection.transaction::<_, StoreError>(write).await
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "invitations could not be expired, or old rows not be deleted");
        }
    }

    /// Runs what is due, up to a batch of each kind; how many jobs that were.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the queue cannot be read.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let mut count = 0;
        for kind in &self.kinds {
            count += self.round_of(kind).await?;
        }
        Ok(count)
    }

    async fn round_of(&self, kind: &Kind) -> Result<usize, StoreError> {
        let now = (self.clock)().now();
        let connection = self.writer.connection().await?;
        let take = async |queue: &mut AsyncPgConnection| take_due(queue, kind.name, now, kind.lease, kind.batch).await;
        let taken = connection.transaction(take).await?;
        self.leased().extend(taken.iter().map(|job| (job.id, job.attempts)));
        let count = taken.len();
        futures_util::stream::iter(taken).for_each_concurrent(kind.at_once, |job| self.finish(kind, job)).await;
        Ok(count)
    }

    async fn finish(&self, kind: &Kind, job: JobRow) {
        let outcome = self.attempt(kind, &job).await;
        self.leased().remove(&job.id);
        let (id, kind_name, attempts) = (job.id.0, kind.name, job.attempts);
        // Errors may hold addresses: they are kept in the database, and not in the log.
        match &outcome {
            Ok(()) => tracing::info!(%id, kind = kind_name, attempts, "a job is done"),
            Err(JobError::Refused(_)) => tracing::warn!(%id, kind = kind_name, attempts, "a job was refused"),
            Err(JobError::Later(_)) => tracing::warn!(%id, kind = kind_name, attempts, "an attempt at a job failed"),
            Err(JobError::Broken(_)) => tracing::warn!(%id, kind = kind_name, attempts, "a job cannot run"),
        }
        for note in 1..=NOTES {
            match self.note(kind, &job, &outcome).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%id, %error, note, "the outcome of a job cannot be noted"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, kind: &Kind, job: &JobRow) -> Result<(), JobError> {
        if job.attempts > kind.max_attempts {
            return Err(JobError::Broken("its workers ended while they ran it, too often".to_owned()));
        }
        let run = AssertUnwindSafe((kind.run)(job.clone())).catch_unwind();
        match tokio::time::timeout(kind.timeout, run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(JobError::Later("it panicked".to_owned())),
            Err(_) => Err(JobError::Later(format!("not done within {} s", kind.timeout.as_secs()))),
        }
    }

    async fn note(&self, kind: &Kind, job: &JobRow, outcome: &Result<(), JobError>) -> Result<(), StoreError> {
        let now = (self.clock)().now();
        let connection = self.writer.connection().await?;
        let write = async |queue: &mut AsyncPgConnection| match outcome {
            Ok(()) => mark_done(queue, job.id, now).await,
            Err(JobError::Refused(error)) => give_up(queue, job, JobState::Refused, error, now).await,
            Err(JobError::Later(error)) => match (kind.pause_after)(job.attempts) {
                Some(pause) => retry_later(queue, job, now + pause, error).await,
                None => park(queue, kind, job, error, now).await,
            },
            Err(JobError::Broken(error)) => park(queue, kind, job, error, now).await,
        };
        connection.transaction(write).await
    }

    async fn release_leases(&self) {
        let leases = std::mem::take(&mut *self.leased());
        if leases.is_empty() {
            return;
        }
        let now = (self.clock)().now();
        let released = async {
            let connection = self.writer.connection().await?;
            let write = async |queue: &mut AsyncPgConnection| {
                for lease in leases {
                    release(queue, lease, now).await?;
                }
                Ok(())
            };
            connection.transaction::<_, StoreError>(write).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "leases could not be ended; they end by themselves");
        }
    }

    fn leased(&self) -> MutexGuard<'_, HashMap<JobId, i32>> {
        self.leased.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn park(
    queue: &mut AsyncPgConnection,
    kind: &Kind,
    job: &JobRow,
    error: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), StoreError> {
    tracing::error!(id = %job.id.0, kind = kind.name, attempts = job.attempts, "a job is parked: an operator has to look");
    give_up(queue, job, JobState::Parked, error, now).await
}
