//! What was done: rows that are only ever added, in the transaction of what was done.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, IdentityId, ProjectId, new_uuid};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{activity, idempotent_answers};

/// Something that was done.
#[derive(Debug, Clone)]
pub struct NewActivity {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: ActivityKind,
    /// In which company; none for what belongs to a person alone.
    pub company: Option<CompanyId>,
    /// In which of its projects.
    pub project: Option<ProjectId>,
    /// To what.
    pub subject: Option<(SubjectKind, Uuid)>,
    /// What whoever did it was: `PUBLIC`, a role, or `SYSTEM`.
    pub actor_kind: &'static str,
    /// The person who did it.
    pub actor: Option<IdentityId>,
    /// Who may be told, beside those who read the whole trail: `CLIENT`, `TRADE`, `STAFF`.
    pub audiences: Vec<&'static str>,
    /// The address that the connection came from.
    pub network: Option<String>,
    /// What the caller calls itself.
    pub device: Option<String>,
    /// What else is worth knowing. Never a secret that opens anything.
    pub details: Value,
}

impl NewActivity {
    /// Something that nobody who is signed in has done: a command, or the passing of time.
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

/// Writes down what was done.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
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

/// The result of a key, and of which input.
#[derive(Debug, Clone, Queryable)]
pub struct IdempotentResult {
    /// A digest of the input.
    pub fingerprint: String,
    /// The result.
    pub answer: Value,
}

/// How a person's key stands.
#[derive(Debug, Clone)]
pub enum KeyClaim {
    /// Nobody has used it: it is this transaction's until that ends.
    Ours,
    /// Another transaction has it.
    InFlight,
    /// It has its result.
    Answered(IdempotentResult),
}

/// Claims a person's key for this transaction. Never waits: a connection that waited for another one's end would be one less for
/// everybody.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn claim_key(
    connection: &mut AsyncPgConnection,
    actor: IdentityId,
    key: &str,
) -> Result<KeyClaim, StoreError> {
    let claim = diesel::select(pg_try_advisory_xact_lock(lock_of(actor, key)));
    if !claim.get_result::<bool>(connection).await? {
        return Ok(KeyClaim::InFlight);
    }
    // A statement of its own, begun after the lock was had: it sees what the last holder committed.
    let known = idempotent_answers::table
        .find((actor, key))
        .select((idempotent_answers::fingerprint, idempotent_answers::answer))
        .first(connection)
        .await
        .optional()?;
    Ok(known.map_or(KeyClaim::Ours, KeyClaim::Answered))
}

diesel::define_sql_function! {
    /// Takes a lock until the transaction ends, unless another transaction has it.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// The advisory lock of a key. Two keys with the same lock only wait for each other.
fn lock_of(actor: IdentityId, key: &str) -> i64 {
    let digest = blake3::Hasher::new().update(actor.0.as_bytes()).update(key.as_bytes()).finalize();
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Forgets what was answered before a moment.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn forget_answers(connection: &mut AsyncPgConnection, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = idempotent_answers::table.filter(idempotent_answers::created_at.lt(before));
    Ok(diesel::delete(old).execute(connection).await?)
}

/// Keeps the result of a key that was claimed in the same transaction.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn keep_answer(
    connection: &mut AsyncPgConnection,
    actor: IdentityId,
    key: &str,
    kept: IdempotentResult,
) -> Result<(), StoreError> {
    let row = (
        idempotent_answers::actor_id.eq(actor),
        idempotent_answers::key.eq(key),
        idempotent_answers::fingerprint.eq(kept.fingerprint),
        idempotent_answers::answer.eq(kept.answer),
    );
    diesel::insert_into(idempotent_answers::table).values(row).execute(connection).await?;
    Ok(())
}
