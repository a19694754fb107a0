//! `node` and `nodes`: records by global ID.

use async_graphql::{Context, ID, Interface};
use portico_core::id::{GlobalId, ProjectId, Tag};
use portico_loader::contacts::ContactById;
use portico_loader::leads::LeadById;
use portico_loader::messages::NoteById;
use portico_loader::projects::{LocationById, ProjectById, TeamMemberById};
use portico_loader::schedule::{MilestoneById, TaskById, VersionById};
use portico_loader::selections::{AllowanceById, OptionById, SelectionById};

use crate::access::Permission;
use crate::access::{Audience, Gate, Rights};
use crate::contacts::Contact;
use crate::error::ApiError;
use crate::leads::Lead;
use crate::load::load;
use crate::messages::InternalNote;
use crate::projects::{Location, Project, TeamMember};
use crate::schedule::{Milestone, ScheduleVersion, Task};
use crate::selections::{Allowance, Selection, SelectionOption};

/// Record with a global ID.
// An interface's own fields skip the guards of the types behind it, so it has none but the id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global ID."))]
pub(crate) enum Node {
    Project(Project),
    Location(Location),
    TeamMember(TeamMember),
    ScheduleVersion(ScheduleVersion),
    Milestone(Milestone),
    Task(Task),
    Selection(Selection),
    SelectionOption(SelectionOption),
    Allowance(Allowance),
    InternalNote(InternalNote),
    Contact(Contact),
    Lead(Lead),
}

impl Node {
    /// The project of the record; none for records of the company.
    pub(crate) fn project(&self) -> Option<ProjectId> {
        Some(match self {
            Self::Project(Project(row)) => row.id,
            Self::Location(Location(row)) => row.project_id,
            Self::TeamMember(TeamMember(row)) => row.project_id,
            Self::ScheduleVersion(ScheduleVersion(row)) => row.project_id,
            Self::Milestone(Milestone(row)) => row.project_id,
            Self::Task(Task(row)) => row.project_id,
            Self::Selection(Selection(row)) => row.project_id,
            Self::SelectionOption(SelectionOption(row)) => row.project_id,
            Self::Allowance(Allowance(row)) => row.project_id,
            Self::InternalNote(InternalNote(row)) => row.project_id,
            Self::Contact(_) | Self::Lead(_) => return None,
        })
    }
}

/// The record with an id, if it exists for the viewer. An id of a type that the viewer may not fetch is answered without a
/// lookup, exactly as an unknown id.
pub(crate) async fn node_by_id(ctx: &Context<'_>, id: GlobalId) -> Result<Option<Node>, ApiError> {
    let rights = *ctx.data_unchecked::<Rights>();
    if !gate_of(id.tag).is_some_and(|gate| gate.opens_to(rights)) {
        return Ok(None);
    }
    let uuid = id.uuid;
    Ok(match id.tag {
        Tag::PROJECT => load(ctx, ProjectById(uuid.into())).await?.map(|row| Project(row).into()),
        Tag::LOCATION => load(ctx, LocationById(uuid.into())).await?.map(|row| Location(row).into()),
        Tag::TEAM_MEMBER => load(ctx, TeamMemberById(uuid.into())).await?.map(|row| TeamMember(row).into()),
        Tag::SCHEDULE_VERSION => load(ctx, VersionById(uuid.into())).await?.map(|row| ScheduleVersion(row).into()),
        Tag::MILESTONE => load(ctx, MilestoneById(uuid.into())).await?.map(|row| Milestone(row).into()),
        Tag::TASK => load(ctx, TaskById(uuid.into())).await?.map(|row| Task(row).into()),
        Tag::SELECTION => load(ctx, SelectionById(uuid.into())).await?.map(|row| Selection(row).into()),
        Tag::SELECTION_OPTION => load(ctx, OptionById(uuid.into())).await?.map(|row| SelectionOption(row).into()),
        Tag::ALLOWANCE => load(ctx, AllowanceById(uuid.into())).await?.map(|row| Allowance(row).into()),
        Tag::INTERNAL_NOTE => load(ctx, NoteById(uuid.into())).await?.map(|row| InternalNote(row).into()),
        Tag::CONTACT => load(ctx, ContactById(uuid.into())).await?.map(|row| Contact(row).into()),
        Tag::LEAD => load(ctx, LeadById(uuid.into())).await?.map(|row| Lead(row).into()),
        _ => None,
    })
}

/// Who may fetch a type by id: those who may read the type's `id` field.
fn gate_of(tag: Tag) -> Option<Gate> {
    let all = [Audience::Client, Audience::Trade, Audience::Staff];
    match tag {
        Tag::PROJECT
        | Tag::LOCATION
        | Tag::TEAM_MEMBER
        | Tag::MILESTONE
        | Tag::TASK
        | Tag::SELECTION
        | Tag::SELECTION_OPTION => Some(Gate::new(&all, None)),
        Tag::ALLOWANCE => Some(Gate::new(&[Audience::Client, Audience::Staff], None)),
        Tag::SCHEDULE_VERSION => Some(Gate::new(&[], Some(Permission::ScheduleEdit))),
        Tag::INTERNAL_NOTE => Some(Gate::new(&[], Some(Permission::MessagesInternal))),
        Tag::CONTACT => Some(Gate::new(&[], Some(Permission::ClientsInvite))),
        Tag::LEAD => Some(Gate::new(&[], Some(Permission::LeadsManage))),
        _ => None,
    }
}
