//! Lookups in which a member of staff learned that an address has an account (RULE-9).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::ActivityKind;
use portico_core::id::{IdentityId, StaffMembershipId};

use crate::StoreError;
use crate::schema::base::{activity, staff_memberships};

/// Locks a member of staff, so that lookups are counted one after the other.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_staff(connection: &mut AsyncPgConnection, staff: StaffMembershipId) -> Result<(), StoreError> {
    let held = staff_memberships::table.find(staff).select(staff_memberships::id).for_no_key_update();
    held.first::<StaffMembershipId>(connection).await?;
    Ok(())
}

/// The time of the first of the last `times` lookups, if there were as many since then. Counted per person, across companies.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn first_lookup_since(
    connection: &mut AsyncPgConnection,
    person: IdentityId,
    since: DateTime<Utc>,
    times: u32,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let nth = activity::table
        .filter(activity::kind.eq(ActivityKind::ClientKnownElsewhere))
        .filter(activity::actor_id.eq(person))
        .filter(activity::at.gt(since))
        .order(activity::at.desc())
        .offset(i64::from(times) - 1)
        .select(activity::at);
    Ok(nth.first(connection).await.optional()?)
}
