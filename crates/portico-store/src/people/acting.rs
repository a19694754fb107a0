//! Who acts, as the tables know it at the moment of the action.
//!
//! The viewer was made at sign-in; what they were allowed then they may have lost since. An action asks again, in its own
//! transaction, by the session alone: a wrong viewer cannot widen what is written.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, SessionId, StaffMembershipId};
use portico_core::people::{Permission, PermissionSet, Role, TokenHash};

use crate::StoreError;
use crate::schema::base::{identities, sessions, staff_memberships, support_agents};

/// A person with a living session.
#[derive(Debug, Clone)]
pub struct ActingPerson {
    /// The person.
    pub identity: IdentityId,
    /// Their session.
    pub session: SessionId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// By the host of whose portal it was opened; none by a password, or at the platform's own host.
    pub host_of: Option<CompanyId>,
    /// What they are in it.
    pub role: Role,
    /// Their place among a company's staff; none for outsiders.
    pub staff: Option<ActingStaff>,
}

/// Somebody of a company's staff.
#[derive(Debug, Clone)]
pub struct ActingStaff {
    /// Their place.
    pub membership: StaffMembershipId,
    /// Their company.
    pub company: CompanyId,
    /// What they may do.
    pub permissions: PermissionSet,
}

type Row = (
    IdentityId,
    (SessionId, DateTime<Utc>, Option<CompanyId>),
    String,
    Option<(StaffMembershipId, CompanyId, Role, Vec<String>, Option<DateTime<Utc>>)>,
);

/// Whoever has a living session with this token. None for keys: they only read.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

fn of_row((identity, (session, since, host_of), actor, staff): Row) -> Option<ActingPerson> {
    let Some((membership, company, role, names, removed_at)) = staff else {
        return Some(ActingPerson { identity, session, since, host_of, role: actor.parse().ok()?, staff: None });
    };
    let permissions = match role {
        Role::Owner => PermissionSet::all(),
        _ => names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect(),
    };
    let staff = Some(ActingStaff { membership, company, permissions });
    removed_at.is_none().then_some(ActingPerson { identity, session, since, host_of, role, staff })
}
