//! Threads and their messages.

use crate::access::{Audience, Permission, Viewer};
use crate::id::{CompanyId, ProjectId, ProjectMembershipId};

text_enum! {
    /// Audience of a thread besides staff. It never changes.
    pub enum ThreadAudience {
        /// All clients of the project.
        Client = "CLIENT",
        /// One trade partner of the project.
        Trade = "TRADE",
        /// Staff only.
        Internal = "INTERNAL",
    }
}

impl ThreadAudience {
    /// The permission with which staff write to it.
    pub const fn writing_permission(self) -> Permission {
        match self {
            Self::Client => Permission::MessagesClient,
            Self::Trade | Self::Internal => Permission::MessagesInternal,
        }
    }

    /// Whether the viewer may read rows of a thread: of this audience, in this project, with this trade partner.
    pub fn is_open_to(
        self,
        viewer: &Viewer,
        company: CompanyId,
        project: ProjectId,
        partner: Option<ProjectMembershipId>,
    ) -> bool {
        viewer.may_see_project(company, project)
            && match (self, viewer.audience()) {
                (Self::Client, Audience::Client | Audience::Staff) => true,
                (Self::Trade, Audience::Trade) => partner.is_some_and(|partner| viewer.has_membership(partner)),
                (Self::Trade | Self::Internal, Audience::Staff) => viewer.may_in(company, Permission::MessagesInternal),
                _ => false,
            }
    }
}

text_enum! {
    /// Kind of a thread.
    pub enum ThreadKind {
        /// A conversation.
        Discussion = "DISCUSSION",
        /// Feedback that a client sent from the help section (PRT-16).
        Feedback = "FEEDBACK",
    }
}

text_enum! {
    /// Capacity in which a message was written.
    pub enum AuthorKind {
        /// A member of the company's staff.
        Company = "COMPANY",
        /// A client of the project.
        Client = "CLIENT",
        /// A trade partner of the project.
        Trade = "TRADE",
    }
}

record_kinds! {
    /// Kind of the record that a thread is about. Each has a table with `company_id`, and with `project_id` unless it is
    /// the project.
    pub enum ThreadSubject;
    /// The project as a whole.
    Project = "PROJECT", PROJECT in "projects";
    /// A task of its schedule.
    Task = "TASK", TASK in "tasks";
    /// A selection.
    Selection = "SELECTION", SELECTION in "selections";
}

/// Filter of a project's threads, which are ordered by their last message, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ThreadList {
    /// With this audience.
    pub audience: Option<ThreadAudience>,
    /// About this record.
    pub subject: Option<uuid::Uuid>,
    /// With these words in the title or in a message.
    pub search: Option<String>,
}
