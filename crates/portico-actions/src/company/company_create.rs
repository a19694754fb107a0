//! Creates a company by command, and invites its first owner.

use chrono::{DateTime, Utc};
use portico_core::access::{PermissionSet, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::company::{Hosts, Region, is_slug};
use portico_core::contacts::Email;
use portico_core::id::CompanyId;
use portico_store::accounts::{find_or_create_identity, lock_identity};
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::company::{
    ListedCompany, NewCompany, NewStaff, NewStaffInvitation, all_addresses, company_by_slug, insert_company,
    insert_staff, insert_staff_invitation, list_companies, release_host,
};
use portico_store::jobs::enqueue;
use portico_store::keys::find_creator;
use portico_store::{AsyncPgConnection, StoreError, Writer};
use serde_json::json;

use super::host::{names_of_regions, without_host};
use super::staff_invitation::StaffMail;
use crate::check;

/// Colors of a new company's portal.
const PRIMARY_COLOR: &str = "#2f4858";
const ACCENT_COLOR: &str = "#d9a441";
/// The job title of the first owner.
const TITLE: &str = "Owner";

/// A company, and its first owner (ORG-1).
#[derive(Debug, Clone)]
pub struct CompanyCreate {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The region.
    pub region: String,
    /// The first owner's email address.
    pub owner_email: String,
    /// The first owner's name; by default the part of the address before the `@`.
    pub owner_name: Option<String>,
}

/// Result of [`CompanyCreate`].
#[derive(Debug, Clone)]
pub struct CompanyCreated {
    /// The company.
    pub company: ListedCompany,
    /// Whether it was created now; otherwise it existed, and nothing was written.
    pub is_new: bool,
}

/// Reasons why no company was created.
#[derive(Debug, thiserror::Error)]
pub enum CompanyCreateError {
    /// The slug is not valid.
    #[error("--slug `{0}` is not a valid slug: use 1 to 60 lowercase letters, digits and hyphens, such as alderbrook")]
    Slug(String),
    /// A name is not valid.
    #[error("{0}: {1}")]
    Text(&'static str, String),
    /// The region is unknown or has no host.
    #[error("--region `{region}` has no host in the installation's configuration; its regions are: {known}")]
    Region {
        /// The value given.
        region: String,
        /// The regions with a host.
        known: String,
    },
    /// The address is not valid.
    #[error("--owner-email `{address}`: {reason}")]
    Address {
        /// The value given.
        address: String,
        /// The reason.
        reason: String,
    },
    /// Several values are not valid.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<CompanyCreateError>),
    /// Another company has this slug.
    #[error("there is a company `{slug}` already, and it differs: {}. Nothing was changed", .differences.join("; "))]
    Differs {
        /// The slug.
        slug: String,
        /// The differences.
        differences: Vec<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Valid values of the command.
struct Checked {
    name: String,
    region: Region,
    host: String,
    email: Email,
    owner_name: String,
}

impl CompanyCreate {
    /// Creates the company, or finds it. Idempotent for the same values.
    ///
    /// # Errors
    ///
    /// [`CompanyCreateError`]; nothing was written.
    pub async fn run(
        self,
        writer: &Writer,
        hosts: &Hosts,
        now: DateTime<Utc>,
    ) -> Result<CompanyCreated, CompanyCreateError> {
        let checked = self.checked(hosts)?;
        let connection = writer.connection().await?;
        connection.transaction(async |connection| self.write(connection, hosts, &checked, now).await).await
    }

    fn checked(&self, hosts: &Hosts) -> Result<Checked, CompanyCreateError> {
        let slug = if is_slug(&self.slug) { Ok(()) } else { Err(CompanyCreateError::Slug(self.slug.clone())) };
        let text = |flag: &'static str, text: &str| {
            check::name(flag, text).map_err(|refusal| CompanyCreateError::Text(flag, refusal.message))
        };
        let name = text("--name", &self.name);
        let region = self.region.trim().to_uppercase().parse::<Region>().ok();
        let region = region
            .and_then(|region| Some((region, hosts.of_region(region)?)))
            .ok_or_else(|| CompanyCreateError::Region { region: self.region.clone(), known: names_of_regions(hosts) });
        let email = check::email("--owner-email", &self.owner_email).map_err(|refusal| CompanyCreateError::Address {
            address: self.owner_email.clone(),
            reason: refusal.message,
        });
        let owner_name = match (&self.owner_name, &email) {
            (Some(name), _) => text("--owner-name", name),
            (None, Ok(email)) => text("--owner-name", email.written().split('@').next().unwrap_or_default()),
            // The address is reported already.
            (None, Err(_)) => Ok(String::new()),
        };
        match (slug, name, region, email, owner_name) {
            (Ok(()), Ok(name), Ok((region, host)), Ok(email), Ok(owner_name)) => {
                Ok(Checked { name, region, host: host.to_owned(), email, owner_name })
            }
            (slug, name, region, email, owner_name) => {
                // All flags are reported at once.
                let errors = [slug.err(), name.err(), region.err(), email.err(), owner_name.err()];
                let mut errors: Vec<_> = errors.into_iter().flatten().collect();
                Err(if errors.len() == 1 { errors.remove(0) } else { CompanyCreateError::Several(errors) })
            }
        }
    }

    async fn write(
        &self,
        connection: &mut AsyncPgConnection,
        hosts: &Hosts,
        checked: &Checked,
        now: DateTime<Utc>,
    ) -> Result<CompanyCreated, CompanyCreateError> {
        let portal_host = hosts.listed_for(&self.slug).map(str::to_owned);
        if let Some(host) = &portal_host
            && company_by_slug(connection, &self.slug).await?.is_none()
        {
            release_host(connection, host, None).await?;
        }
        let new = NewCompany {
            slug: self.slug.clone(),
            name: checked.name.clone(),
            region: checked.region,
            portal_host,
            primary_color: PRIMARY_COLOR,
            accent_color: ACCENT_COLOR,
            at: now,
        };
        let created = insert_company(connection, &new).await?;
        let company = company_by_slug(connection, &self.slug).await?;
        let company =
            company.ok_or_else(|| StoreError::Failed("a company is missing after its insertion".to_owned()))?;
        match created {
            Some(id) => self.invite(connection, id, checked, now).await?,
            None => self.same(connection, &company, checked).await?,
        }
        Ok(CompanyCreated { company, is_new: created.is_some() })
    }

    /// Invites the first owner.
    async fn invite(
        &self,
        connection: &mut AsyncPgConnection,
        company: CompanyId,
        checked: &Checked,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let name = checked.owner_name.clone();
        let identity = find_or_create_identity(connection, &checked.email, &name).await?.id;
        let (is_claimed, address) = lock_identity(connection, identity).await?;
        let new = NewStaff {
            company,
            identity,
            role: Role::Owner,
            title: TITLE.to_owned(),
            permissions: PermissionSet::NONE,
        };
        let membership = insert_staff(connection, &new).await?;
        let (email, invited_by) = (checked.email.written().to_owned(), None);
        let new = NewStaffInvitation { company, membership, name: name.clone(), email, invited_by, at: now };
        let invitation = insert_staff_invitation(connection, &new).await?;
        let host = checked.host.clone();
        let mail = StaffMail { company, host, identity, is_claimed, invitation, name, address, at: now };
        let job = mail.prepare(connection).await?;
        enqueue(connection, &job, now).await?;
        let happenings = [
            (ActivityKind::CompanyCreated, (SubjectKind::Company, company.0), json!({ "slug": self.slug })),
            (ActivityKind::StaffInvited, (SubjectKind::StaffMembership, membership.0), json!({ "role": "OWNER" })),
        ];
        for (kind, subject, details) in happenings {
            let made = NewActivity::of_system(kind, subject, details, now);
            insert_activity(connection, NewActivity { company: Some(company), ..made }).await?;
        }
        Ok(())
    }

    /// Checks that the existing company has the same values.
    async fn same(
        &self,
        connection: &mut AsyncPgConnection,
        company: &ListedCompany,
        checked: &Checked,
    ) -> Result<(), CompanyCreateError> {
        let mut differences = Vec::new();
        if company.name != checked.name {
            differences.push(format!("its name is `{}`, not `{}`", company.name, checked.name));
        }
        if company.region != checked.region {
            differences.push(format!("its region is {}, not {}", company.region, checked.region));
        }
        let owner = find_creator(connection, &self.slug, checked.email.canonical()).await?;
        if owner.is_none_or(|owner| owner.role != Role::Owner) {
            differences.push(format!("{} is no owner", checked.email.written()));
        }
        if differences.is_empty() {
            return Ok(());
        }
        Err(CompanyCreateError::Differs { slug: self.slug.clone(), differences })
    }
}

/// All companies of an installation, ordered by slug.
#[derive(Debug, Clone, Copy)]
pub struct CompanyList;

impl CompanyList {
    /// Reads the companies.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn run(self, writer: &Writer) -> Result<Vec<ListedCompany>, StoreError> {
        let connection = writer.connection().await?;
        connection.transaction(async |connection: &mut AsyncPgConnection| list_companies(connection).await).await
    }
}

/// Checks that each company's region has a host. Returns the slugs of companies with a listed host that do not exist (yet).
///
/// # Errors
///
/// The sentence that says what is missing.
pub async fn check_hosts(writer: &Writer, hosts: &Hosts) -> Result<Vec<String>, String> {
    let connection = writer.connection().await.map_err(|error| error.to_string())?;
    let known = connection.transaction(async |connection: &mut AsyncPgConnection| all_addresses(connection).await);
    let known = known.await.map_err(|error: StoreError| error.to_string())?;
    if let Some(lost) = known.iter().find(|company| hosts.of_region(company.region).is_none()) {
        return Err(format!("the company `{}` is without a host: {}", lost.slug, without_host(lost.region)));
    }
    let is_known = |slug: &&str| known.iter().any(|company| company.slug == *slug);
    Ok(hosts.companies().filter(|slug| !is_known(slug)).map(str::to_owned).collect())
}
