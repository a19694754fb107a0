//! `node` and `nodes`: records by global ID.

use async_graphql::{Context, ID, Interface};
use portico_core::id::{GlobalId, ProjectId, Tag};
use portico_loader::contacts::ContactById;
use portico_loader::decisions::DecisionById;
use portico_loader::files::{AlbumById, AttachmentById, FileById};
use portico_loader::leads::LeadById;
use portico_loader::messages::{MessageById, ThreadById};
use portico_loader::projects::{LocationById, ProjectById, TeamMemberById};
use portico_loader::schedule::{MilestoneById, ScheduleDelayById, TaskById, VersionById};
use portico_loader::selections::{AllowanceById, OptionById, SelectionById};

use crate::access::Permission;
use crate::access::{Audience, Gate, Rights};
use crate::contacts::Contact;
use crate::decisions::Decision;
use crate::error::ApiError;
use crate::files::{Album, File, FileAttachment};
use crate::leads::Lead;
use crate::load::load;
use crate::messages::{Message, Thread};
use crate::projects::{Location, Project, TeamMember};
use crate::schedule::{Milestone, ScheduleDelay, ScheduleVersion, Task};
use crate::selections::{Allowance, Selection, SelectionOption};

/// Defines `Node`, how its types are loaded, and who may fetch them: those who may read the type's `id` field.
macro_rules! nodes {
    ($($tag:ident => $node:ident by $key:ident, project |$row:ident| $project:expr, $gate:ident($($who:ident),+);)+) => {
        /// Record with a global ID.
        // An interface's own fields skip the guards of the types behind it, so it has none but the id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Global ID."))]
        pub(crate) enum Node {
            $($node($node),)+
        }

        impl Node {
            /// The project of the record; none for records of the company.
            pub(crate) fn project(&self) -> Option<ProjectId> {
                match self {
                    $(Self::$node($node($row)) => $project,)+
                }
            }
        }

        async fn load_node(ctx: &Context<'_>, id: GlobalId) -> Result<Option<Node>, ApiError> {
            Ok(match id.tag {
                $(Tag::$tag => load(ctx, $key(id.uuid.into())).await?.map(|row| $node(row).into()),)+
                _ => None,
            })
        }

        fn gate_of(tag: Tag) -> Option<Gate> {
            match tag {
                $(Tag::$tag => Some(gate!($gate($($who),+))),)+
                _ => None,
            }
        }
    };
}

macro_rules! gate {
    (shared($($audience:ident),+)) => { Gate::new(&[$(Audience::$audience),+], None) };
    (requires($permission:ident)) => { Gate::new(&[], Some(Permission::$permission)) };
}

nodes! {
    PROJECT => Project by ProjectById, project |row| Some(row.id), shared(Client, Trade, Staff);
    LOCATION => Location by LocationById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    TEAM_MEMBER => TeamMember by TeamMemberById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    SCHEDULE_VERSION => ScheduleVersion by VersionById, project |row| Some(row.project_id), requires(ScheduleEdit);
    MILESTONE => Milestone by MilestoneById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    TASK => Task by TaskById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    SCHEDULE_DELAY => ScheduleDelay by ScheduleDelayById, project |row| Some(row.project_id), shared(Client, Staff);
    SELECTION => Selection by SelectionById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    SELECTION_OPTION => SelectionOption by OptionById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    ALLOWANCE => Allowance by AllowanceById, project |row| Some(row.project_id), shared(Client, Staff);
    DECISION => Decision by DecisionById, project |row| Some(row.project_id), shared(Client, Staff);
    THREAD => Thread by ThreadById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    MESSAGE => Message by MessageById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    FILE => File by FileById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    FILE_ATTACHMENT => FileAttachment by AttachmentById, project |row| Some(row.project_id), shared(Client, Trade, Staff);
    ALBUM => Album by AlbumById, project |row| Some(row.project_id), shared(Client, Staff);
    CONTACT => Contact by ContactById, project |_row| None, requires(ClientsInvite);
    LEAD => Lead by LeadById, project |_row| None, requires(LeadsManage);
}

/// Whether the viewer may fetch records with this tag at all.
pub(crate) fn may_fetch(rights: Rights, tag: Tag) -> bool {
    gate_of(tag).is_some_and(|gate| gate.opens_to(rights))
}

/// The record with an id, if it exists for the viewer. An id of a type that the viewer may not fetch is answered without a
/// lookup, exactly as an unknown id.
pub(crate) async fn node_by_id(ctx: &Context<'_>, id: GlobalId) -> Result<Option<Node>, ApiError> {
    let rights = *ctx.data_unchecked::<Rights>();
    if may_fetch(rights, id.tag) { load_node(ctx, id).await } else { Ok(None) }
}
