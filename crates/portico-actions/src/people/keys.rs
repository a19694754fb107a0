//! Staff make keys for scripts, and withdraw them.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ApiKeyId, ProjectId};
use portico_core::people::{Permission, PermissionSet, Role};
use portico_core::refusal::RefusalCode;
use portico_store::people::{ActingStaff, lock_key, own_projects, revoke_key};
use serde_json::json;

use super::key_write::{KeyDraft, KeyFault, MAX_DAYS};
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// Makes a key for scripts: read-only, in the name of whoever makes it, and never more than they may (SEC-14).
#[derive(Debug, Clone)]
pub struct ApiKeyCreate {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub permissions: PermissionSet,
    /// The projects that it may read; none for all of the company's.
    pub projects: Option<Vec<ProjectId>>,
    /// How long it lives, in days: 1 to 366.
    pub days: i32,
}

/// A key that was made.
pub struct ApiKeyMade {
    /// Which one.
    pub id: ApiKeyId,
    /// To be sent as a bearer token. Shown once, and kept nowhere.
    pub token: String,
}

impl ApiKeyCreate {
    /// Its name and its days.
    fn checked(&self, may: PermissionSet) -> Result<(String, u32), ActionError> {
        let (mut name, mut days) = (String::new(), 0);
        check::all([
            check::name("name", &self.name).map(|text| name = text),
            checked_permissions(self.permissions, may),
            match &self.projects {
                Some(listed) if listed.is_empty() => {
                    Err(Refusal::missing("projectIds", "must name a project; omit it for all projects"))
                }
                _ => Ok(()),
            },
            checked_days(self.days).map(|checked| days = checked),
        ])?;
        Ok((name, days))
    }

    /// The projects that it lists, if whoever makes it sees them all.
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
        return Err(Refusal::missing("permissions", "must name a permission"));
    }
    let more = wanted.iter().find(|permission| !may.contains(*permission));
    more.map_or(Ok(()), |more| Err(more_than_you_may(more)))
}

fn more_than_you_may(permission: Permission) -> Refusal {
    let message = format!("you do not have the permission {permission} yourself");
    Refusal::of(RefusalCode::ExceedsOwnPermissions, "permissions", message)
}

fn checked_days(days: i32) -> Result<u32, Refusal> {
    let checked = u32::try_from(days).ok().filter(|days| (1..=MAX_DAYS).contains(days));
    checked.ok_or_else(|| out_of_bounds(days.into()))
}

fn out_of_bounds(days: i64) -> Refusal {
    Refusal::of(RefusalCode::Invalid, "days", format!("a key lives for 1 to {MAX_DAYS} days, not {days}"))
}

impl From<KeyFault> for ActionError {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Days(days) => out_of_bounds(days.into()).into(),
            KeyFault::MoreThanCreator(permission) => more_than_you_may(permission).into(),
            KeyFault::Random(error) => Self::Random(error),
            KeyFault::Store(error) => Self::Store(error),
        }
    }
}

impl Action for ApiKeyCreate {
    type Done = ApiKeyMade;

    async fn write(&self, work: &mut Work<'_>) -> Result<ApiKeyMade, ActionError> {
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
        let happened = Happened::new(ActivityKind::ApiKeyCreated).in_company(staff.company);
        work.record(happened.to(SubjectKind::ApiKey, written.id).with(written.details)).await?;
        Ok(ApiKeyMade { id: written.id, token: written.token })
    }
}

/// Withdraws a key: owners any of the company's, others those that they have made.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyRevoke {
    /// Which.
    pub key: ApiKeyId,
}

impl Action for ApiKeyRevoke {
    type Done = ApiKeyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ApiKeyId, ActionError> {
        let staff = work.staff(Permission::ReportsKeys).await?;
        let is_owner = work.person().await?.role == Role::Owner;
        let key = lock_key(work.connection(), staff.company, self.key).await?;
        let own = key.filter(|(creator, _)| is_owner || *creator == staff.membership);
        let (creator, is_revoked) = own.ok_or_else(|| Refusal::argument_not_found("id"))?;
        if is_revoked {
            let message = "the key has been revoked already";
            return Err(Refusal::of_argument(RefusalCode::InvalidState, "id", message).into());
        }
        let now = work.now();
        revoke_key(work.connection(), self.key, now).await?;
        let happened = Happened::new(ActivityKind::ApiKeyRevoked).in_company(staff.company);
        let details = json!({ "creator": creator });
        work.record(happened.to(SubjectKind::ApiKey, self.key).with(details)).await?;
        Ok(self.key)
    }
}
