//! Reminders of selections: which are due, and what a mail says (docs/decisions/0050-reminders.md).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectMembershipId};
use portico_core::selections::{DueSelection, SelectionReminderJob, SelectionStatus};

use crate::StoreError;
use crate::jobs::enqueue;

/// Lock that one worker at a time holds, so that no two add to the same day of a client.
const LOCK: &str = "select pg_try_advisory_xact_lock(7091991) as is_ours";

// Clients are reminded in the morning, in the project's time zone. What becomes due for a reminder later on that day waits for the next
// morning and is in one mail then, and what was due more than a week ago is left alone: reminders that were turned on today do not
// remind of all that was ever missed. The bounds of the first step are for the index: no zone is two days away. The steps are
// separate, and each client is looked up by key: planned as one join, clients would be joined with all that is due anywhere.
const DUE: &str = "
    with waiting as materialized (
        select v.membership_id, v.id as selection_id, v.company_id, v.project_id, v.due_on, v.status,
            case when v.is_overdue then 'OVERDUE' else 'DUE_SOON' end as kind
        from reminding.selections v
        where v.due_on > ($1 at time zone 'UTC')::date - 9 and v.due_on < ($1 at time zone 'UTC')::date + 32
            and v.status in ('SHARED', 'CHOSEN')
    ), due as (
        select v.*, t.here::date as today
        from waiting v
        cross join lateral (
            select c.can_approve, c.time_zone, c.reminder_days from reminding.clients c where c.membership_id = v.membership_id offset 0) c
        cross join lateral (select $1 at time zone c.time_zone as here) t
        where (v.status = 'SHARED' or c.can_approve)
            and t.here::time >= '07:00' and t.here::time < '10:00'
            and case v.kind when 'OVERDUE' then v.due_on >= t.here::date - 7
                else v.due_on between t.here::date and t.here::date + c.reminder_days end
            and c.reminder_days is not null
    ), unsent as (
        select d.* from due d
        where not exists (
                select from selection_reminders r
                where r.membership_id = d.membership_id and r.selection_id = d.selection_id and r.kind = d.kind and r.due_on = d.due_on)
            and not exists (
                select from selection_reminders r where r.membership_id = d.membership_id and r.mailed_on = d.today)
    ), clients as (
        select distinct membership_id from unsent order by membership_id limit 200
    ), added as (
        insert into selection_reminders (membership_id, selection_id, kind, due_on, company_id, project_id, mailed_on)
        select u.membership_id, u.selection_id, u.kind, u.due_on, u.company_id, u.project_id, u.today
        from unsent u join clients using (membership_id)
        on conflict do nothing
        returning membership_id, company_id, mailed_on
    )
    select distinct membership_id, company_id, mailed_on from added order by membership_id";

#[derive(QueryableByName)]
struct Lock {
    #[diesel(sql_type = Bool)]
    is_ours: bool,
}

#[derive(QueryableByName)]
struct Added {
    #[diesel(sql_type = SqlUuid)]
    membership_id: ProjectMembershipId,
    #[diesel(sql_type = SqlUuid)]
    company_id: CompanyId,
    #[diesel(sql_type = Date)]
    mailed_on: NaiveDate,
}

/// Enqueues the reminders that are due, one mail for each client, project and day, and records of what they remind, so that no
/// other one does. A call enqueues up to 200; returns their number.
///
/// # Errors
///
/// [`StoreError`] if a statement fails.
pub async fn enqueue_reminders(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let lock: Lock = diesel::sql_query(LOCK).get_result(connection).await?;
    if !lock.is_ours {
        return Ok(0);
    }
    let added: Vec<Added> = diesel::sql_query(DUE).bind::<Timestamptz, _>(now).load(connection).await?;
    for client in &added {
        let job = SelectionReminderJob::new(client.company_id, client.membership_id, client.mailed_on);
        enqueue(connection, &job, now).await?;
    }
    Ok(added.len())
}

/// The recipient of a reminder.
#[derive(Debug, Clone, QueryableByName)]
pub struct ReminderRecipient {
    /// The company.
    #[diesel(sql_type = SqlUuid)]
    pub company_id: CompanyId,
    /// The email address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The project's name.
    #[diesel(sql_type = Text)]
    pub project_name: String,
}

const RECIPIENT: &str = "
    select company_id, email, name, project_name from reminding.clients
    where membership_id = $1 and reminder_days is not null";

// What the client can read and has to do now, of what was due then. A selection that is due on another day is in another mail.
const CONTENT: &str = "
    select v.title, v.status, v.due_on, v.is_overdue
    from selection_reminders r
    join reminding.selections v on v.membership_id = r.membership_id and v.id = r.selection_id and v.due_on = r.due_on
    join reminding.clients c on c.membership_id = r.membership_id
    where r.membership_id = $1 and r.mailed_on = $2 and v.is_overdue = (r.kind = 'OVERDUE')
        and (v.status = 'SHARED' or v.status = 'CHOSEN' and c.can_approve)
    order by v.due_on, v.title, v.id";

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    status: SelectionStatus,
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
    #[diesel(sql_type = Bool)]
    is_overdue: bool,
}

/// The recipient and the content of a reminder, as the recipient's role view shows it now. None if nothing is left to remind of.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn reminder(
    connection: &mut AsyncPgConnection,
    job: &SelectionReminderJob,
) -> Result<Option<(ReminderRecipient, Vec<DueSelection>)>, StoreError> {
    let recipient = diesel::sql_query(RECIPIENT).bind::<SqlUuid, _>(job.membership_id);
    let Some(recipient) = recipient.get_result(connection).await.optional()? else { return Ok(None) };
    let content = diesel::sql_query(CONTENT).bind::<SqlUuid, _>(job.membership_id).bind::<Date, _>(job.mailed_on);
    let content: Vec<Content> = content.load(connection).await?;
    let due = |Content { title, status, due_on, is_overdue }| DueSelection { title, status, due_on, is_overdue };
    let content: Vec<_> = content.into_iter().map(due).collect();
    Ok((!content.is_empty()).then_some((recipient, content)))
}
