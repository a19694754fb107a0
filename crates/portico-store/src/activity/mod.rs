//! The audit log, and results of idempotency keys.
//!
//! Entries are inserted in the transaction of their action, and never changed.
//!
//! The database gives an entry of a project its position in the project's order (`take_activity_position`), and locks the
//! project's counter until the transaction ends. So positions become visible in ascending order: a reader who has seen
//! one never sees a lower one appear. Actions exclude deadlocks over counters: they lock a project before they write to
//! it, and record in several projects in the order of the projects' ids.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, IdentityId, ProjectId, new_uuid};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{activity, idempotent_answers};

mod list;
mod rows;

pub use list::{count_activity, list_activity};
pub use rows::ActivityRow;

/// An audit log entry to insert.
#[derive(Debug, Clone)]
pub struct NewActivity {
    /// The time.
    pub at: DateTime<Utc>,
    /// The kind of the action.
    pub kind: ActivityKind,
    /// The company; none for an entry about a person alone.
    pub company: Option<CompanyId>,
    /// The project.
    pub project: Option<ProjectId>,
    /// The subject.
    pub subject: Option<(SubjectKind, Uuid)>,
    /// Kind of the actor: `PUBLIC`, a role, or `SYSTEM`.
    pub actor_kind: &'static str,
    /// The acting person.
    pub actor: Option<IdentityId>,
    /// Audiences that may see the entry, besides readers of the whole log: `CLIENT`, `TRADE`, `STAFF`.
    pub audiences: Vec<&'static str>,
    /// The network address of the caller.
    pub network: Option<String>,
    /// The caller's user agent.
    pub device: Option<String>,
    /// Further details. Never a secret such as a token.
    pub details: Value,
}

impl NewActivity {
    /// An entry of a command or a scheduled task, without a signed-in actor.
    pub fn of_system(kind: ActivityKind, subject: (SubjectKind, Uuid), details: Value, at: DateTime<Utc>) -> Self {
        Self {
            at,
            kind,
            company: None,
            project: None,
            subject: Some(subject),
            actor_kind: "SYSTEM",
            actor: None,
            audiences: Vec::new(),
            network: None,
            device: None,
            details,
        }
    }
}

/// Inserts an audit log entry.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_activity(connection: &mut AsyncPgConnection, new: NewActivity) -> Result<(), StoreError> {
    let (subject_kind, subject_id) = new.subject.unzip();
    let row = (
        activity::id.eq(new_uuid()),
        activity::at.eq(new.at),
        activity::company_id.eq(new.company),
        activity::project_id.eq(new.project),
        activity::kind.eq(new.kind),
        activity::subject_kind.eq(subject_kind),
        activity::subject_id.eq(subject_id),
        activity::actor_kind.eq(new.actor_kind),
        activity::actor_id.eq(new.actor),
        activity::audiences.eq(new.audiences),
        activity::network.eq(new.network),
        activity::device.eq(new.device),
        activity::details.eq(new.details),
    );
    diesel::insert_into(activity::table).values(row).execute(connection).await?;
    Ok(())
}

/// The stored result of an idempotency key.
#[derive(Debug, Clone, Queryable)]
pub struct IdempotentResult {
    /// A digest of the input.
    pub fingerprint: String,
    /// The result.
    pub answer: Value,
}

/// State of a person's idempotency key.
#[derive(Debug, Clone)]
pub enum KeyClaim {
    /// Unused: claimed by this transaction until it ends.
    Ours,
    /// Claimed by another transaction.
    InFlight,
    /// Used: the stored result.
    Answered(IdempotentResult),
}

/// Claims a person's key for this transaction. Never waits: a waiting request would hold a connection.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn claim_key(
    connection: &mut AsyncPgConnection,
    actor: IdentityId,
    key: &str,
) -> Result<KeyClaim, StoreError> {
    let claim = diesel::select(pg_try_advisory_xact_lock(lock_of(actor, key)));
    if !claim.get_result::<bool>(connection).await? {
        return Ok(KeyClaim::InFlight);
    }
    // A separate statement, after the lock was acquired: it sees what the previous holder committed.
    let known = idempotent_answers::table
        .find((actor, key))
        .select((idempotent_answers::fingerprint, idempotent_answers::answer))
        .first(connection)
        .await
        .optional()?;
    Ok(known.map_or(KeyClaim::Ours, KeyClaim::Answered))
}

diesel::define_sql_function! {
    /// Acquires a lock until the transaction ends, unless another transaction holds it.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// The advisory lock of a key. Keys with the same lock only wait for each other.
fn lock_of(actor: IdentityId, key: &str) -> i64 {
    let digest = blake3::Hasher::new().update(actor.0.as_bytes()).update(key.as_bytes()).finalize();
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Stores the result of a key claimed in the same transaction.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn keep_answer(
    connection: &mut AsyncPgConnection,
    actor: IdentityId,
    key: &str,
    kept: IdempotentResult,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        idempotent_answers::actor_id.eq(actor),
        idempotent_answers::key.eq(key),
        idempotent_answers::fingerprint.eq(kept.fingerprint),
        idempotent_answers::answer.eq(kept.answer),
        idempotent_answers::created_at.eq(at),
    );
    diesel::insert_into(idempotent_answers::table).values(row).execute(connection).await?;
    Ok(())
}
