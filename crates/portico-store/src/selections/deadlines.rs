//! Deadlines of selections and of prices, which a worker marks when they have passed.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::ProjectId;

use crate::StoreError;

/// Maximum number of rows marked in one transaction.
const BATCH: usize = 500;

// Days are those of the project's time zone. The first bound is for the index: no zone is two days ahead.
const OVERDUE: &str = "
    update selections set is_overdue = true, version = version + 1
    where id in (
        select s.id from selections s join projects p on p.id = s.project_id
        where s.status = 'SHARED' and not s.is_overdue and s.due_on is not null
            and s.due_on < ($1 at time zone 'UTC')::date + 2 and s.due_on < ($1 at time zone p.time_zone)::date
            and p.status <> 'ARCHIVED'
        order by s.id limit 500 for no key update of s skip locked)";

const EXPIRED: &str = "
    update selection_options set is_price_expired = true, version = version + 1
    where id in (
        select o.id from selection_options o join projects p on p.id = o.project_id
        where not o.is_price_expired and o.price_expires_on is not null
            and o.price_expires_on < ($1 at time zone 'UTC')::date + 2
            and o.price_expires_on < ($1 at time zone p.time_zone)::date
            and p.status <> 'ARCHIVED'
        order by o.id limit 500 for no key update of o skip locked)";

/// Marks selections that are overdue and prices that have expired, since role views do not depend on the time. Returns whether more
/// may be left.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn mark_deadlines(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let overdue = diesel::sql_query(OVERDUE).bind::<Timestamptz, _>(now).execute(connection).await?;
    let expired = diesel::sql_query(EXPIRED).bind::<Timestamptz, _>(now).execute(connection).await?;
    Ok(overdue.max(expired) == BATCH)
}

const AGAIN: &str = "
    with late as (
        update selections s set is_overdue = not s.is_overdue, version = s.version + 1
        from projects p where p.id = $1 and s.project_id = p.id and s.status = 'SHARED'
            and s.is_overdue <> coalesce(s.due_on < ($2 at time zone p.time_zone)::date, false))
    update selection_options o set is_price_expired = not o.is_price_expired, version = o.version + 1
    from projects p where p.id = $1 and o.project_id = p.id
        and o.is_price_expired <> coalesce(o.price_expires_on < ($2 at time zone p.time_zone)::date, false)";

/// Marks the deadlines of a project whose time zone has changed, which may not have passed there.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn recompute_deadlines(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::sql_query(AGAIN).bind::<SqlUuid, _>(project).bind::<Timestamptz, _>(now).execute(connection).await?;
    Ok(())
}

const MOVE: &str = "
    update selections s set due_on = t.start_on - s.due_days_before, version = s.version + 1,
        is_overdue = s.status = 'SHARED' and t.start_on - s.due_days_before < ($2 at time zone p.time_zone)::date
    from tasks t, projects p
    where s.project_id = $1 and t.id = s.due_task_id and p.id = s.project_id and s.status in ('DRAFT', 'SHARED', 'CHOSEN')
        and s.due_on is distinct from t.start_on - s.due_days_before";

/// Moves the due dates of a project's open selections with the published tasks on which they depend (SCH-11).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn move_due_dates(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::sql_query(MOVE).bind::<SqlUuid, _>(project).bind::<Timestamptz, _>(now).execute(connection).await?;
    Ok(())
}
