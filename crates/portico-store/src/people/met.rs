//! How often somebody of the staff came to know that an address is a person's on the platform (RULE-9).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::ActivityKind;
use portico_core::id::{IdentityId, StaffMembershipId};

use crate::StoreError;
use crate::schema::base::{activity, staff_memberships};

/// Lets one action at a time of this member of staff go on, so that what is counted cannot be overtaken.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn hold_staff(connection: &mut AsyncPgConnection, staff: StaffMembershipId) -> Result<(), StoreError> {
    let held = staff_memberships::table.find(staff).select(staff_memberships::id).for_no_key_update();
    held.first::<StaffMembershipId>(connection).await?;
    Ok(())
}

/// The first of the last `times` times, if there were as many since then. By the person, not by their place: nobody begins
/// anew with another company.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn first_met_since(
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
