//! Changes what a company is called, where it works, and at which host its portal is.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::company::{Hosts, Region};
use portico_core::country::Country;
use portico_core::id::CompanyId;
use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::company::{CompanyChange, change_company, lock_company, release_host};
use serde_json::json;

use super::host::names_of_regions;
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// Changes a company; what is none stays, and none within clears it (ORG-5).
#[derive(Debug, Clone)]
pub struct CompanyUpdate {
    /// The version that was read.
    pub expected_version: i32,
    /// The name.
    pub name: Option<String>,
    /// The number that anybody may call.
    pub public_phone: Option<Option<String>>,
    /// The region.
    pub region: Option<Region>,
    /// The host of the company's portal.
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

/// A region without a host would leave its people without invitations.
fn known_region(region: Region, hosts: &Hosts) -> Result<(), Refusal> {
    if hosts.of_region(region).is_some() {
        return Ok(());
    }
    let message = format!("this installation has no host for it; its regions are: {}", names_of_regions(hosts));
    Err(Refusal::of(RefusalCode::Invalid, "region", message))
}

/// A host that the installation lists for the company. Any other one could be run by whoever has set it, and read the links of
/// its visitors.
fn listed_host(slug: &str, hosts: &Hosts, host: &str) -> Result<String, Refusal> {
    let host = host.trim().to_lowercase();
    match hosts.of_portal(slug, Some(host.as_str())) {
        Some(_) => Ok(host),
        None => {
            let message = "the installation does not list this host for the company; whoever runs it adds the host \
                           under [portal_hosts] first";
            Err(Refusal::of(RefusalCode::Invalid, "portalHost", message))
        }
    }
}

impl Action for CompanyUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::SettingsManage).await?;
        let company = lock_company(work.connection(), staff.company).await?;
        if company.version != self.expected_version {
            let message = format!("the company has been changed since; its version is {}", company.version);
            return Err(Refusal::of(RefusalCode::Conflict, "expectedVersion", message).into());
        }
        let country = match self.region {
            Some(region) => region.as_str().parse().ok(),
            None => {
                let phone = self.public_phone.as_ref().and_then(|phone| phone.as_deref());
                work.country_for(company.id, phone).await?
            }
        };
        let change = self.checked(&company.slug, &work.actor().installation.hosts, country)?;
        if let Some(Some(host)) = &change.portal_host {
            take_over(work, host, company.id).await?;
        }
        let details = json!({ "changed": change.names(), "region": change.region, "portalHost": change.portal_host });
        change_company(work.connection(), company.id, change).await?;
        let happened = Happened::new(ActivityKind::CompanyChanged).in_company(company.id);
        work.record(happened.to(SubjectKind::Company, company.id).with(details)).await?;
        Ok(company.id)
    }
}

/// A company for which the installation listed the host before has lost it, whether or not it has noticed.
async fn take_over(work: &mut Work<'_>, host: &str, company: CompanyId) -> Result<(), ActionError> {
    let now = work.now();
    if let Some(other) = release_host(work.connection(), host, Some(company)).await? {
        let (subject, details) = ((SubjectKind::Company, other.0), json!({ "changed": ["portalHost"] }));
        let lost = NewActivity::of_system(ActivityKind::CompanyChanged, subject, details, now);
        insert_activity(work.connection(), NewActivity { company: Some(other), ..lost }).await?;
    }
    Ok(())
}
