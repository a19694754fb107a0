//! The audit log, as a company's staff and a project's clients see it.

use chrono::{DateTime, Utc};
use portico_core::access::{Membership, ProjectScope, Role, Viewer, ViewerScope};
use portico_core::activity::{ActivityKind, ActorKind, LogClients, LogReaders, SubjectKind};
use portico_core::id::{ActivityId, CompanyId, IdentityId, ProjectId};
use portico_core::leads::LeadState;
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::Visible;

/// An entry of the audit log.
#[role_view(activity(id))]
pub struct ActivityRow {
    /// The entry.
    pub id: ActivityId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: Option<ProjectId>,
    /// The time.
    pub at: DateTime<Utc>,
    /// The kind of the action.
    pub kind: ActivityKind,
    /// Kind of the subject.
    pub subject_kind: Option<SubjectKind>,
    /// The subject.
    pub subject_id: Option<Uuid>,
    /// Current name of the subject; none if it is gone.
    pub subject_name: Option<String>,
    /// The creator of the subject, if it is an API key.
    pub key_creator_id: Option<IdentityId>,
    /// Kind of the actor.
    pub actor_kind: ActorKind,
    /// The actor's membership in the company's staff or in the project.
    pub actor_membership_id: Option<Uuid>,
    /// The actor's name.
    pub actor_name: Option<String>,
    /// Whether the viewer is the actor.
    pub is_by_viewer: bool,
    /// Whether the entry is about the viewer's own membership.
    pub is_about_viewer: bool,
    /// Names of the changed fields that the viewer may read.
    pub changed_fields: Vec<String>,
    /// The former state of a lead.
    pub former_state: Option<LeadState>,
    /// The new state of a lead.
    pub new_state: Option<LeadState>,
    /// Whether the subject was created.
    pub is_new: Option<bool>,
    /// Whether the subject was published, and not unpublished.
    pub is_published: Option<bool>,
    /// The network address of a member of staff.
    pub network: Option<String>,
    /// The user agent of a member of staff.
    pub device: Option<String>,
}

impl ActivityRow {
    /// Names of the changed fields that this viewer may read.
    pub fn fields_for(&self, viewer: &Viewer) -> impl Iterator<Item = &str> {
        let may_see_money = self.project_id.is_some_and(|project| viewer.may_see_money_of(project));
        let may_read = move |field: &str| {
            if viewer.role == Some(Role::Client) {
                return self.kind.is_field_for_clients(field, may_see_money);
            }
            let permission = self.kind.field_permission(field);
            permission.is_none_or(|permission| viewer.may_in(self.company_id, permission))
        };
        self.changed_fields.iter().map(String::as_str).filter(move |field| may_read(field))
    }

    /// An API key reads about no key, and members of staff about their own only.
    fn is_key_of(&self, viewer: &Viewer) -> bool {
        let is_own = || viewer.person.as_ref().map(|person| person.id) == self.key_creator_id.map(|id| id.0);
        match viewer.role {
            Some(Role::Owner) => true,
            Some(Role::Staff) => is_own(),
            _ => false,
        }
    }
}

impl ActivityRow {
    /// A client reads about the project, and about their own access.
    fn is_visible_to_client(&self, viewer: &Viewer) -> bool {
        let ViewerScope::Projects(memberships) = &viewer.scope else { return false };
        let own = memberships.iter().find(|own| Some(own.project) == self.project_id);
        let may_read = |own: &Membership| match self.kind.clients() {
            LogClients::None => false,
            LogClients::All => true,
            LogClients::Subject => self.subject_id == Some(own.id.0),
            LogClients::Actor => self.is_by_viewer,
        };
        let is_of_fields = matches!(self.kind, ActivityKind::ProjectChanged | ActivityKind::ProjectClientChanged);
        own.is_some_and(may_read) && (!is_of_fields || self.fields_for(viewer).next().is_some())
    }
}

impl Visible for ActivityRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        if viewer.role == Some(Role::Client) {
            return self.is_visible_to_client(viewer);
        }
        let is_in_scope = match self.project_id {
            Some(project) => viewer.is_staff() && viewer.may_see_project(self.company_id, project),
            // A key limited to projects reads nothing else of the company.
            None => {
                matches!(&viewer.scope, ViewerScope::Company { company, scope: ProjectScope::All } if *company == self.company_id)
            }
        };
        let may_read_kind = match self.kind.readers() {
            LogReaders::NoStaff => false,
            LogReaders::AllStaff => true,
            LogReaders::With(permission) => viewer.may_in(self.company_id, permission),
        };
        let is_of_company = match self.actor_kind {
            ActorKind::Support => false,
            ActorKind::Public => self.subject_id.is_some(),
            _ => true,
        };
        let is_about_key = matches!(self.kind, ActivityKind::ApiKeyCreated | ActivityKind::ApiKeyRevoked);
        let has_readable_change = self.changed_fields.is_empty() || self.fields_for(viewer).next().is_some();
        is_in_scope
            && may_read_kind
            && is_of_company
            && has_readable_change
            && (!is_about_key || self.is_key_of(viewer))
    }
}
