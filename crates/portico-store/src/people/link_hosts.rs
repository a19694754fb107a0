//! The sender and the portal host of mails to a person.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::company::Hosts;
use portico_core::id::{CompanyId, IdentityId};
use portico_core::people::InvitationState;
use portico_core::projects::AccessLevel;

use crate::StoreError;
use crate::company::CompanyAddress;
use crate::schema::base::{
    companies, invitations, project_memberships, staff_invitations, staff_memberships, support_agents,
};

/// A host for links, and its company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHost {
    /// The company of the portal host; none for a host of the installation.
    pub company: Option<CompanyId>,
    /// The company that sends the mail; none for the platform.
    pub sender: Option<CompanyId>,
    /// The host.
    pub host: String,
    /// The installation's host for the same person.
    own_host: String,
}

impl LinkHost {
    /// The company's portal host, if the installation lists it, otherwise the host of its region (ORG-5).
    fn of(address: &CompanyAddress, hosts: &Hosts) -> Option<Self> {
        let own_host = hosts.of_region(address.region)?.to_owned();
        let portal = address.portal(hosts);
        Some(Self {
            company: portal.map(|_| address.id),
            sender: Some(address.id),
            host: portal.map_or_else(|| own_host.clone(), str::to_owned),
            own_host,
        })
    }

    fn of_support(host: String) -> Self {
        Self { company: None, sender: None, own_host: host.clone(), host }
    }

    /// The installation's host instead, which invitations and first passwords use (INV-13).
    #[must_use]
    pub fn of_installation(self) -> Self {
        Self { company: None, host: self.own_host.clone(), ..self }
    }
}

/// Company columns as [`CompanyAddress`] has them.
macro_rules! address {
    () => {
        (companies::id, companies::slug, companies::region, companies::portal_host)
    };
}

/// The default portal of a person: the host that covers most sign-in options. That is the platform's for support, the company's
/// for its staff, and otherwise that of the company whose invitation the person accepted first; pending invitations do not count,
/// since anyone can send them. None also if the installation has no host for that company's region.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn link_host_of(
    connection: &mut AsyncPgConnection,
    hosts: &Hosts,
    identity: IdentityId,
) -> Result<Option<LinkHost>, StoreError> {
    if let Some(host) = host_of_agent(connection, identity).await? {
        return Ok(Some(LinkHost::of_support(host)));
    }
    let address = first_company(connection, identity).await?;
    Ok(address.and_then(|address| LinkHost::of(&address, hosts)))
}

/// The company that determines a person's portal host.
async fn first_company(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<Option<CompanyAddress>, StoreError> {
    let of_staff = || {
        staff_memberships::table
            .inner_join(companies::table)
            .filter(staff_memberships::identity_id.eq(identity))
            .filter(staff_memberships::removed_at.is_null())
            .order((staff_memberships::created_at, staff_memberships::id))
            .select(address!())
    };
    let as_staff = of_staff().filter(not(exists(pending_of_staff()))).first(connection).await.optional()?;
    if as_staff.is_some() {
        return Ok(as_staff);
    }
    let as_client = client_host(connection, identity, InvitationState::Accepted).await?;
    if as_client.is_some() {
        return Ok(as_client);
    }
    let of_trade = || {
        project_memberships::table
            .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
            .filter(project_memberships::identity_id.eq(identity))
            .filter(project_memberships::removed_at.is_null())
            .filter(project_memberships::web_access)
            .order((project_memberships::created_at, project_memberships::id))
            .select(address!())
    };
    let has_come = not(exists(invitations_in(InvitationState::Invited)));
    let as_trade = of_trade().filter(has_come).first(connection).await.optional()?;
    if as_trade.is_some() {
        return Ok(as_trade);
    }
    // A person without an accepted invitation belongs to the company that invited them.
    let as_invited = client_host(connection, identity, InvitationState::Invited).await?;
    if as_invited.is_some() {
        return Ok(as_invited);
    }
    let as_invited = of_trade().first(connection).await.optional()?;
    if as_invited.is_some() {
        return Ok(as_invited);
    }
    Ok(of_staff().first(connection).await.optional()?)
}

/// Pending invitations of a member of staff.
#[diesel::dsl::auto_type(no_type_alias)]
fn pending_of_staff() -> _ {
    staff_invitations::table
        .filter(staff_invitations::membership_id.eq(staff_memberships::id))
        .filter(staff_invitations::accepted_at.is_null())
}

/// The first portal with a client's invitation in this state.
async fn client_host(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    state: InvitationState,
) -> Result<Option<CompanyAddress>, StoreError> {
    let portals = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::access_level.eq(AccessLevel::Portal))
        .filter(exists(invitations_in(state)))
        .order((project_memberships::created_at, project_memberships::id))
        .select(address!());
    Ok(portals.first(connection).await.optional()?)
}

/// Invitations of a membership in this state.
#[diesel::dsl::auto_type(no_type_alias)]
fn invitations_in(state: InvitationState) -> _ {
    invitations::table
        .filter(invitations::membership_id.eq(project_memberships::id))
        .filter(invitations::state.eq(state))
}

/// The portal at a host, if the person has accepted an invitation there as a client, a trade partner or staff. A contact or a
/// pending invitation is not enough: otherwise a company could have the person's links sent to itself. A host of the installation
/// is open to all.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn link_host_at(
    connection: &mut AsyncPgConnection,
    hosts: &Hosts,
    identity: IdentityId,
    host: &str,
) -> Result<Option<LinkHost>, StoreError> {
    if host_of_agent(connection, identity).await?.as_deref() == Some(host) {
        return Ok(Some(LinkHost::of_support(host.to_owned())));
    }
    if hosts.is_of_region(host) {
        let home = link_host_of(connection, hosts, identity).await?;
        return Ok(home.map(|home| LinkHost { company: None, host: host.to_owned(), ..home }));
    }
    let has_come = project_memberships::access_level
        .eq(AccessLevel::Portal)
        .and(exists(invitations_in(InvitationState::Accepted)))
        .or(project_memberships::web_access.and(not(exists(invitations_in(InvitationState::Invited)))));
    let member = project_memberships::table
        .filter(project_memberships::company_id.eq(companies::id))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(has_come);
    let staff = staff_memberships::table
        .filter(staff_memberships::company_id.eq(companies::id))
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null())
        .filter(not(exists(pending_of_staff())));
    let at_host = companies::table
        .filter(companies::portal_host.eq(host))
        .filter(exists(member).or(exists(staff)))
        .select(address!());
    let address: Option<CompanyAddress> = at_host.first(connection).await.optional()?;
    // A host that the installation does not list for the company does not count.
    Ok(address.filter(|address| address.portal(hosts).is_some()).and_then(|address| LinkHost::of(&address, hosts)))
}

async fn host_of_agent(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<Option<String>, StoreError> {
    let agent = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    Ok(agent.select(support_agents::host).first(connection).await.optional()?)
}
