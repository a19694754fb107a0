//! Changes a company's name, telephone number, region or portal host.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::company::{Hosts, Region};
use portico_core::country::Country;
use portico_core::id::CompanyId;
use portico_core::refusal::RefusalCode;
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::company::{CompanyChange, change_company, lock_company, release_host};
use portico_store::{Differences, StoreError};
use serde_json::json;

use super::host::names_of_regions;
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope, check};

/// Changes a company (ORG-5). `None` keeps the current value; `Some(None)` clears it.
#[derive(Debug, Clone)]
pub struct CompanyUpdate {
    /// The version that was read.
    pub expected_version: i32,
    /// The name.
    pub name: Option<String>,
    /// The public telephone number.
    pub public_phone: Option<Option<String>>,
    /// The region.
    pub region: Option<Region>,
    /// The company's own portal host.
    pub portal_host: Option<Option<String>>,
}

impl CompanyUpdate {
    fn checked(&self, slug: &str, hosts: &Hosts, country: Option<Country>) -> Result<CompanyChange, ActionError> {
        let mut change = CompanyChange { region: self.region, ..CompanyChange::default() };
        let phone = self
            .public_phone
            .as_ref()
            .map(|phone| phone.as_deref().map(|it| check::phone("publicPhone", it, country)).transpose());
        let host = self
            .portal_host
            .as_ref()
            .map(|host| host.as_deref().map(|host| listed_host(slug, hosts, host)).transpose());
        let checks = [
            self.name.as_deref().map(|text| check::name("name", text).map(|name| change.name = Some(name))),
            phone.map(|phone| phone.map(|phone| change.public_phone = Some(phone))),
            self.region.map(|region| known_region(region, hosts)),
            host.map(|host| host.map(|host| change.portal_host = Some(host))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(change)
    }
}

/// Rejects a region without a host, from which no invitation could be sent.
fn known_region(region: Region, hosts: &Hosts) -> Result<(), Refusal> {
    if hosts.of_region(region).is_some() {
        return Ok(());
    }
    let message = format!("has no host in this installation: choose one of {}", names_of_regions(hosts));
    Err(Refusal::of(RefusalCode::Invalid, "region", message))
}

/// A host that the installation lists for the company. The operator of any other host could read the links of its visitors.
fn listed_host(slug: &str, hosts: &Hosts, host: &str) -> Result<String, Refusal> {
    let host = host.trim().to_lowercase();
    match hosts.of_portal(slug, Some(host.as_str())) {
        Some(_) => Ok(host),
        None => {
            let message = "is not listed for the company: ask the operator of the installation to add it under \
                           [portal_hosts]";
            Err(Refusal::of(RefusalCode::Invalid, "portalHost", message))
        }
    }
}

impl CompanyUpdate {
    /// Changes the company.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for invalid values, and for an outdated version.
    pub async fn run(self, actor: &Actor) -> Result<CompanyId, ActionError> {
        match (actor.perform(&self).await, &self.portal_host) {
            // The host was listed for this company, and another one still has it.
            (Err(ActionError::Store(StoreError::Taken(_))), Some(Some(host))) => {
                actor.perform(&HostRelease { host: host.trim().to_lowercase() }).await?;
                actor.perform(&self).await
            }
            (done, _) => done,
        }
    }
}

impl Action for CompanyUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::SettingsManage).await?;
        let company = lock_company(work.connection(), staff.company).await?;
        if company.version != self.expected_version {
            return Err(Refusal::outdated(company.version).into());
        }
        let country = match self.region {
            Some(region) => region.as_str().parse().ok(),
            None => {
                let phone = self.public_phone.as_ref().and_then(|phone| phone.as_deref());
                work.country_for(company.id, phone).await?
            }
        };
        let change = self.checked(&company.slug, &work.actor().installation.hosts, country)?;
        let Differences { change, names } = change_company(work.connection(), company.id, change).await?;
        let details = json!({ "region": change.region, "portalHost": change.portal_host });
        let event = ActivityEvent::new(ActivityKind::CompanyChanged).in_company(company.id);
        work.record_changes(event.to(SubjectKind::Company, company.id).with(details), &names).await?;
        Ok(company.id)
    }
}

/// Releases a host from the company for which the installation listed it before: another company's row.
struct HostRelease {
    host: String,
}

impl Action for HostRelease {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (now, own) = (work.now(), work.actor().viewer().company());
        if let Some(other) = release_host(work.connection(), &self.host, own).await? {
            let (subject, details) = ((SubjectKind::Company, other.0), json!({ "changed": ["portalHost"] }));
            let lost = NewActivity::of_system(ActivityKind::CompanyChanged, subject, details, now);
            insert_activity(work.connection(), NewActivity { company: Some(other), ..lost }).await?;
        }
        Ok(())
    }
}
