//! Sessions, as actions open and end them.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, SessionId, StaffMembershipId};
use portico_core::people::{Role, TokenHash};

use crate::StoreError;
use crate::schema::base::{companies, project_memberships, sessions, staff_invitations, staff_memberships};
use crate::support::is_agent;

/// What somebody may be when they sign in: a session is one of these for as long as it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInPlace {
    /// A client, in all their projects.
    Client,
    /// A trade partner, in all their projects.
    Trade,
    /// Of a company's staff.
    Staff {
        /// Their place there.
        membership: StaffMembershipId,
        /// Owner or staff.
        role: Role,
        /// The company.
        company: CompanyId,
        /// The company's name.
        company_name: String,
        /// Whether signing in to it accepts an invitation.
        is_invited: bool,
    },
    /// Of the platform's support.
    Support,
}

impl SignInPlace {
    /// What they are there.
    pub const fn role(&self) -> Role {
        match self {
            Self::Client => Role::Client,
            Self::Trade => Role::Trade,
            Self::Staff { role, .. } => *role,
            Self::Support => Role::Support,
        }
    }

    /// What to call it where one of several is to be chosen.
    pub fn label(&self) -> String {
        match self {
            Self::Client => "My projects".to_owned(),
            Self::Trade => "My work".to_owned(),
            Self::Staff { company_name, .. } => company_name.clone(),
            Self::Support => "Support".to_owned(),
        }
    }

    /// By which a caller names it when they sign in.
    pub fn name(&self) -> String {
        match self {
            Self::Staff { membership, .. } => format!("STAFF:{}", membership.0.simple()),
            Self::Client | Self::Trade | Self::Support => self.role().to_string(),
        }
    }
}

/// Where somebody may sign in: as client and as trade partner wherever they have access, at each company of whose staff they
/// are or have been invited to be, and as support. In an order that stays.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn places_of(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<Vec<SignInPlace>, StoreError> {
    let has_access = project_memberships::kind
        .eq("CLIENT")
        .and(project_memberships::access_level.eq("PORTAL"))
        .or(project_memberships::kind.eq("TRADE").and(project_memberships::web_access));
    let kinds: Vec<String> = project_memberships::table
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(has_access)
        .select(project_memberships::kind)
        .distinct()
        .order(project_memberships::kind)
        .load(connection)
        .await?;
    let pending = || {
        staff_invitations::table
            .filter(staff_invitations::membership_id.eq(staff_memberships::id))
            .filter(staff_invitations::accepted_at.is_null())
    };
    let late = pending().filter(staff_invitations::expires_at.le(diesel::dsl::now));
    let staff: Vec<(StaffMembershipId, Role, CompanyId, String, bool)> = staff_memberships::table
        .inner_join(companies::table)
        .filter(not(exists(late)))
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null())
        .order((companies::name, staff_memberships::id))
        .select((staff_memberships::id, staff_memberships::role, companies::id, companies::name, exists(pending())))
        .load(connection)
        .await?;
    let outside = kinds.iter().map(|kind| if kind == "TRADE" { SignInPlace::Trade } else { SignInPlace::Client });
    let inside = staff.into_iter().map(|(membership, role, company, company_name, is_invited)| SignInPlace::Staff {
        membership,
        role,
        company,
        company_name,
        is_invited,
    });
    let support = is_agent(connection, identity).await?.then_some(SignInPlace::Support);
    Ok(outside.chain(inside).chain(support).collect())
}

/// Whether somebody has a place to sign in to in this role (RULE-8).
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn has_place(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    role: Role,
) -> Result<bool, StoreError> {
    Ok(places_of(connection, identity).await?.iter().any(|place| place.role() == role))
}

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub identity: IdentityId,
    /// As what.
    pub place: SignInPlace,
    /// By the host of whose portal it is opened; none by a password, or at the platform's own host.
    pub company: Option<CompanyId>,
    /// What is kept of its token.
    pub token: TokenHash,
    /// From what.
    pub device: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Until when, unless it is used.
    pub expires_at: DateTime<Utc>,
}

/// Opens a session.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn insert_session(connection: &mut AsyncPgConnection, new: NewSession) -> Result<SessionId, StoreError> {
    let id = SessionId::generate();
    let (actor, staff) = match &new.place {
        SignInPlace::Client => ("CLIENT", None),
        SignInPlace::Trade => ("TRADE", None),
        SignInPlace::Staff { membership, .. } => ("STAFF", Some(*membership)),
        SignInPlace::Support => ("SUPPORT", None),
    };
    let row = (
        sessions::id.eq(id),
        sessions::token_hash.eq(new.token.as_str().to_owned()),
        sessions::identity_id.eq(new.identity),
        sessions::actor.eq(actor),
        sessions::staff_membership_id.eq(staff),
        sessions::company_id.eq(new.company),
        sessions::device.eq(new.device),
        sessions::created_at.eq(new.at),
        sessions::last_seen_at.eq(new.at),
        sessions::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(sessions::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Ends one of somebody's sessions. False if they have no such session that lives.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn end_session(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    session: SessionId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let own =
        sessions::table.find(session).filter(sessions::identity_id.eq(identity)).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(own).set(sessions::revoked_at.eq(at)).execute(connection).await? == 1)
}

/// Ends all of somebody's sessions but one, and says how many.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn end_other_sessions(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    but: Option<SessionId>,
    at: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let all = sessions::table.filter(sessions::identity_id.eq(identity)).filter(sessions::revoked_at.is_null());
    let but = but.unwrap_or(SessionId(uuid::Uuid::nil()));
    Ok(diesel::update(all.filter(sessions::id.ne(but))).set(sessions::revoked_at.eq(at)).execute(connection).await?)
}
