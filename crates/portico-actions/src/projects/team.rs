//! A project's team, as clients and trade partners see it (ORG-4).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::country::Country;
use portico_core::id::{ProjectId, StaffMembershipId, TeamMemberId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::projects::{
    NewTeamMember, TeamMemberChange, change_team_member, delete_team_member, insert_team_member, is_on_staff,
    next_in_team, own_team_member, team_size,
};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use super::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Adds or changes a team member of a project: a member of the staff, or another person by name.
#[derive(Debug, Clone, Default)]
pub struct TeamMemberSave {
    /// The team member to change; `None` adds one.
    pub id: Option<TeamMemberId>,
    /// The project; required to add a team member.
    pub project: Option<ProjectId>,
    /// The staff membership of a new team member; `None` for a person by name.
    pub staff: Option<StaffMembershipId>,
    /// The name of a person who is not on the staff.
    pub name: Option<String>,
    /// The role on the project; required to add a team member.
    pub title: Option<String>,
    /// The telephone number for clients and trade partners; `Some(None)` clears it.
    pub work_phone: Option<Option<String>>,
    /// The URL of the photo; `Some(None)` clears it.
    pub photo_url: Option<Option<String>>,
    /// Whether clients and trade partners see the team member.
    pub is_shown: Option<bool>,
    /// The sort order; `None` keeps it, and puts a new team member last.
    pub sort: Option<i32>,
}

impl TeamMemberSave {
    fn checked(&self, country: Option<Country>) -> Result<TeamMemberChange, ActionError> {
        let mut change = TeamMemberChange { is_shown: self.is_shown, sort: self.sort, ..TeamMemberChange::default() };
        let phone = self
            .work_phone
            .as_ref()
            .map(|it| it.as_deref().map(|it| check::phone("workPhone", it, country)).transpose());
        let photo =
            self.photo_url.as_ref().map(|it| it.as_deref().map(|it| check::https_url("photoUrl", it)).transpose());
        let name = self.name.as_deref().map(|it| check::person_name("name", it));
        let title = self.title.as_deref().map(|it| check::text("title", it, check::NAME));
        let checks = [
            name.map(|name| name.map(|it| change.name = Some(it))),
            title.map(|title| title.map(|it| change.title = Some(it))),
            phone.map(|phone| phone.map(|it| change.work_phone = Some(it))),
            photo.map(|photo| photo.map(|it| change.photo_url = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(change)
    }

    async fn add(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        change: TeamMemberChange,
    ) -> Result<Saved, ActionError> {
        let project = self.project.ok_or_else(|| Refusal::missing("projectId", "is required to add a team member"))?;
        open_project(work, staff, project, "projectId").await?;
        if team_size(work.connection(), project).await? >= i64::from(caps::TEAM) {
            let message = format!("a project has at most {} team members: remove one first", caps::TEAM);
            return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
        }
        match (self.staff, &change.name) {
            (Some(member), None) if !is_on_staff(work.connection(), staff.company, member).await? => {
                return Err(Refusal::not_found("staffId").into());
            }
            (Some(_), None) | (None, Some(_)) => {}
            (Some(_), Some(_)) => return Err(named_by_account().into()),
            (None, None) => {
                let message = "is required for a person who is not on the staff; otherwise give `staffId`";
                return Err(Refusal::of(RefusalCode::Blank, "name", message).into());
            }
        }
        let changed = change.clone().of_new_row().names;
        let sort = match change.sort {
            Some(sort) => sort,
            None => next_in_team(work.connection(), project).await?,
        };
        let new = NewTeamMember {
            id: TeamMemberId::generate(),
            company_id: staff.company,
            project_id: project,
            staff_membership_id: self.staff,
            name: change.name,
            title: change.title.ok_or_else(|| Refusal::missing("title", "is required to add a team member"))?,
            work_phone: change.work_phone.flatten(),
            photo_url: change.photo_url.flatten(),
            is_shown: change.is_shown.unwrap_or(true),
            sort,
        };
        let id = new.id;
        match insert_team_member(work.connection(), new).await {
            Err(StoreError::Taken(_)) => {
                let message = "is on the project's team already: change the team member instead";
                Err(Refusal::of(RefusalCode::Taken, "staffId", message).into())
            }
            done => Ok(done.map(|()| Saved { project, id, changed })?),
        }
    }

    async fn change(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        id: TeamMemberId,
        change: TeamMemberChange,
    ) -> Result<Saved, ActionError> {
        let known = own_team_member(work.connection(), staff.company, id).await?;
        let known = known.ok_or_else(|| Refusal::not_found("id"))?;
        open_project(work, staff, known.project, "id").await?;
        let stays = "cannot be changed: omit it";
        if self.project.is_some_and(|project| project != known.project) {
            return Err(Refusal::of(RefusalCode::Invalid, "projectId", stays).into());
        }
        if self.staff.is_some() && self.staff != known.staff {
            return Err(Refusal::of(RefusalCode::Invalid, "staffId", stays).into());
        }
        if known.staff.is_some() && change.name.is_some() {
            return Err(named_by_account().into());
        }
        let changed = change_team_member(work.connection(), id, change).await?.names;
        Ok(Saved { project: known.project, id, changed })
    }
}

/// A saved team member.
struct Saved {
    project: ProjectId,
    id: TeamMemberId,
    changed: Vec<&'static str>,
}

fn named_by_account() -> Refusal {
    Refusal::of(RefusalCode::Invalid, "name", "comes from the account of a member of the staff: omit it")
}

impl Action for TeamMemberSave {
    type Done = TeamMemberId;

    async fn write(&self, work: &mut Work<'_>) -> Result<TeamMemberId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let phone = self.work_phone.as_ref().and_then(|phone| phone.as_deref());
        let country = work.country_for(staff.company, phone).await?;
        let change = self.checked(country)?;
        let Saved { project, id, changed } = match self.id {
            Some(id) => self.change(work, &staff, id, change).await?,
            None => self.add(work, &staff, change).await?,
        };
        let event = ActivityEvent::new(ActivityKind::TeamMemberSaved)
            .in_project(staff.company, project)
            .to(SubjectKind::TeamMember, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &changed).await?;
        Ok(id)
    }
}

/// Removes a team member from a project. Access to the company's data stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct TeamMemberRemove {
    /// The team member.
    pub id: TeamMemberId,
}

impl Action for TeamMemberRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let known = own_team_member(work.connection(), staff.company, self.id).await?;
        let known = known.ok_or_else(|| Refusal::not_found("id"))?;
        open_project(work, &staff, known.project, "id").await?;
        delete_team_member(work.connection(), self.id).await?;
        let event = ActivityEvent::new(ActivityKind::TeamMemberRemoved)
            .in_project(staff.company, known.project)
            .to(SubjectKind::TeamMember, self.id);
        work.record(event).await?;
        Ok(known.project)
    }
}
