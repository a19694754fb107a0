//! Tests of turns: a company with many jobs does not delay those of others.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use portico::jobs::{Attempt, JobError, RunJob, Worker, WorkerNotifier};
use portico_core::clock::Clock;
use portico_core::id::CompanyId;
use portico_core::jobs::Job;
use portico_core::mail::MailJob;
use portico_fixtures::world::World;
use portico_store::StoreError;
use portico_store::jobs::{enqueue, take_due};
use portico_testkit::TestApp;
use portico_testkit::queue::{insert, sign_in_link, start};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::SimpleQueryMessage;

/// Work that takes long, so one worker runs one at a time: as the images of a photo.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Photo {
    company: Option<CompanyId>,
    name: String,
    fails: bool,
}

impl Job for Photo {
    const NAME: &'static str = "photo";
    const PAUSES: &'static [TimeDelta] = &[TimeDelta::zero(), TimeDelta::zero()];
    const TIMEOUT: Duration = Duration::from_secs(240);
    const LEASE: TimeDelta = TimeDelta::minutes(10);
    const AT_ONCE: usize = 1;
    const RETENTION: TimeDelta = TimeDelta::days(7);

    fn company(&self) -> Option<CompanyId> {
        self.company
    }
}

/// Names of the photos, in the order of their runs.
#[derive(Default)]
struct Runs(Mutex<Vec<String>>);

impl RunJob for Photo {
    type Context = Runs;

    async fn run(&self, runs: &Runs, _: &Attempt) -> Result<(), JobError> {
        runs.0.lock().expect("the lock is not poisoned").push(self.name.clone());
        if self.fails { Err(JobError::Later("as the test wants".to_owned())) } else { Ok(()) }
    }
}

fn company(path: &str) -> Option<CompanyId> {
    Some(CompanyId(World::id(path)))
}

fn photos(company: Option<CompanyId>, name: &str, count: usize) -> Vec<Photo> {
    (1..=count).map(|number| Photo { company, name: format!("{name}{number}"), fails: false }).collect()
}

async fn write<J: Job>(app: &TestApp, new: &[J], at: DateTime<Utc>) {
    let connection = app.store().accounts().connection().await.expect("the writer can connect");
    let write = connection.transaction::<_, StoreError>(async |queue| {
        for job in new {
            assert!(enqueue(queue, job, at).await?);
        }
        Ok(())
    });
    write.await.expect("jobs can be written");
}

struct Queue {
    app: TestApp,
    now: DateTime<Utc>,
    runs: Arc<Runs>,
}

impl Queue {
    async fn new() -> Self {
        Self { app: TestApp::demo().await, now: start(), runs: Arc::default() }
    }

    /// Runs jobs one by one, a second each. Returns the names of those that ran.
    async fn rounds(&mut self, count: usize) -> Vec<String> {
        for _ in 0..count {
            self.now += TimeDelta::seconds(1);
            let now = self.now;
            let worker =
                Worker::new(self.app.store().worker(), Arc::new(move || Clock::at(now)), WorkerNotifier::default());
            let worker = worker.with::<Photo>(Arc::clone(&self.runs));
            assert!(worker.round().await.expect("the queue can be read") <= 1, "a worker takes one at a time");
        }
        std::mem::take(&mut *self.runs.0.lock().expect("the lock is not poisoned"))
    }
}

#[tokio::test]
async fn company_with_one_photo_waits_for_one() {
    // ROB-43
    let mut queue = Queue::new().await;
    write(&queue.app, &photos(company("alderbrook"), "a", 50), start()).await;
    write(&queue.app, &photos(company("fernhill"), "b", 1), start() + TimeDelta::seconds(1)).await;
    assert_eq!(queue.rounds(4).await, ["a1", "b1", "a2", "a3"], "in the order of each company");
    // One that comes later, while the other one's are still waiting.
    write(&queue.app, &photos(company("fernhill"), "c", 1), queue.now).await;
    assert_eq!(queue.rounds(2).await, ["c1", "a4"], "its last turn is longer ago");
    assert_eq!(queue.rounds(60).await.len(), 46);
}

#[tokio::test]
async fn companies_and_accounts_take_turns() {
    let mut queue = Queue::new().await;
    for (company, name) in [(company("alderbrook"), "a"), (company("fernhill"), "b"), (None, "n")] {
        write(&queue.app, &photos(company, name, 3), start()).await;
    }
    assert_eq!(queue.rounds(9).await, ["a1", "b1", "n1", "a2", "b2", "n2", "a3", "b3", "n3"]);
}

#[tokio::test]
async fn failing_photos_delay_no_other_company() {
    let mut queue = Queue::new().await;
    let failing: Vec<_> =
        photos(company("alderbrook"), "a", 20).into_iter().map(|photo| Photo { fails: true, ..photo }).collect();
    write(&queue.app, &failing, start()).await;
    write(&queue.app, &photos(company("fernhill"), "b", 5), start()).await;
    let ran = queue.rounds(10).await;
    let of_other: Vec<_> = ran.iter().filter(|name| name.starts_with('b')).collect();
    assert_eq!(of_other, ["b1", "b2", "b3", "b4", "b5"], "every second one: {ran:?}");
}

#[tokio::test]
async fn batch_has_jobs_of_each_company_in_order() {
    let app = TestApp::demo().await;
    let of = |company: Option<CompanyId>, name: &str, count: usize| -> Vec<MailJob> {
        let mail = |number| sign_in_link(&format!("{name}:{number:02}"), "ana@client.example");
        (1..=count).map(|number| MailJob { company_id: company, ..mail(number) }).collect()
    };
    insert(&app, &of(company("alderbrook"), "a", 30)).await.expect("they can be written");
    insert(&app, &of(company("fernhill"), "b", 2)).await.expect("they can be written");
    let take = async |limit: i64| -> Vec<String> {
        let queue = app.store().worker().connection().await.expect("the worker can connect");
        let lease = TimeDelta::minutes(5);
        let taken = queue.transaction(async |queue| take_due(queue, MailJob::NAME, start(), lease, limit).await).await;
        let key = |payload: &serde_json::Value| payload["key"].as_str().expect("a key").to_owned();
        taken.expect("it can be taken").iter().map(|job| key(&job.payload)).collect()
    };
    assert_eq!(take(6).await, ["a:01", "b:01", "a:02", "b:02", "a:03", "a:04"]);
    let rest: Vec<_> = (5..=30).map(|number| format!("a:{number:02}")).collect();
    assert_eq!(take(100).await, rest, "a company alone gets all turns");
}

#[tokio::test]
async fn concurrent_workers_serve_different_companies() {
    let app = TestApp::concurrent().await;
    write(&app, &photos(company("alderbrook"), "a", 50), start()).await;
    write(&app, &photos(company("fernhill"), "b", 1), start()).await;
    let lease = Photo::LEASE;
    let first = app.store().worker().connection().await.expect("the worker can connect");
    first
        .transaction::<_, StoreError>(async |one| {
            let taken = take_due(one, Photo::NAME, start(), lease, 1).await?;
            // Its transaction is still open: the other worker sees the rows as they were.
            let second = app.store().worker().connection().await?;
            let other = second
                .transaction::<_, StoreError>(async |other| take_due(other, Photo::NAME, start(), lease, 1).await)
                .await?;
            assert_eq!((&taken[0].payload["name"], &other[0].payload["name"]), (&json!("a1"), &json!("b1")));
            Ok(())
        })
        .await
        .expect("the queue answers");
}

#[tokio::test]
async fn taking_a_job_reads_few_buffers() {
    let app = TestApp::demo().await;
    // 100,000 photos of one company and one of another; as many that are done.
    let rows = "insert into jobs (id, kind, company_id, payload, state, attempts, next_attempt_at, last_attempt_at, finished_at, created_at)
        select gen_random_uuid(), 'photo', c.id, '{}', s.state, s.attempts, s.at + n * interval '1 ms',
            case when s.attempts > 0 then s.at + n * interval '1 ms' end, case when s.attempts > 0 then s.at end, s.at
        from (values ('WAITING', 0, timestamptz '2026-11-21'), ('DONE', 1, '2026-11-20')) s (state, attempts, at),
            generate_series(1, 100000) n
        join companies c on c.id = case when n = 100000 then '$fernhill' else '$alderbrook' end::uuid";
    let rows = ["alderbrook", "fernhill"]
        .into_iter()
        .fold(rows.to_owned(), |rows, path| rows.replace(&format!("${path}"), &World::id(path).to_string()));
    app.database().db_execute(&rows).await;
    app.database().db_execute("analyze jobs").await;
    // As the worker itself, whose rights add conditions, and with the plan for any values that its connections come to use.
    let worker = app.database().db_client(Some("portico_worker")).await;
    let statement = include_str!("../../../../portico-store/src/jobs/due.sql");
    let prepare = format!(
        "set plan_cache_mode = force_generic_plan; prepare take (text, timestamptz, bigint, bigint) as {statement}"
    );
    worker.batch_execute(&prepare).await.expect("it is prepared");
    for (limit, most) in [(1, 100), (20, 300)] {
        let window = 2 * limit + 16;
        let explain =
            format!("explain (analyze, buffers, timing off) execute take ('photo', '2026-11-22', {limit}, {window})");
        let plan = worker.simple_query(&explain).await.expect("it is explained");
        let lines: Vec<_> = plan
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect();
        // The first line of buffers is that of the whole statement.
        let buffers = lines.iter().find_map(|line| line.trim().strip_prefix("Buffers: shared ")).expect("buffers");
        let counts = buffers.split(' ').filter_map(|count| count.split_once('='));
        let read: u64 = counts
            .filter(|(name, _)| matches!(*name, "hit" | "read"))
            .map(|(_, n)| n.parse::<u64>())
            .sum::<Result<_, _>>()
            .expect("numbers");
        assert!(lines[0].contains(&format!("actual rows={limit}")), "{lines:#?}");
        assert!(read < most, "{limit}: {lines:#?}");
    }
}
