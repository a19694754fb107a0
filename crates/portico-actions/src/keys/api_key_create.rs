//! Creates API keys.

use portico_core::access::{Permission, PermissionSet};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ApiKeyId, ProjectId};
use portico_core::refusal::RefusalCode;
use portico_store::keys::own_projects;
use portico_store::sessions::ActingStaff;
use secrecy::SecretString;

use super::key_write::{KeyDraft, KeyError, MAX_DAYS, MAX_PROJECTS};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Creates an API key: read-only, in the caller's name, with at most the caller's permissions (SEC-14).
#[derive(Debug, Clone)]
pub struct ApiKeyCreate {
    /// The name, which states the purpose of the key.
    pub name: String,
    /// The permissions to grant.
    pub permissions: PermissionSet,
    /// The projects it may read; none for all of the company's.
    pub projects: Option<Vec<ProjectId>>,
    /// The lifetime in days, 1 to 366.
    pub lifetime_days: i32,
}

/// A new key.
#[derive(Debug)]
pub struct CreatedApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The bearer token, shown once and not stored.
    pub token: SecretString,
}

impl ApiKeyCreate {
    /// The checked name and lifetime.
    fn checked(&self, may: PermissionSet) -> Result<(String, u32), ActionError> {
        let (mut name, mut days) = (String::new(), 0);
        check::all([
            check::name("name", &self.name).map(|text| name = text),
            checked_permissions(self.permissions, may),
            match &self.projects {
                Some(listed) if listed.is_empty() => {
                    Err(Refusal::missing("projectIds", "must name a project; omit it for all projects"))
                }
                Some(listed) if listed.len() > MAX_PROJECTS => Err(too_many_projects(listed.len())),
                _ => Ok(()),
            },
            checked_days(self.lifetime_days).map(|checked| days = checked),
        ])?;
        Ok((name, days))
    }

    /// The listed projects, if the caller sees all of them.
    async fn listed(&self, work: &mut Work<'_>, staff: &ActingStaff) -> Result<Option<Vec<ProjectId>>, ActionError> {
        let Some(wanted) = &self.projects else { return Ok(None) };
        let own = if staff.permissions.contains(Permission::ProjectsRead) {
            own_projects(work.connection(), staff.company, wanted).await?
        } else {
            Vec::new()
        };
        if wanted.iter().all(|project| own.contains(project)) {
            return Ok(Some(own));
        }
        Err(Refusal::not_found("projectIds").into())
    }
}

fn checked_permissions(wanted: PermissionSet, may: PermissionSet) -> Result<(), Refusal> {
    if wanted == PermissionSet::NONE {
        return Err(Refusal::missing("permissions", "must name at least one permission"));
    }
    let more = wanted.iter().find(|permission| !may.contains(*permission));
    more.map_or(Ok(()), |more| Err(exceeds_own(more)))
}

fn exceeds_own(permission: Permission) -> Refusal {
    let message = format!("you do not have the permission {permission} yourself: omit it");
    Refusal::of(RefusalCode::ExceedsOwnPermissions, "permissions", message)
}

fn checked_days(days: i32) -> Result<u32, Refusal> {
    let checked = u32::try_from(days).ok().filter(|days| (1..=MAX_DAYS).contains(days));
    checked.ok_or_else(|| out_of_bounds(days.into()))
}

fn out_of_bounds(days: i64) -> Refusal {
    Refusal::of(RefusalCode::Invalid, "lifetimeDays", format!("must be between 1 and {MAX_DAYS}, not {days}"))
}

fn too_many_projects(listed: usize) -> Refusal {
    let message = format!("must name at most {MAX_PROJECTS} projects, not {listed}; omit it for all projects");
    Refusal::of(RefusalCode::Invalid, "projectIds", message)
}

impl From<KeyError> for ActionError {
    fn from(fault: KeyError) -> Self {
        match fault {
            KeyError::Days(days) => out_of_bounds(days.into()).into(),
            KeyError::ExceedsCreator(permission) => exceeds_own(permission).into(),
            KeyError::TooManyProjects(listed) => too_many_projects(listed).into(),
            fault @ KeyError::TooManyKeys => Refusal::new(RefusalCode::InvalidState, fault.to_string()).into(),
            KeyError::Random(error) => Self::Random(error),
            KeyError::Store(error) => Self::Store(error),
        }
    }
}

impl Action for ApiKeyCreate {
    type Done = CreatedApiKey;

    async fn write(&self, work: &mut Work<'_>) -> Result<CreatedApiKey, ActionError> {
        let staff = work.staff(Permission::ReportsKeys).await?;
        let (name, days) = self.checked(staff.permissions)?;
        let projects = self.listed(work, &staff).await?;
        let draft = KeyDraft {
            company: staff.company,
            created_by: staff.membership,
            may: staff.permissions,
            name,
            permissions: self.permissions,
            projects,
            days,
        };
        let now = work.now();
        let written = draft.write(work.connection(), now).await?;
        let event = ActivityEvent::new(ActivityKind::ApiKeyCreated).in_company(staff.company);
        work.record(event.to(SubjectKind::ApiKey, written.id).with(written.details)).await?;
        Ok(CreatedApiKey { id: written.id, token: written.token })
    }
}
