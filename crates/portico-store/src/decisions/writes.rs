//! Decisions, as actions write them. The project is locked, so that its chain has no gaps and no branches; constraints
//! of the table refuse both.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::decisions::SealedDecision;
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId};

use crate::StoreError;
use crate::schema::base::{decision_evidence, decision_heads, decisions};

/// The database's clock. Gateways' clocks may differ.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn database_time(connection: &mut AsyncPgConnection) -> Result<DateTime<Utc>, StoreError> {
    #[derive(QueryableByName)]
    struct Clock {
        #[diesel(sql_type = Timestamptz)]
        now: DateTime<Utc>,
    }
    let clock: Clock = diesel::sql_query("select clock_timestamp() as now").get_result(connection).await?;
    Ok(clock.now)
}

/// The position and hash of a project's newest decision. Call it with the project locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn newest_decision(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
) -> Result<Option<(i32, String)>, StoreError> {
    let newest = decisions::table
        .filter(decisions::project_id.eq(project))
        .order(decisions::position.desc())
        .select((decisions::position, decisions::hash));
    Ok(newest.first(connection).await.optional()?)
}

/// Appends a decision to its project's chain, with its signature and evidence.
///
/// # Errors
///
/// [`StoreError`] if a write fails, such as [`StoreError::Taken`] if another decision has the position.
pub async fn insert_decision(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    sealed: &SealedDecision,
) -> Result<(), StoreError> {
    let SealedDecision { decision, document, evidence, hash, key_id, signature } = sealed;
    let row = (
        decisions::id.eq(decision.id),
        decisions::company_id.eq(company),
        decisions::project_id.eq(decision.project),
        decisions::position.eq(decision.position),
        decisions::kind.eq(decision.kind),
        decisions::subject_kind.eq(decision.subject_kind),
        decisions::subject_id.eq(decision.subject),
        decisions::outcome.eq(decision.outcome),
        decisions::document.eq(document),
        decisions::document_hash.eq(&decision.document_hash),
        decisions::decided_at.eq(decision.decided_at),
        decisions::decided_by.eq(decision.decided_by),
        decisions::decided_by_name.eq(&decision.decided_by_name),
        decisions::terms_version.eq(&decision.terms_version),
        decisions::evidence_hash.eq(&decision.evidence_hash),
        decisions::prev_hash.eq(&decision.prev_hash),
        decisions::hash.eq(hash),
    );
    diesel::insert_into(decisions::table).values(row).execute(connection).await?;
    let head = (
        decision_heads::decision_id.eq(decision.id),
        decision_heads::company_id.eq(company),
        decision_heads::project_id.eq(decision.project),
        decision_heads::position.eq(decision.position),
        decision_heads::hash.eq(hash),
        decision_heads::key_id.eq(key_id),
        decision_heads::signature.eq(signature),
    );
    diesel::insert_into(decision_heads::table).values(head).execute(connection).await?;
    let evidence = (
        decision_evidence::decision_id.eq(decision.id),
        decision_evidence::company_id.eq(company),
        decision_evidence::project_id.eq(decision.project),
        decision_evidence::salt.eq(&evidence.salt),
        decision_evidence::network.eq(&evidence.network),
        decision_evidence::device.eq(&evidence.device),
        decision_evidence::on_behalf_reason.eq(&evidence.on_behalf_reason),
        decision_evidence::decided_at.eq(decision.decided_at),
    );
    diesel::insert_into(decision_evidence::table).values(evidence).execute(connection).await?;
    Ok(())
}

/// A client who gets the record of a decision by mail.
#[derive(Debug, Clone, QueryableByName)]
pub struct DecisionRecipient {
    /// The membership.
    #[diesel(sql_type = SqlUuid)]
    pub membership: ProjectMembershipId,
    /// The email address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

const RECIPIENTS: &str = "
    select m.id as membership, i.email, case when i.claimed_at is null then x.name else i.name end as name
    from project_memberships m
    join identities i on i.id = m.identity_id
    join contacts x on x.id = m.contact_id
    where m.company_id = $1 and m.project_id = $2 and m.kind = 'CLIENT' and m.removed_at is null
        and m.access_level = 'PORTAL' and m.can_approve
    order by m.id";

/// The clients of a project who may approve.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn decision_recipients(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
) -> Result<Vec<DecisionRecipient>, StoreError> {
    let recipients = diesel::sql_query(RECIPIENTS).bind::<SqlUuid, _>(company).bind::<SqlUuid, _>(project);
    Ok(recipients.load(connection).await?)
}
