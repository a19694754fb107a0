//! Sessions, as actions open and end them, and the options at sign-in.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::Role;
use portico_core::activity::ActivityKind;
use portico_core::id::{CompanyId, IdentityId, SessionId, StaffMembershipId};
use portico_core::limits::caps;
use portico_core::projects::MembershipKind;
use portico_core::sessions::TokenHash;

use crate::StoreError;
use crate::schema::base::{
    activity, companies, identities, project_memberships, sessions, staff_invitations, staff_memberships,
};
use crate::support::is_agent;

/// A sign-in option, which determines the role of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOption {
    /// As a client, in all projects.
    Client,
    /// As a trade partner, in all projects.
    Trade,
    /// As a member of a company's staff.
    Staff {
        /// The membership.
        membership: StaffMembershipId,
        /// Owner or staff.
        role: Role,
        /// The company.
        company: CompanyId,
        /// The company's name.
        company_name: String,
        /// Whether the sign-in accepts an invitation.
        is_invited: bool,
    },
    /// As a support agent.
    Support,
}

impl SignInOption {
    /// The role of the session.
    pub const fn role(&self) -> Role {
        match self {
            Self::Client => Role::Client,
            Self::Trade => Role::Trade,
            Self::Staff { role, .. } => *role,
            Self::Support => Role::Support,
        }
    }

    /// The name shown to the user.
    pub fn label(&self) -> String {
        match self {
            Self::Client => "My projects".to_owned(),
            Self::Trade => "My work".to_owned(),
            Self::Staff { company_name, .. } => company_name.clone(),
            Self::Support => "Support".to_owned(),
        }
    }

    /// The key that the caller sends to choose it.
    pub fn name(&self) -> String {
        match self {
            Self::Staff { membership, .. } => format!("STAFF:{}", membership.0.simple()),
            Self::Client | Self::Trade | Self::Support => self.role().to_string(),
        }
    }
}

/// Maximum number of companies as whose staff a person can sign in, the first by name; there are three other options.
const MAX_COMPANIES: i64 = caps::CHOICES as i64 - 3;

/// The sign-in options of a person, in a stable order: as client, as trade partner, as staff of each company including pending
/// invitations, and as support.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn sign_in_options(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<Vec<SignInOption>, StoreError> {
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
        .limit(MAX_COMPANIES)
        .select((staff_memberships::id, staff_memberships::role, companies::id, companies::name, exists(pending())))
        .load(connection)
        .await?;
    let outside = kinds.iter().map(|kind| if kind == "TRADE" { SignInOption::Trade } else { SignInOption::Client });
    let inside = staff.into_iter().map(|(membership, role, company, company_name, is_invited)| SignInOption::Staff {
        membership,
        role,
        company,
        company_name,
        is_invited,
    });
    let support = is_agent(connection, identity).await?.then_some(SignInOption::Support);
    Ok(outside.chain(inside).chain(support).collect())
}

/// The companies of a person's projects as a client or a trade partner, by kind of membership and name.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn companies_of_member(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<Vec<(MembershipKind, String)>, StoreError> {
    let has_access = project_memberships::kind
        .eq("CLIENT")
        .and(project_memberships::access_level.eq("PORTAL"))
        .or(project_memberships::kind.eq("TRADE").and(project_memberships::web_access));
    let companies = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(has_access)
        .select((project_memberships::kind, companies::name))
        .distinct()
        .order((project_memberships::kind, companies::name));
    Ok(companies.load(connection).await?)
}

/// Whether a person can sign in with this role (RULE-8).
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn can_sign_in_as(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    role: Role,
) -> Result<bool, StoreError> {
    Ok(sign_in_options(connection, identity).await?.iter().any(|option| option.role() == role))
}

/// A session to insert.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The owner.
    pub identity: IdentityId,
    /// The sign-in option.
    pub option: SignInOption,
    /// The company at whose portal host it is opened; none with a password, or at the platform's own host.
    pub company: Option<CompanyId>,
    /// The hash of its token.
    pub token: TokenHash,
    /// The device name.
    pub device: Option<String>,
    /// Start time.
    pub at: DateTime<Utc>,
    /// Expiry time unless it is used.
    pub expires_at: DateTime<Utc>,
}

/// Opens a session.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_session(connection: &mut AsyncPgConnection, new: NewSession) -> Result<SessionId, StoreError> {
    let id = SessionId::generate();
    let (actor, staff) = match &new.option {
        SignInOption::Client => ("CLIENT", None),
        SignInOption::Trade => ("TRADE", None),
        SignInOption::Staff { membership, .. } => ("STAFF", Some(*membership)),
        SignInOption::Support => ("SUPPORT", None),
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

/// Ends one of a person's sessions. False if it is not a valid session of the person.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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

/// Ends all sessions of a person but one, and returns their number.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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

/// Whether the owner of a canonical address has signed in from a network before: `203.0.113.7/32`.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn has_signed_in_from(
    connection: &mut AsyncPgConnection,
    email: &str,
    network: &str,
) -> Result<bool, StoreError> {
    let owner = identities::table.filter(identities::email_canonical.eq(email)).select(identities::id);
    let Some(owner) = owner.first::<IdentityId>(connection).await.optional()? else { return Ok(false) };
    let from_there = activity::table
        .filter(activity::actor_id.eq(owner))
        .filter(activity::kind.eq(ActivityKind::SignedIn))
        .filter(sql::<Bool>("network::inet <<= ").bind::<Text, _>(network.to_owned()).sql("::inet"));
    Ok(diesel::select(exists(from_there)).get_result(connection).await?)
}
