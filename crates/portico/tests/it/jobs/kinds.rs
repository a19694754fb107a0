//! Tests of the job queue with a separate job kind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use portico::jobs::{Attempt, JobError, RunJob, Worker, WorkerNotifier};
use portico_core::clock::Clock;
use portico_core::jobs::Job;
use portico_store::StoreError;
use portico_store::jobs::{enqueue, take_due};
use portico_testkit::TestApp;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::support::mail_server::MailServer;
use portico_testkit::queue::{TestWorker, insert, sign_in_link, start, state_of};

/// Behavior of a test job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Does {
    Succeed,
    Fail,
    Refuse,
    Break,
    Panic,
    Hang,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct TestJob {
    key: Option<String>,
    does: Does,
}

/// The jobs that have run, and a signal for one that starts.
#[derive(Default)]
struct Runs {
    keys: Mutex<Vec<String>>,
    begun: Notify,
}

impl Runs {
    fn keys(&self) -> Vec<String> {
        self.keys.lock().expect("the lock is not poisoned").clone()
    }
}

impl Job for TestJob {
    const NAME: &'static str = "test";
    const PAUSES: &'static [TimeDelta] = &[TimeDelta::minutes(2), TimeDelta::minutes(10)];
    const TIMEOUT: Duration = Duration::from_secs(300);
    const LEASE: TimeDelta = TimeDelta::minutes(20);
    const AT_ONCE: usize = 1;
    const RETENTION: TimeDelta = TimeDelta::days(3);

    fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl RunJob for TestJob {
    type Context = Runs;

    async fn run(&self, runs: &Runs, _attempt: &Attempt) -> Result<(), JobError> {
        runs.keys.lock().expect("the lock is not poisoned").push(self.key.clone().unwrap_or_default());
        runs.begun.notify_one();
        match self.does {
            Does::Succeed => Ok(()),
            Does::Fail => Err(JobError::Later("try later".to_owned())),
            Does::Refuse => Err(JobError::Refused("gone".to_owned())),
            Does::Break => Err(JobError::Broken("no such file".to_owned())),
            Does::Panic => panic!("as the test wants"),
            Does::Hang => std::future::pending().await,
        }
    }
}

fn job(key: &str, does: Does) -> TestJob {
    TestJob { key: Some(key.to_owned()), does }
}

/// A worker for test jobs, with a clock that the test sets.
struct Queue {
    app: TestApp,
    now: Arc<Mutex<DateTime<Utc>>>,
    runs: Arc<Runs>,
}

impl Queue {
    async fn with(jobs: &[TestJob]) -> Self {
        let queue =
            Self { app: TestApp::demo().await, now: Arc::new(Mutex::new(start())), runs: Arc::new(Runs::default()) };
        queue.enqueue(jobs).await;
        queue
    }

    fn worker(&self) -> Worker {
        let now = Arc::clone(&self.now);
        let clock = Arc::new(move || Clock::at(*now.lock().expect("the lock is not poisoned")));
        Worker::new(self.app.store().worker(), clock, WorkerNotifier::default()).with::<TestJob>(Arc::clone(&self.runs))
    }

    async fn enqueue(&self, jobs: &[TestJob]) -> Vec<bool> {
        let connection = self.app.store().accounts().connection().await.expect("the writer can connect");
        let write = connection.transaction::<_, StoreError>(async |queue| {
            let mut written = Vec::new();
            for job in jobs {
                written.push(enqueue(queue, job, start()).await?);
            }
            Ok(written)
        });
        write.await.expect("jobs can be written")
    }

    fn wait(&self, pause: TimeDelta) {
        *self.now.lock().expect("the lock is not poisoned") += pause;
    }

    async fn round(&self) -> usize {
        self.worker().round().await.expect("the queue can be read")
    }

    async fn state(&self, key: &str) -> String {
        state_of(&self.app, key).await
    }
}

#[tokio::test]
async fn rolled_back_job_never_runs() {
    let queue = Queue::with(&[]).await;
    let connection = queue.app.store().accounts().connection().await.expect("the writer can connect");
    let rolled_back = connection.transaction::<(), StoreError>(async |tables| {
        assert!(enqueue(tables, &job("a", Does::Succeed), start()).await?);
        Err(StoreError::Failed("as the test wants".to_owned()))
    });
    assert!(rolled_back.await.is_err());
    assert_eq!(queue.round().await, 0);
    assert_eq!(queue.app.database().db_count("select count(*) from jobs").await, 0);
}

#[tokio::test]
async fn one_job_runs_for_each_key_of_a_kind() {
    let queue = Queue::with(&[]).await;
    let (keyed, free) = (job("a", Does::Succeed), TestJob { key: None, does: Does::Succeed });
    let new = [keyed.clone(), keyed.clone(), free.clone(), free];
    assert_eq!(queue.enqueue(&new).await, [true, false, true, true]);
    assert_eq!(queue.round().await, 2, "as many as finish within half of the lease");
    assert_eq!((queue.round().await, queue.round().await), (1, 0));
    assert_eq!(queue.enqueue(&[keyed]).await, [false], "also after it has finished");
    // Keys are per kind.
    insert(&queue.app, &[sign_in_link("a", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(queue.app.database().db_count("select count(*) from jobs where key = 'a'").await, 2);
}

#[tokio::test]
async fn dead_workers_job_runs_after_its_lease() {
    let queue = Queue::with(&[job("a", Does::Succeed)]).await;
    let connection = queue.app.store().worker().connection().await.expect("the worker can connect");
    let taken = connection
        .transaction(async |tables| take_due(tables, TestJob::NAME, start(), TestJob::LEASE, 9).await)
        .await
        .expect("it can be taken");
    assert_eq!(taken.len(), 1);
    queue.wait(TestJob::LEASE - TimeDelta::seconds(1));
    assert_eq!(queue.round().await, 0);
    queue.wait(TimeDelta::seconds(1));
    assert_eq!(queue.round().await, 1);
    assert_eq!(queue.state("a").await, "DONE 2");
}

#[tokio::test]
async fn failed_job_backs_off_and_is_parked() {
    let queue = Queue::with(&[job("a", Does::Fail)]).await;
    for (attempts, pause) in (1..).zip(TestJob::PAUSES) {
        assert_eq!(queue.round().await, 1);
        assert_eq!(queue.state("a").await, format!("WAITING {attempts} try later"));
        queue.wait(*pause - TimeDelta::seconds(1));
        assert_eq!(queue.round().await, 0, "not before its time");
        queue.wait(TimeDelta::seconds(1));
    }
    assert_eq!(queue.round().await, 1);
    assert_eq!(queue.state("a").await, "PARKED 3 try later");
    queue.wait(TimeDelta::days(1));
    assert_eq!(queue.round().await, 0);
}

#[tokio::test]
async fn bad_jobs_do_not_stop_the_queue() {
    let bad = [("a", Does::Panic), ("b", Does::Break), ("c", Does::Refuse), ("e", Does::Succeed)];
    let queue = Queue::with(&bad.map(|(key, does)| job(key, does))).await;
    let unreadable = "insert into jobs (id, kind, key, payload, next_attempt_at, created_at)
        values (gen_random_uuid(), 'test', 'd', '{}', '2026-11-22', '2026-11-22'),
            (gen_random_uuid(), 'unknown', 'f', '{}', '2026-11-22', '2026-11-22')";
    queue.app.database().db_execute(unreadable).await;
    while queue.round().await > 0 {}
    assert_eq!(queue.state("a").await, "WAITING 1 it panicked");
    assert_eq!(queue.state("b").await, "PARKED 1 no such file");
    assert_eq!(queue.state("c").await, "REFUSED 1 gone");
    assert!(queue.state("d").await.starts_with("PARKED 1 invalid payload"));
    assert_eq!(queue.state("e").await, "DONE 1");
    assert_eq!(queue.state("f").await, "WAITING 0", "left to a worker that knows the kind");
}

#[tokio::test]
async fn job_that_hangs_delays_no_other_kind() {
    let (queue, server) = (Queue::with(&[job("a", Does::Hang)]).await, MailServer::start().await);
    let mails = TestWorker::new(&queue.app, server.transport());
    let worker = mails.worker.with::<TestJob>(Arc::clone(&queue.runs));
    insert(&queue.app, &[sign_in_link("b", "ana@client.example")]).await.expect("it can be written");
    let sent = async {
        queue.runs.begun.notified().await;
        while queue.state("b").await != "DONE 1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    worker.draining_for(Duration::ZERO).run(sent).await;
    assert_eq!(server.recipients(), ["ana@client.example"]);
}

#[tokio::test]
async fn stopped_worker_releases_its_leases() {
    let queue = Queue::with(&[job("a", Does::Hang)]).await;
    queue.worker().draining_for(Duration::ZERO).run(queue.runs.begun.notified()).await;
    assert_eq!(queue.state("a").await, "WAITING 1");
    let due = "select count(*) from jobs where next_attempt_at = '2026-11-22T09:00:00Z'";
    assert_eq!(queue.app.database().db_count(due).await, 1, "its lease has ended");
    assert_eq!(queue.runs.keys(), ["a"]);
    queue.worker().draining_for(Duration::ZERO).run(queue.runs.begun.notified()).await;
    assert_eq!(queue.runs.keys(), ["a", "a"], "another worker gets it at once");
}

#[tokio::test]
async fn finished_jobs_are_purged_by_retention() {
    let queue = Queue::with(&[job("done", Does::Succeed), job("parked", Does::Break), job("late", Does::Fail)]).await;
    insert(&queue.app, &[sign_in_link("mail", "ana@client.example")]).await.expect("it can be written");
    let server = MailServer::start().await;
    let mails = TestWorker::new(&queue.app, server.transport());
    assert_eq!(mails.round().await, 1);
    while queue.round().await > 0 {}
    let keys = "select key as text from jobs order by key";
    queue.wait(TestJob::RETENTION);
    queue.worker().run_periodic_tasks().await;
    assert_eq!(queue.app.database().db_texts(keys).await, ["done", "late", "mail", "parked"]);
    queue.wait(TimeDelta::seconds(1));
    mails.wait(TestJob::RETENTION + TimeDelta::seconds(1));
    let worker = queue.worker();
    worker.run_periodic_tasks().await;
    mails.worker.run_periodic_tasks().await;
    assert_eq!(queue.app.database().db_texts(keys).await, ["late", "mail"], "mails are retained for longer");
    assert_eq!(queue.enqueue(&[job("done", Does::Succeed)]).await, [true]);
}
