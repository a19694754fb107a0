//! The acting person, read in the transaction of the action.
//!
//! The viewer was read at sign-in, and may have lost rights since. An action reads them again, in its own transaction, by the
//! session alone, so that a wrong viewer cannot widen what is written.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::id::{CompanyId, IdentityId, SessionId, StaffMembershipId};
use portico_core::sessions::TokenHash;

use crate::StoreError;
use crate::schema::base::{identities, sessions, staff_memberships, support_agents};

/// A person with a valid session.
#[derive(Debug, Clone)]
pub struct ActingPerson {
    /// The person.
    pub identity: IdentityId,
    /// The session.
    pub session: SessionId,
    /// Start time.
    pub since: DateTime<Utc>,
    /// The company at whose portal host it was opened; none with a password, or at the platform's own host.
    pub host_of: Option<CompanyId>,
    /// The role of the session.
    pub role: Role,
    /// The staff membership; none for outsiders.
    pub staff: Option<ActingStaff>,
}

/// A member of a company's staff.
#[derive(Debug, Clone)]
pub struct ActingStaff {
    /// The membership.
    pub membership: StaffMembershipId,
    /// The company.
    pub company: CompanyId,
    /// The permissions.
    pub permissions: PermissionSet,
}

type Row = (
    IdentityId,
    (SessionId, DateTime<Utc>, Option<CompanyId>),
    String,
    Option<(StaffMembershipId, CompanyId, Role, Vec<String>, Option<DateTime<Utc>>)>,
);

/// The person with a valid session for this token. None for API keys, which are read-only.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn acting_person(
    connection: &mut AsyncPgConnection,
    token: &TokenHash,
) -> Result<Option<ActingPerson>, StoreError> {
    let agent = support_agents::table
        .filter(support_agents::identity_id.eq(sessions::identity_id))
        .filter(support_agents::ended_at.is_null());
    let row: Option<Row> = sessions::table
        .inner_join(identities::table)
        .left_join(staff_memberships::table)
        .filter(sessions::token_hash.eq(token.as_str()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(diesel::dsl::now))
        .filter(identities::disabled_at.is_null())
        .filter(sessions::actor.ne(Role::Support.as_str()).or(diesel::dsl::exists(agent)))
        .select((
            identities::id,
            (sessions::id, sessions::created_at, sessions::company_id),
            sessions::actor,
            (
                staff_memberships::id,
                staff_memberships::company_id,
                staff_memberships::role,
                staff_memberships::permissions,
                staff_memberships::removed_at,
            )
                .nullable(),
        ))
        .first(connection)
        .await
        .optional()?;
    Ok(row.and_then(of_row))
}

/// Permissions of a member of staff with this role: an owner has all.
pub(crate) fn permissions_of(role: Role, names: &[String]) -> PermissionSet {
    match role {
        Role::Owner => PermissionSet::all(),
        _ => names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect(),
    }
}

fn of_row((identity, (session, since, host_of), actor, staff): Row) -> Option<ActingPerson> {
    let Some((membership, company, role, names, removed_at)) = staff else {
        return Some(ActingPerson { identity, session, since, host_of, role: actor.parse().ok()?, staff: None });
    };
    let permissions = permissions_of(role, &names);
    let staff = Some(ActingStaff { membership, company, permissions });
    removed_at.is_none().then_some(ActingPerson { identity, session, since, host_of, role, staff })
}
