//! Roles and permissions, as the schema spells them.

use async_graphql::Enum;
use portico_core::people::{Permission as CorePermission, Role as CoreRole};
use portico_graphql_macros::gated;

/// What you are in this session.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRole")]
pub(crate) enum Role {
    /// An owner or administrator of a company.
    #[shared(OWNER)]
    Owner,
    /// One of a company's people.
    #[shared(STAFF)]
    Staff,
    /// A trade partner.
    #[shared(TRADE)]
    Trade,
    /// A client.
    #[shared(CLIENT)]
    Client,
    /// A key for scripts.
    #[shared(REPORTING)]
    Reporting,
    /// Of the platform's support.
    #[shared(SUPPORT)]
    Support,
}

/// What a company's people may do beyond signing in. Each is off until it is given.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CorePermission")]
pub(crate) enum Permission {
    /// See the company's projects.
    #[shared(STAFF)]
    ProjectsRead,
    /// Create and change projects.
    #[shared(STAFF)]
    ProjectsWrite,
    /// See and work on unpublished schedules.
    #[shared(STAFF)]
    ScheduleEdit,
    /// Publish schedules.
    #[shared(STAFF)]
    SchedulePublish,
    /// Prepare and share selections.
    #[shared(STAFF)]
    SelectionsManage,
    /// See what things cost.
    #[shared(STAFF)]
    CostsView,
    /// See markups and margins.
    #[shared(STAFF)]
    MarginsView,
    /// Write invoices.
    #[shared(STAFF)]
    InvoicesManage,
    /// Release invoices to clients.
    #[shared(STAFF)]
    InvoicesRelease,
    /// Record payments.
    #[shared(STAFF)]
    PaymentsRecord,
    /// Prepare documents.
    #[shared(STAFF)]
    DocumentsManage,
    /// Sign documents for the company.
    #[shared(STAFF)]
    DocumentsSign,
    /// Write to clients.
    #[shared(STAFF)]
    MessagesClient,
    /// Read and write internal notes.
    #[shared(STAFF)]
    MessagesInternal,
    /// Work on leads.
    #[shared(STAFF)]
    LeadsManage,
    /// Edit mail templates.
    #[shared(STAFF)]
    EmailTemplatesManage,
    /// Ask why somebody sees something.
    #[shared(STAFF)]
    AccessExplain,
    /// Invite clients.
    #[shared(STAFF)]
    ClientsInvite,
    /// Make keys for scripts.
    #[shared(STAFF)]
    ReportsKeys,
    /// Change the company's settings.
    #[shared(STAFF)]
    SettingsManage,
    /// Invite and remove staff, and change their permissions.
    #[shared(STAFF)]
    StaffManage,
}
