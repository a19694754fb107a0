//! An entry of the audit log.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_core::activity::ActorKind;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::activity::ActivityRow;
use portico_loader::projects::ProjectById;

use super::enums::{ActivityActorRole, ActivityKind, ActivitySubjectKind};
use crate::error::ApiError;
use crate::ids;
use crate::leads::LeadState;
use crate::load::load;
use crate::projects::Project;
use crate::scalars::DateTime;

/// Record that an entry is about.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ActivitySubject {
    /// Kind of record.
    kind: ActivitySubjectKind,
    /// Global ID of the record.
    id: ID,
    /// Current name or title. For a message, or a thread without a title, the first words of the text.
    name: String,
}

/// Person who performed an action, or the system.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ActivityActor {
    /// Role of the actor at that time.
    role: ActivityActorRole,
    /// ID of the membership in the staff or in the project; removed ones included. Null for the system and for callers without a
    /// session.
    membership_id: Option<ID>,
    /// Name, as the company knows it. Null for the system and for callers without a session.
    name: Option<String>,
}

pub(crate) struct Activity(pub(crate) Arc<ActivityRow>);

/// Entry of the audit log: an action and its actor. Entries never change.
#[gated]
#[Object]
impl Activity {
    /// Cache key; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::ACTIVITY, self.0.id)
    }

    /// Time of the action.
    #[shared(STAFF)]
    async fn at(&self) -> DateTime;

    /// Kind of action.
    #[shared(STAFF)]
    async fn kind(&self) -> Result<ActivityKind, ApiError> {
        ActivityKind::of(self.0.kind).ok_or_else(|| not_in_schema("kind"))
    }

    /// Project of the action. Null if it concerns the company as a whole.
    #[shared(STAFF)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        let Some(project) = self.0.project_id else { return Ok(None) };
        Ok(load(ctx, ProjectById(project)).await?.map(Project))
    }

    /// Record that was created, changed or removed. Null if there is none, or if it no longer exists.
    #[shared(STAFF)]
    async fn subject(&self) -> Option<ActivitySubject> {
        let row = &self.0;
        let kind = row.subject_kind.and_then(ActivitySubjectKind::of)?;
        let (id, name) = row.subject_id.zip(row.subject_name.clone())?;
        Some(ActivitySubject { kind, id: ids::global(kind.tag(), id), name })
    }

    /// Actor.
    #[shared(STAFF)]
    async fn actor(&self) -> Result<ActivityActor, ApiError> {
        let row = &self.0;
        let role = ActivityActorRole::of(row.actor_kind).ok_or_else(|| not_in_schema("actor"))?;
        let tag = if self.is_by_staff() { Tag::STAFF_MEMBERSHIP } else { Tag::PROJECT_MEMBERSHIP };
        let membership_id = row.actor_membership_id.map(|id| ids::global(tag, id));
        Ok(ActivityActor { role, membership_id, name: row.actor_name.clone() })
    }

    /// Names of the changed fields that you may read, in no particular order. Empty if none were recorded.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn changed_fields(&self, ctx: &Context<'_>) -> Vec<String> {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        self.0.fields_for(&viewer).map(str::to_owned).collect()
    }

    /// Whether the record was created, and not changed. Null if this was not recorded.
    #[shared(STAFF)]
    async fn is_new(&self) -> Option<bool>;

    /// Whether the help article was published, and not unpublished. Null for other kinds.
    #[requires(SETTINGS_MANAGE)]
    async fn is_published(&self) -> Option<bool>;

    /// State of the lead before the action. Null for other kinds.
    #[requires(LEADS_MANAGE)]
    async fn former_state(&self) -> Option<LeadState>;

    /// State of the lead after the action. Null for other kinds.
    #[requires(LEADS_MANAGE)]
    async fn new_state(&self) -> Option<LeadState>;

    /// Network address of the actor. Null unless the actor is staff.
    #[requires(STAFF_MANAGE)]
    async fn network(&self) -> Option<&str> {
        self.0.network.as_deref().filter(|_| self.is_by_staff())
    }

    /// Browser or app of the actor, as it names itself. Null unless the actor is staff.
    #[requires(STAFF_MANAGE)]
    async fn device(&self) -> Option<&str> {
        self.0.device.as_deref().filter(|_| self.is_by_staff())
    }
}

/// Role views have no such entries.
fn not_in_schema(part: &str) -> ApiError {
    ApiError::Internal(format!("the {part} of an entry is not in the schema"))
}

impl Activity {
    fn is_by_staff(&self) -> bool {
        matches!(self.0.actor_kind, ActorKind::Staff | ActorKind::Owner)
    }
}
