//! Permissions of the schema.

use async_graphql::Enum;
use portico_core::access::Permission as CorePermission;
use portico_graphql_macros::gated;

/// Permission of a member of staff or API key. New values may be added.
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
    /// Plan schedules; edit their templates, delays and progress.
    #[shared(STAFF)]
    ScheduleEdit,
    /// Publish schedules.
    #[shared(STAFF)]
    SchedulePublish,
    /// Prepare and share selections.
    #[shared(STAFF)]
    SelectionsManage,
    /// See costs.
    #[shared(STAFF)]
    CostsView,
    /// See markups and margins.
    #[shared(STAFF)]
    MarginsView,
    /// Prepare invoices.
    #[shared(STAFF)]
    InvoicesManage,
    /// Release invoices to clients.
    #[shared(STAFF)]
    InvoicesRelease,
    /// Record payments.
    #[shared(STAFF)]
    PaymentsRecord,
    /// Prepare documents; upload, share, rename, delete, restore and release files.
    #[shared(STAFF)]
    DocumentsManage,
    /// Sign documents for the company.
    #[shared(STAFF)]
    DocumentsSign,
    /// Write to clients.
    #[shared(STAFF)]
    MessagesClient,
    /// Read and write threads among staff and with trade partners.
    #[shared(STAFF)]
    MessagesInternal,
    /// Manage leads.
    #[shared(STAFF)]
    LeadsManage,
    /// Edit email templates.
    #[shared(STAFF)]
    EmailTemplatesManage,
    /// Explain what clients and trade partners see.
    #[shared(STAFF)]
    AccessExplain,
    /// Manage contacts, and invite clients and trade partners.
    #[shared(STAFF)]
    ClientsInvite,
    /// Create and revoke API keys.
    #[shared(STAFF)]
    ReportsKeys,
    /// Change the company's settings.
    #[shared(STAFF)]
    SettingsManage,
    /// Invite and remove staff, and change their permissions.
    #[shared(STAFF)]
    StaffManage,
}
