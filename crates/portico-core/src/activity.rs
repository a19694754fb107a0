//! Kinds of entries in the audit log (PRT-13), and who may read them (TRK-1).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access::Permission;
use crate::id::{CompanyId, ProjectId, ProjectMembershipId, StaffMembershipId};

text_enum! {
    /// Kind of an action. Rows are never rewritten, so a name that was once used stays.
    pub enum ActivityKind {
        /// A sign-in succeeded.
        SignedIn = "SIGNED_IN",
        /// A sign-in was rejected.
        SignInRefused = "SIGN_IN_REFUSED",
        /// A user signed out.
        SignedOut = "SIGNED_OUT",
        /// A sign-in link was requested.
        LinkRequested = "LINK_REQUESTED",
        /// A user revoked one of their sessions.
        SessionRevoked = "SESSION_REVOKED",
        /// A user set or changed their password.
        PasswordChanged = "PASSWORD_CHANGED",
        /// A user opened a link for the first time and so claimed the account.
        AccountClaimed = "ACCOUNT_CLAIMED",
        /// A user changed their account.
        AccountChanged = "ACCOUNT_CHANGED",
        /// A user confirmed a new email address.
        EmailChanged = "EMAIL_CHANGED",
        /// A user changed their notification settings.
        NotificationsChanged = "NOTIFICATIONS_CHANGED",
        /// A person became a support agent, or the agent's host changed.
        SupportBegun = "SUPPORT_BEGUN",
        /// A person ceased to be a support agent.
        SupportEnded = "SUPPORT_ENDED",
        /// A support agent searched for an account, and opened it if it exists (ACC-13).
        AccountOpened = "ACCOUNT_OPENED",
        /// A support agent corrected an account after verifying the person (ACC-13).
        AccountCorrected = "ACCOUNT_CORRECTED",
        /// A user dismissed the overview video.
        OnboardingDismissed = "ONBOARDING_DISMISSED",
        /// A company was created from the command line.
        CompanyCreated = "COMPANY_CREATED",
        /// A company's name, telephone number, region or portal host was changed.
        CompanyChanged = "COMPANY_CHANGED",
        /// A company's working days, holidays or other exceptions were changed.
        WorkCalendarChanged = "WORK_CALENDAR_CHANGED",
        /// A member of staff was invited.
        StaffInvited = "STAFF_INVITED",
        /// An invitation of a member of staff was sent again.
        StaffInvitationResent = "STAFF_INVITATION_RESENT",
        /// A member of staff accepted an invitation.
        StaffJoined = "STAFF_JOINED",
        /// A title, role or permissions of a member of staff were changed.
        StaffChanged = "STAFF_CHANGED",
        /// A member of staff was removed.
        StaffRemoved = "STAFF_REMOVED",
        /// Staff created a client contact.
        ClientCreated = "CLIENT_CREATED",
        /// Staff created a trade partner contact.
        TradeCreated = "TRADE_CREATED",
        /// Staff changed a client contact.
        ClientChanged = "CLIENT_CHANGED",
        /// Staff changed a trade partner contact.
        TradeChanged = "TRADE_CHANGED",
        /// Staff learned that an email address belongs to an account of the platform (RULE-9).
        ClientKnownElsewhere = "CLIENT_KNOWN_ELSEWHERE",
        /// Staff asked a client to review the contact's data.
        ContactReviewRequested = "CONTACT_REVIEW_REQUESTED",
        /// A client was added to a project.
        ProjectClientAdded = "PROJECT_CLIENT_ADDED",
        /// A client's membership was changed.
        ProjectClientChanged = "PROJECT_CLIENT_CHANGED",
        /// A client was removed from a project.
        ProjectClientRemoved = "PROJECT_CLIENT_REMOVED",
        /// A client became the primary client, who clears updates (INV-21).
        PrimaryClientChanged = "PRIMARY_CLIENT_CHANGED",
        /// A trade partner was added to a project.
        ProjectTradeAdded = "PROJECT_TRADE_ADDED",
        /// Web access of a trade partner to a project was granted or revoked.
        ProjectTradeChanged = "PROJECT_TRADE_CHANGED",
        /// A trade partner was removed from a project.
        ProjectTradeRemoved = "PROJECT_TRADE_REMOVED",
        /// A client or trade partner was invited to a project.
        InvitationSent = "INVITATION_SENT",
        /// An invitation was sent again.
        InvitationResent = "INVITATION_RESENT",
        /// An invitation was withdrawn.
        InvitationRemoved = "INVITATION_REMOVED",
        /// A client or trade partner accepted an invitation.
        InvitationAccepted = "INVITATION_ACCEPTED",
        /// A project was created.
        ProjectCreated = "PROJECT_CREATED",
        /// A project was changed.
        ProjectChanged = "PROJECT_CHANGED",
        /// A team member was added to a project, or was changed.
        TeamMemberSaved = "TEAM_MEMBER_SAVED",
        /// A team member was removed from a project.
        TeamMemberRemoved = "TEAM_MEMBER_REMOVED",
        /// A location was added to a project, or was changed.
        LocationSaved = "LOCATION_SAVED",
        /// A location was removed from a project.
        LocationRemoved = "LOCATION_REMOVED",
        /// A draft of a schedule was created.
        ScheduleDraftCreated = "SCHEDULE_DRAFT_CREATED",
        /// Tasks, milestones or dates in a draft of a schedule were changed.
        ScheduleDraftChanged = "SCHEDULE_DRAFT_CHANGED",
        /// A draft of a schedule was discarded.
        ScheduleDraftDiscarded = "SCHEDULE_DRAFT_DISCARDED",
        /// A schedule was published.
        SchedulePublished = "SCHEDULE_PUBLISHED",
        /// Progress of a published task was reported.
        TaskProgressSet = "TASK_PROGRESS_SET",
        /// A template of schedules was created or changed.
        ScheduleTemplateSaved = "SCHEDULE_TEMPLATE_SAVED",
        /// A template of schedules was deleted.
        ScheduleTemplateDeleted = "SCHEDULE_TEMPLATE_DELETED",
        /// A delay of a schedule was added to a project, or was changed.
        ScheduleDelaySaved = "SCHEDULE_DELAY_SAVED",
        /// A delay of a schedule was removed from a project.
        ScheduleDelayRemoved = "SCHEDULE_DELAY_REMOVED",
        /// A thread with clients was started, with its first message.
        ThreadStarted = "THREAD_STARTED",
        /// A message was posted in a thread with clients.
        MessagePosted = "MESSAGE_POSTED",
        /// The author edited a message in a thread with clients.
        MessageEdited = "MESSAGE_EDITED",
        /// A thread among staff or with a trade partner was started, with its first message.
        InternalThreadStarted = "INTERNAL_THREAD_STARTED",
        /// A message was posted in a thread among staff or with a trade partner.
        InternalMessagePosted = "INTERNAL_MESSAGE_POSTED",
        /// The author edited a message in a thread among staff or with a trade partner.
        InternalMessageEdited = "INTERNAL_MESSAGE_EDITED",
        /// A client sent feedback from the help section.
        FeedbackSent = "FEEDBACK_SENT",
        /// A file that clients see was uploaded.
        FileUploaded = "FILE_UPLOADED",
        /// A file that clients do not see was uploaded.
        InternalFileUploaded = "INTERNAL_FILE_UPLOADED",
        /// A mail with files was received.
        MailReceived = "MAIL_RECEIVED",
        /// The address to which files of a project are mailed was replaced.
        FilesAddressReplaced = "FILES_ADDRESS_REPLACED",
        /// A client or trade partner created or replaced their calendar feed.
        CalendarFeedCreated = "CALENDAR_FEED_CREATED",
        /// A client or trade partner revoked their calendar feed.
        CalendarFeedRevoked = "CALENDAR_FEED_REVOKED",
        /// A member of staff started a view of a client's portal.
        ClientViewStarted = "CLIENT_VIEW_STARTED",
        /// A member of staff ended a view of a client's portal before it expired.
        ClientViewEnded = "CLIENT_VIEW_ENDED",
        /// The name of a file was changed.
        FileChanged = "FILE_CHANGED",
        /// A file was shared with clients or trade partners, or is no longer shared with them.
        FileShared = "FILE_SHARED",
        /// A file was deleted.
        FileDeleted = "FILE_DELETED",
        /// A deleted file was restored.
        FileRestored = "FILE_RESTORED",
        /// A file that the scanner withheld was released.
        FileReleased = "FILE_RELEASED",
        /// A file was attached to a task or selection.
        FileAttached = "FILE_ATTACHED",
        /// A file was detached from a record.
        FileDetached = "FILE_DETACHED",
        /// A file on a record was hidden from clients, or is no longer.
        FileAttachmentChanged = "FILE_ATTACHMENT_CHANGED",
        /// An album was added to a project, or was changed.
        AlbumSaved = "ALBUM_SAVED",
        /// An album was deleted.
        AlbumDeleted = "ALBUM_DELETED",
        /// The cover photo of a project was changed.
        CoverPhotoChanged = "COVER_PHOTO_CHANGED",
        /// Portal settings were changed.
        PortalSettingsChanged = "PORTAL_SETTINGS_CHANGED",
        /// A company's branding was changed.
        BrandingChanged = "BRANDING_CHANGED",
        /// A help article was created or changed.
        HelpArticleSaved = "HELP_ARTICLE_SAVED",
        /// A help article was published or unpublished.
        HelpArticlePublished = "HELP_ARTICLE_PUBLISHED",
        /// A help article was deleted.
        HelpArticleDeleted = "HELP_ARTICLE_DELETED",
        /// A mail template was customized.
        EmailTemplateChanged = "EMAIL_TEMPLATE_CHANGED",
        /// An API key was created.
        ApiKeyCreated = "API_KEY_CREATED",
        /// An API key was revoked.
        ApiKeyRevoked = "API_KEY_REVOKED",
        /// A client approved the choice of a selection.
        SelectionApproved = "SELECTION_APPROVED",
        /// Staff created or changed a selection.
        SelectionSaved = "SELECTION_SAVED",
        /// Staff deleted a draft of a selection.
        SelectionDeleted = "SELECTION_DELETED",
        /// Staff added or changed an option of a selection.
        SelectionOptionSaved = "SELECTION_OPTION_SAVED",
        /// Staff deleted an option of a selection.
        SelectionOptionDeleted = "SELECTION_OPTION_DELETED",
        /// Staff shared a selection with clients.
        SelectionShared = "SELECTION_SHARED",
        /// A client chose options of a selection, or changed the choice.
        SelectionChosen = "SELECTION_CHOSEN",
        /// A client declined a selection.
        SelectionDeclined = "SELECTION_DECLINED",
        /// Staff locked the choice of a selection.
        SelectionLocked = "SELECTION_LOCKED",
        /// Staff ordered the choice of a selection.
        SelectionOrdered = "SELECTION_ORDERED",
        /// Staff reopened an approved selection.
        SelectionReopened = "SELECTION_REOPENED",
        /// Staff copied selections from another project.
        SelectionsCopied = "SELECTIONS_COPIED",
        /// Staff added or changed an allowance.
        AllowanceSaved = "ALLOWANCE_SAVED",
        /// Staff deleted an allowance.
        AllowanceDeleted = "ALLOWANCE_DELETED",
        /// Staff added a lead.
        LeadCreated = "LEAD_CREATED",
        /// A visitor submitted a company's lead form.
        LeadSubmitted = "LEAD_SUBMITTED",
        /// A lead form was enabled, disabled, or got another key or other allowed origins.
        LeadFormChanged = "LEAD_FORM_CHANGED",
        /// A lead's state was changed.
        LeadChanged = "LEAD_CHANGED",
        /// A lead or contact was converted to a client.
        LeadConverted = "LEAD_CONVERTED",
    }
}

text_enum! {
    /// Kind of an entry's subject.
    pub enum SubjectKind {
        /// An identity: a person across companies.
        Identity = "IDENTITY",
        /// A session.
        Session = "SESSION",
        /// A company.
        Company = "COMPANY",
        /// A membership in a company's staff.
        StaffMembership = "STAFF_MEMBERSHIP",
        /// A company's contact.
        Contact = "CONTACT",
        /// A membership in a project.
        ProjectMembership = "PROJECT_MEMBERSHIP",
        /// An invitation.
        Invitation = "INVITATION",
        /// A project.
        Project = "PROJECT",
        /// A member of a project team.
        TeamMember = "TEAM_MEMBER",
        /// A location of a project.
        Location = "LOCATION",
        /// A version of a schedule.
        ScheduleVersion = "SCHEDULE_VERSION",
        /// A task.
        Task = "TASK",
        /// A template of schedules.
        ScheduleTemplate = "SCHEDULE_TEMPLATE",
        /// A delay of a schedule.
        ScheduleDelay = "SCHEDULE_DELAY",
        /// A selection.
        Selection = "SELECTION",
        /// An allowance.
        Allowance = "ALLOWANCE",
        /// A thread of messages.
        Thread = "THREAD",
        /// A message.
        Message = "MESSAGE",
        /// A file.
        File = "FILE",
        /// An album of files.
        Album = "ALBUM",
        /// A help article.
        HelpArticle = "HELP_ARTICLE",
        /// An API key.
        ApiKey = "API_KEY",
        /// A lead.
        Lead = "LEAD",
    }
}

text_enum! {
    /// Kind of an entry's actor.
    pub enum ActorKind {
        /// A caller without a session.
        Public = "PUBLIC",
        /// A client.
        Client = "CLIENT",
        /// A trade partner.
        Trade = "TRADE",
        /// A member of staff.
        Staff = "STAFF",
        /// An owner.
        Owner = "OWNER",
        /// A support agent of the platform.
        Support = "SUPPORT",
        /// A command of the operator, or a scheduled task.
        System = "SYSTEM",
    }
}

/// Who among a company's staff may read entries of a kind, if they may read the entry's project, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogReaders {
    /// No one: the entry is about a person's own account, or the platform.
    NoStaff,
    /// All staff.
    AllStaff,
    /// Staff with a permission.
    With(Permission),
}

/// Which clients of a project read entries of a kind (TRK-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogClients {
    /// None.
    None,
    /// All.
    All,
    /// The one whose membership the entry is about.
    Subject,
    /// The one who acted.
    Actor,
}

impl ActivityKind {
    /// The clients who read entries of this kind, if they may see what was changed.
    ///
    /// The role view `client.activity` has the same rules in SQL, and a test compares them.
    pub const fn clients(self) -> LogClients {
        match self {
            Self::ProjectChanged
            | Self::ProjectClientAdded
            | Self::ProjectClientRemoved
            | Self::PrimaryClientChanged
            // All clients see the project's decisions.
            | Self::SelectionApproved
            // While the schedule is shared, if something changed for clients.
            | Self::SchedulePublished => LogClients::All,
            Self::ProjectClientChanged => LogClients::Subject,
            Self::InvitationAccepted => LogClients::Actor,
            _ => LogClients::None,
        }
    }

    /// Whether clients read that a field was changed; the contract total needs the right to make payments (PRP-1).
    pub fn is_field_for_clients(self, field: &str, may_see_money: bool) -> bool {
        match self {
            Self::ProjectChanged => match field {
                "number" | "name" | "address" | "status" | "stage" | "timeZone" | "startedOn" => true,
                "contractTotal" => may_see_money,
                _ => false,
            },
            Self::ProjectClientChanged => {
                matches!(field, "relationship" | "canSeeStatus" | "canPay" | "canApprove" | "accessLevel")
            }
            _ => false,
        }
    }

    /// Who may read entries of this kind: those who may read its subject elsewhere (docs/domain.md, VIS-23).
    ///
    /// The role view `staff.activity` has the same rules in SQL, and a test compares them.
    pub const fn readers(self) -> LogReaders {
        match self {
            Self::SignedIn
            | Self::SignInRefused
            | Self::SignedOut
            | Self::LinkRequested
            | Self::SessionRevoked
            | Self::PasswordChanged
            | Self::AccountClaimed
            | Self::AccountChanged
            | Self::EmailChanged
            | Self::NotificationsChanged
            | Self::SupportBegun
            | Self::SupportEnded
            | Self::AccountOpened
            | Self::AccountCorrected
            | Self::OnboardingDismissed => LogReaders::NoStaff,
            Self::CompanyCreated
            | Self::CompanyChanged
            | Self::WorkCalendarChanged
            | Self::ProjectClientAdded
            | Self::ProjectClientChanged
            | Self::ProjectClientRemoved
            | Self::PrimaryClientChanged
            | Self::ProjectTradeAdded
            | Self::ProjectTradeChanged
            | Self::ProjectTradeRemoved
            | Self::InvitationSent
            | Self::InvitationResent
            | Self::InvitationRemoved
            | Self::InvitationAccepted
            | Self::ProjectCreated
            | Self::ProjectChanged
            | Self::TeamMemberSaved
            | Self::TeamMemberRemoved
            | Self::LocationSaved
            | Self::LocationRemoved
            | Self::SchedulePublished
            | Self::TaskProgressSet
            | Self::ScheduleDelaySaved
            | Self::ScheduleDelayRemoved
            | Self::ThreadStarted
            | Self::MessagePosted
            | Self::MessageEdited
            | Self::FeedbackSent
            | Self::FileUploaded
            | Self::InternalFileUploaded
            | Self::MailReceived
            | Self::FilesAddressReplaced
            | Self::FileChanged
            | Self::FileShared
            | Self::FileDeleted
            | Self::FileRestored
            | Self::FileReleased
            | Self::FileAttached
            | Self::FileDetached
            | Self::FileAttachmentChanged
            | Self::AlbumSaved
            | Self::AlbumDeleted
            | Self::CoverPhotoChanged
            | Self::CalendarFeedCreated
            | Self::CalendarFeedRevoked
            | Self::ClientViewStarted
            | Self::ClientViewEnded
            | Self::PortalSettingsChanged
            | Self::BrandingChanged
            | Self::SelectionApproved
            | Self::SelectionSaved
            | Self::SelectionDeleted
            | Self::SelectionOptionSaved
            | Self::SelectionOptionDeleted
            | Self::SelectionShared
            | Self::SelectionChosen
            | Self::SelectionDeclined
            | Self::SelectionLocked
            | Self::SelectionOrdered
            | Self::SelectionReopened
            | Self::SelectionsCopied
            | Self::AllowanceSaved
            | Self::AllowanceDeleted => LogReaders::AllStaff,
            Self::StaffInvited
            | Self::StaffInvitationResent
            | Self::StaffJoined
            | Self::StaffChanged
            | Self::StaffRemoved => LogReaders::With(Permission::StaffManage),
            Self::ClientCreated
            | Self::TradeCreated
            | Self::ClientChanged
            | Self::TradeChanged
            | Self::ClientKnownElsewhere
            | Self::ContactReviewRequested => LogReaders::With(Permission::ClientsInvite),
            Self::InternalThreadStarted | Self::InternalMessagePosted | Self::InternalMessageEdited => {
                LogReaders::With(Permission::MessagesInternal)
            }
            Self::ScheduleDraftCreated
            | Self::ScheduleDraftChanged
            | Self::ScheduleDraftDiscarded
            | Self::ScheduleTemplateSaved
            | Self::ScheduleTemplateDeleted => LogReaders::With(Permission::ScheduleEdit),
            Self::HelpArticleSaved | Self::HelpArticlePublished | Self::HelpArticleDeleted => {
                LogReaders::With(Permission::SettingsManage)
            }
            Self::EmailTemplateChanged => LogReaders::With(Permission::EmailTemplatesManage),
            // Only owners read about keys that others have created.
            Self::ApiKeyCreated | Self::ApiKeyRevoked => LogReaders::With(Permission::ReportsKeys),
            Self::LeadCreated
            | Self::LeadSubmitted
            | Self::LeadFormChanged
            | Self::LeadChanged
            | Self::LeadConverted => LogReaders::With(Permission::LeadsManage),
        }
    }

    /// The permission that reading a changed field needs, in addition to the entry's; none for most fields.
    ///
    /// An entry whose changed fields are all hidden is hidden itself: it would reveal that one of them was changed.
    pub fn field_permission(self, field: &str) -> Option<Permission> {
        match (self, field) {
            (Self::ProjectChanged, "budget" | "internalStatus" | "riskNotes" | "leadSource") => {
                Some(Permission::CostsView)
            }
            (Self::SelectionSaved, "originalBudget" | "revisedBudget")
            | (Self::SelectionOptionSaved, "unitCost" | "vendor" | "vendorSku")
            | (Self::AllowanceSaved, "costBasis" | "bufferPercent") => Some(Permission::CostsView),
            (Self::ProjectChanged, "targetMargin") => Some(Permission::MarginsView),
            _ => None,
        }
    }
}

/// Whose entries a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum LogScope {
    /// Those of a project.
    Project(ProjectId),
    /// Those of a company and its projects.
    Company(CompanyId),
}

impl LogScope {
    /// The UUID of the project or company.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Project(id) => id.0,
            Self::Company(id) => id.0,
        }
    }
}

/// Membership of an entry's actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum ActorMembership {
    /// In the company's staff.
    Staff(StaffMembershipId),
    /// In the entry's project.
    Project(ProjectMembershipId),
}

impl ActorMembership {
    /// The UUID of the membership.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Staff(id) => id.0,
            Self::Project(id) => id.0,
        }
    }
}

/// Range of instants. Bounds are combined with AND.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct TimeRange {
    /// At or after.
    pub gte: Option<DateTime<Utc>>,
    /// After.
    pub gt: Option<DateTime<Utc>>,
    /// At or before.
    pub lte: Option<DateTime<Utc>>,
    /// Before.
    pub lt: Option<DateTime<Utc>>,
}

/// Filter of an audit log, which is listed newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ActivityList {
    /// Entries of one of these kinds.
    pub kind_in: Option<Vec<ActivityKind>>,
    /// Entries of one of these kinds of actors.
    pub actor_kind_in: Option<Vec<ActorKind>>,
    /// Entries of this actor.
    pub actor: Option<ActorMembership>,
    /// Entries about this record, also if it is gone.
    pub subject: Option<(SubjectKind, Uuid)>,
    /// Entries within this time.
    pub at: TimeRange,
    /// Only entries of the viewer's actions and access.
    pub is_own: bool,
}
