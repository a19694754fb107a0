//! Worker: leases due jobs, runs them and records the outcome. It also runs the periodic tasks.
//!
//! Any number of workers may run at once, in gateways or in processes of their own. A committed job runs eventually, or
//! ends in a state with a reason. If a worker dies between the end of a job and recording it, the job runs again when
//! its lease ends. Each kind has a queue of its own, so that no kind delays another.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use portico_adapters::files::FileStore;
use portico_core::files::images::FileImagesJob;
use portico_core::id::JobId;
use portico_core::jobs::JobState;
use portico_core::mail::MailJob;
use portico_core::selections::SelectionReminderJob;
use portico_store::invitations::expire_invitations;
use portico_store::jobs::{JobRow, give_up, mark_done, release, retry_later, take_due};
use portico_store::retention::{BATCH, KINDS, Retention, RetentionKind, purge};
use portico_store::selections::{enqueue_reminders, mark_deadlines};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use tokio::sync::watch;

use super::{FileImagesContext, JobContext, JobError, Kind, RunJob, WorkerNotifier, file_sweep};
use crate::clock_source::ClockSource;

/// Poll interval, for jobs of other processes and for retries.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// How long a stopping worker continues with due jobs.
const DRAIN: Duration = Duration::from_secs(10);
/// Interval of deletions of old rows, unless a retention is shorter.
const PURGE_INTERVAL: Duration = Duration::from_secs(60);
/// Pause between two batches of deletions.
const PURGE_PAUSE: Duration = Duration::from_millis(100);
/// Maximum attempts to record an outcome, and the pause between them.
const RECORD_ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// Runs the jobs of an installation.
pub struct Worker {
    writer: Writer,
    clock: ClockSource,
    notifier: WorkerNotifier,
    kinds: Vec<Kind>,
    drain: Duration,
    retention: Retention,
    /// Store of files, whose unused objects it deletes.
    files: Option<FileStore>,
    /// Whether it reminds clients of selections.
    reminds: bool,
    /// Leased and unfinished jobs of this worker, with their attempts.
    leased: Mutex<HashMap<JobId, i32>>,
}

impl Worker {
    /// Creates a worker without any kind of job.
    pub fn new(writer: Writer, clock: ClockSource, notifier: WorkerNotifier) -> Self {
        let (kinds, retention) = (Vec::new(), Retention::default());
        let leased = Mutex::default();
        Self { writer, clock, notifier, kinds, drain: DRAIN, retention, files: None, reminds: false, leased }
    }

    /// Creates the worker of a gateway, with all kinds of jobs.
    pub fn of_gateway(context: JobContext, clock: ClockSource, notifier: WorkerNotifier) -> Self {
        let context = Arc::new(context);
        let worker = Self::new(context.writer.clone(), clock, notifier).with::<MailJob>(Arc::clone(&context));
        match context.hosts {
            Some(_) => Self { reminds: true, ..worker.with::<SelectionReminderJob>(context) },
            None => worker,
        }
    }

    /// Adds a kind of job. Jobs of other kinds are left to other workers.
    #[must_use]
    pub fn with<J: RunJob>(mut self, context: Arc<J::Context>) -> Self {
        self.kinds.push(Kind::new::<J>(context));
        self
    }

    /// Sets how long it continues with due jobs after a stop.
    #[must_use]
    pub fn draining_for(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// Sets the age at which rows of each kind are deleted.
    #[must_use]
    pub fn with_retention(self, retention: Retention) -> Self {
        Self { retention, ..self }
    }

    /// Deletes unused objects of this store of files, if there is one.
    #[must_use]
    pub fn with_files(self, files: Option<FileStore>) -> Self {
        Self { files, ..self }
    }

    /// Makes images of photos and videos, if it has the services. Otherwise these jobs wait for a worker that has them.
    #[must_use]
    pub fn with_images(self, context: Option<FileImagesContext>) -> Self {
        match context {
            Some(context) => self.with::<FileImagesJob>(Arc::new(context)),
            None => self,
        }
    }

    /// Runs until `stop` completes, then continues with due jobs for the drain time. Remaining leases are released.
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
        tokio::join!(queues.collect::<()>(), self.run_periodic_tasks_until(stopped));
    }

    async fn work_on(&self, kind: &Kind, mut stopped: watch::Receiver<bool>) {
        let mut woken = self.notifier.subscribe();
        loop {
            let count = self.round_of(kind).await.unwrap_or_else(|error| {
                tracing::warn!(kind = kind.name, %error, "cannot read the job queue");
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
                () = tokio::time::sleep(POLL_INTERVAL) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    async fn run_periodic_tasks_until(&self, mut stopped: watch::Receiver<bool>) {
        tokio::join!(self.expire_until(stopped.clone()), async {
            let interval = self.retention.shortest().to_std().unwrap_or(PURGE_INTERVAL).min(PURGE_INTERVAL);
            while !*stopped.borrow_and_update() {
                let purge_and_wait = async {
                    self.purge_old_rows().await;
                    self.sweep_files().await;
                    self.mark_deadlines().await;
                    self.remind().await;
                    tokio::time::sleep(interval).await;
                };
                // A batch that is interrupted is rolled back.
                tokio::select! {
                    () = purge_and_wait => {}
                    _ = stopped.changed() => {}
                }
            }
        });
    }

    async fn expire_until(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow_and_update() {
            self.expire().await;
            tokio::select! {
                () = tokio::time::sleep(POLL_INTERVAL) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Runs the periodic tasks once.
    pub async fn run_periodic_tasks(&self) {
        self.expire().await;
        self.purge_old_rows().await;
        self.sweep_files().await;
        self.mark_deadlines().await;
        self.remind().await;
    }

    async fn sweep_files(&self) {
        if let Some(files) = &self.files {
            file_sweep::sweep(&self.writer, files, (self.clock)().moment()).await;
        }
    }

    /// Expires invitations, since role views do not depend on the time.
    async fn expire(&self) {
        let now = (self.clock)().moment();
        let expired = async {
            let connection = self.writer.connection().await?;
            let write = async |tables: &mut AsyncPgConnection| expire_invitations(tables, now).await.map(drop);
            connection.transaction::<_, StoreError>(write).await
        };
        if let Err(error) = expired.await {
            tracing::warn!(%error, "cannot expire invitations");
        }
    }

    /// Marks selections and prices whose last day has ended in the project's time zone.
    async fn mark_deadlines(&self) {
        let now = (self.clock)().moment();
        let marked = async {
            loop {
                let connection = self.writer.connection().await?;
                let write = async |tables: &mut AsyncPgConnection| mark_deadlines(tables, now).await;
                if !connection.transaction::<_, StoreError>(write).await? {
                    return Ok::<_, StoreError>(());
                }
            }
        };
        if let Err(error) = marked.await {
            tracing::warn!(%error, "cannot mark deadlines of selections");
        }
    }

    /// Enqueues reminders of selections, after those that are overdue were marked.
    async fn remind(&self) {
        if !self.reminds {
            return;
        }
        let now = (self.clock)().moment();
        let enqueued = async {
            loop {
                let connection = self.writer.connection().await?;
                let write = async |tables: &mut AsyncPgConnection| enqueue_reminders(tables, now).await;
                if connection.transaction::<_, StoreError>(write).await? == 0 {
                    return Ok::<_, StoreError>(());
                }
                self.notifier.wake().wake();
            }
        };
        if let Err(error) = enqueued.await {
            tracing::warn!(%error, "cannot enqueue reminders of selections");
        }
    }

    /// Deletes rows above their retention, kind by kind: a failure of one does not keep the others.
    async fn purge_old_rows(&self) {
        let now = (self.clock)().moment();
        let jobs = self.kinds.iter().map(|kind| RetentionKind::of_jobs(kind.name, kind.retention));
        let others = jobs.filter(|kind| self.retention.of(kind.name).is_none());
        for kind in KINDS.iter().copied().chain(others) {
            let age = self.retention.of(kind.name).unwrap_or(kind.default);
            self.purge_kind(&kind, now - age).await;
        }
    }

    /// Deletes rows of a kind in batches, each in its own short transaction, and logs their number. Leaves them to another
    /// worker that is deleting rows.
    async fn purge_kind(&self, kind: &RetentionKind, before: DateTime<Utc>) {
        let (kind_name, mut rows) = (kind.name, 0);
        loop {
            let purged = async {
                let connection = self.writer.connection().await?;
                let batch = async |tables: &mut AsyncPgConnection| purge(tables, kind, before).await;
                connection.transaction::<_, StoreError>(batch).await
            };
            match purged.await {
                Ok(purged) => {
                    rows += purged.unwrap_or_default();
                    if purged.is_none_or(|purged| purged < BATCH) {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(kind = kind_name, %error, "cannot delete old rows");
                    break;
                }
            }
            tokio::time::sleep(PURGE_PAUSE).await;
        }
        if rows > 0 {
            tracing::info!(kind = kind_name, rows, "old rows deleted");
        }
    }

    /// Runs due jobs, up to a batch of each kind. Returns their number.
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
        let shown = |error| kind.loggable(error);
        match &outcome {
            Ok(()) => tracing::info!(%id, kind = kind_name, attempts, "job done"),
            Err(JobError::Refused(error)) => {
                tracing::warn!(%id, kind = kind_name, attempts, error = shown(error), "job rejected")
            }
            Err(JobError::Later(error)) => {
                tracing::warn!(%id, kind = kind_name, attempts, error = shown(error), "job attempt failed")
            }
            Err(JobError::Broken(error)) => {
                tracing::warn!(%id, kind = kind_name, attempts, error = shown(error), "job cannot run")
            }
        }
        for note in 1..=RECORD_ATTEMPTS {
            match self.note(kind, &job, &outcome).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%id, %error, note, "cannot record the outcome of a job"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, kind: &Kind, job: &JobRow) -> Result<(), JobError> {
        if job.attempts > kind.max_attempts {
            return Err(JobError::Broken("its workers died too often while running it".to_owned()));
        }
        let run = AssertUnwindSafe((kind.run)(job.clone())).catch_unwind();
        match tokio::time::timeout(kind.timeout, run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(JobError::Later("it panicked".to_owned())),
            Err(_) => Err(JobError::Later(format!("timed out after {} s", kind.timeout.as_secs()))),
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
            tracing::warn!(%error, "cannot release leases; they expire by themselves");
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
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    tracing::error!(id = %job.id.0, kind = kind.name, attempts = job.attempts, "job parked: an operator must intervene");
    give_up(queue, job, JobState::Parked, error, now).await
}
