//! Rows of role views, and the list of all of them.

use crate::{
    accounts, activity, calendar, changes, company, contacts, decisions, explain, files, invitations, keys, leads,
    mail, memberships, messages, portal, projects, schedule, selections, sessions, support,
};

/// A view that several audiences have, with the columns of its rows.
#[derive(Debug)]
pub struct View {
    /// Name of the view.
    pub name: &'static str,
    /// Its columns: name, SQL type, and whether it may be null.
    pub columns: &'static [(&'static str, &'static str, bool)],
    /// The declaration of the row, as text. Cached rows of another declaration are not read.
    pub declaration: &'static str,
}

/// A row of a role view.
pub(crate) trait Row {
    /// The view.
    const VIEW: View;
}

/// All views of the staff schema; outsiders' views are a subset.
pub static STAFF: &[View] = &[
    accounts::NotificationSettingsRow::VIEW,
    activity::ActivityRow::VIEW,
    calendar::CalendarFeedRow::VIEW,
    changes::SyncStateRow::VIEW,
    changes::SyncedRecordRow::VIEW,
    company::CompanyRow::VIEW,
    company::StaffMemberRow::VIEW,
    company::WorkCalendarRow::VIEW,
    company::WorkCalendarExceptionRow::VIEW,
    contacts::ContactRow::VIEW,
    contacts::ContactInternalsRow::VIEW,
    decisions::DecisionRow::VIEW,
    decisions::DecisionEvidenceRow::VIEW,
    explain::RulesRow::VIEW,
    files::FileRow::VIEW,
    files::FileRenditionRow::VIEW,
    files::FileObjectRow::VIEW,
    files::FileTradeRow::VIEW,
    files::FileInternalsRow::VIEW,
    files::ProjectStorageRow::VIEW,
    files::FileAttachmentRow::VIEW,
    files::AlbumRow::VIEW,
    files::ProjectCoverRow::VIEW,
    invitations::InvitationRow::VIEW,
    keys::ApiKeyRow::VIEW,
    leads::LeadRow::VIEW,
    leads::LeadFormRow::VIEW,
    mail::MailDeliveryRow::VIEW,
    mail::EmailTemplateRow::VIEW,
    memberships::ProjectClientRow::VIEW,
    memberships::ProjectClientInternalsRow::VIEW,
    memberships::ProjectTradeRow::VIEW,
    memberships::ContactMembershipRow::VIEW,
    messages::ThreadRow::VIEW,
    messages::MessageRow::VIEW,
    messages::MessageVersionRow::VIEW,
    messages::MessageMentionRow::VIEW,
    messages::ThreadUnreadRow::VIEW,
    portal::CompanyPortalRow::VIEW,
    portal::PortalSetupRow::VIEW,
    portal::OnboardingRow::VIEW,
    portal::HelpArticleRow::VIEW,
    portal::PortalRow::VIEW,
    portal::BrandingRow::VIEW,
    portal::PortalHostRow::VIEW,
    projects::ProjectRow::VIEW,
    projects::ProjectInternalsRow::VIEW,
    projects::LocationRow::VIEW,
    projects::TeamMemberRow::VIEW,
    projects::TeamMemberInternalsRow::VIEW,
    schedule::ScheduleVersionRow::VIEW,
    schedule::ScheduleVersionInternalsRow::VIEW,
    schedule::MilestoneRow::VIEW,
    schedule::MilestoneInternalsRow::VIEW,
    schedule::TaskRow::VIEW,
    schedule::TaskInternalsRow::VIEW,
    schedule::TaskBaselineRow::VIEW,
    schedule::TaskBriefRow::VIEW,
    schedule::TaskAssigneeRow::VIEW,
    schedule::TaskDependencyRow::VIEW,
    schedule::PlannedMilestoneRow::VIEW,
    schedule::PlannedTaskRow::VIEW,
    schedule::PlannedAssigneeRow::VIEW,
    schedule::PlannedDependencyRow::VIEW,
    schedule::ScheduleDelayRow::VIEW,
    schedule::ScheduleTemplateRow::VIEW,
    selections::SelectionRow::VIEW,
    selections::SelectionInternalsRow::VIEW,
    selections::TradeInfoRow::VIEW,
    selections::SelectionTradeRow::VIEW,
    selections::OptionRow::VIEW,
    selections::OptionCostRow::VIEW,
    selections::AllowanceRow::VIEW,
    selections::AllowanceCostRow::VIEW,
    selections::AllowanceEntryRow::VIEW,
    selections::ChoiceRow::VIEW,
    sessions::SessionRow::VIEW,
];

/// Further views of support agents.
pub static SUPPORT: &[View] = &[support::AccountRow::VIEW, support::SupportNoteRow::VIEW];
