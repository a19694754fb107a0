//! The job queue.
//!
//! Each kind has a queue, and in it the companies take turns: one with a thousand photos does not delay the others.
//!
//! Taking a job leases it: its next attempt is moved ahead by the lease, in a transaction that ends before the job
//! runs. So no transaction is open while a mail server answers, no other worker takes the job meanwhile, and the job of
//! a dead worker is taken again when the lease ends. The attempt is counted when the job is taken: a job that kills its
//! worker is not retried forever.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::JobId;
use portico_core::jobs::{Job, JobState};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::jobs;

/// Maximum length of a stored error, in characters.
const MAX_ERROR: usize = 500;
/// Selects and locks the next jobs.
const DUE: &str = include_str!("jobs/due.sql");
/// Number of rows that are looked at beyond twice the limit, since other workers may be locking the first ones.
const RESERVE: i64 = 16;

/// A job, as a worker reads it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub struct JobRow {
    /// The job.
    pub id: JobId,
    /// Its payload, as JSON.
    pub payload: Value,
    /// Number of attempts, including the current one.
    pub attempts: i32,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
}

/// Enqueues a job, due at once, in the caller's transaction; the caller wakes the worker after the commit. False if a
/// job of the same kind has the same key: then nothing is written.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or the payload is incomplete.
pub async fn enqueue<J: Job>(
    connection: &mut AsyncPgConnection,
    job: &J,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    job.check().map_err(StoreError::Failed)?;
    let payload = serde_json::to_value(job).map_err(|error| StoreError::Failed(error.to_string()))?;
    let row = (
        jobs::id.eq(JobId::generate()),
        jobs::kind.eq(J::NAME),
        jobs::key.eq(job.key()),
        jobs::company_id.eq(job.company()),
        jobs::payload.eq(payload),
        jobs::state.eq(JobState::Waiting),
        jobs::attempts.eq(0),
        jobs::next_attempt_at.eq(now),
        jobs::created_at.eq(now),
    );
    let insert = diesel::insert_into(jobs::table).values(row).on_conflict((jobs::kind, jobs::key)).do_nothing();
    Ok(insert.execute(connection).await? == 1)
}

/// Takes due jobs of a kind and leases them: of each company in turn, longest due first. Call it in its own transaction,
/// which commits before the jobs run. Concurrent workers get different jobs.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn take_due(
    connection: &mut AsyncPgConnection,
    kind: &str,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: i64,
) -> Result<Vec<JobRow>, StoreError> {
    let due = diesel::sql_query(DUE).bind::<Text, _>(kind).bind::<Timestamptz, _>(now);
    let due = due.bind::<BigInt, _>(limit).bind::<BigInt, _>(limit.saturating_mul(2).saturating_add(RESERVE));
    let due: Vec<JobId> = due.load::<Due>(connection).await?.into_iter().map(|due| JobId(due.id)).collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let leased =
        (jobs::attempts.eq(jobs::attempts + 1), jobs::last_attempt_at.eq(now), jobs::next_attempt_at.eq(now + lease));
    let taken = diesel::update(jobs::table.filter(jobs::id.eq_any(&due))).set(leased).returning(JobRow::as_returning());
    let mut taken = taken.load(connection).await?;
    // In the order of their turns: a worker may run fewer at once.
    taken.sort_by_key(|job| due.iter().position(|id| *id == job.id));
    Ok(taken)
}

/// All jobs of a kind, in any state, oldest first. Does not take them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn jobs_of_kind(connection: &mut AsyncPgConnection, kind: &str) -> Result<Vec<JobRow>, StoreError> {
    let all = jobs::table.filter(jobs::kind.eq(kind)).order((jobs::created_at, jobs::id)).select(JobRow::as_select());
    Ok(all.load(connection).await?)
}

/// Marks a job as finished. Also allowed after the lease has ended: the work is done.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn mark_done(connection: &mut AsyncPgConnection, id: JobId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let done = (jobs::state.eq(JobState::Done), jobs::finished_at.eq(now), jobs::last_error.eq(None::<String>));
    diesel::update(jobs::table.find(id)).set(done).execute(connection).await?;
    Ok(())
}

/// Ends a job that failed for good: refused or parked.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn give_up(
    connection: &mut AsyncPgConnection,
    job: &JobRow,
    state: JobState,
    error: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ended = (jobs::state.eq(state), jobs::finished_at.eq(now), jobs::last_error.eq(shortened(error)));
    diesel::update(leased(job.id, job.attempts)).set(ended).execute(connection).await?;
    Ok(())
}

/// Schedules the next attempt of a failed job.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn retry_later(
    connection: &mut AsyncPgConnection,
    job: &JobRow,
    at: DateTime<Utc>,
    error: &str,
) -> Result<(), StoreError> {
    let later = (jobs::next_attempt_at.eq(at), jobs::last_error.eq(shortened(error)));
    diesel::update(leased(job.id, job.attempts)).set(later).execute(connection).await?;
    Ok(())
}

/// Ends the lease of a job that its worker will not finish: it is due at once. Identified by id and number of attempts.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn release(
    connection: &mut AsyncPgConnection,
    (id, attempts): (JobId, i32),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(leased(id, attempts)).set(jobs::next_attempt_at.eq(now)).execute(connection).await?;
    Ok(())
}

/// Withdraws the queued jobs of a kind about a subject.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn withdraw<J: Job>(
    connection: &mut AsyncPgConnection,
    subject: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let waiting = jobs::table
        .filter(jobs::kind.eq(J::NAME))
        .filter(jobs::subject_id.eq(subject))
        .filter(jobs::finished_at.is_null());
    let withdrawn = (jobs::state.eq(JobState::Withdrawn), jobs::finished_at.eq(now));
    diesel::update(waiting).set(withdrawn).execute(connection).await?;
    Ok(())
}

/// The job, unless another worker has taken it since: a slow worker must not change its state then.
#[diesel::dsl::auto_type]
fn leased(id: JobId, attempts: i32) -> _ {
    jobs::table.filter(jobs::id.eq(id)).filter(jobs::attempts.eq(attempts)).filter(jobs::finished_at.is_null())
}

fn shortened(error: &str) -> String {
    error.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MAX_ERROR).collect()
}
