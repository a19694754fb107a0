//! Kinds of entries, subjects and actors.

use async_graphql::Enum;
use portico_core::activity::{ActivityKind as CoreKind, ActorKind, SubjectKind};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

/// Defines an enum of the schema with some of the values of one in `portico-core`.
macro_rules! part_of {
    (
        $(#[$meta:meta])* $name:ident of $core:ident { $($(#[$vmeta:meta])* $variant:ident,)+ }
    ) => {
        $(#[$meta])*
        #[gated]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub(crate) enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// The value in the schema; none if the schema does not have it.
            pub(crate) const fn of(core: $core) -> Option<Self> {
                match core {
                    $($core::$variant => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl From<$name> for $core {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    };
}

part_of! {
    /// Kind of an entry in the audit log. New values may be added.
    ActivityKind of CoreKind {
        /// The company was created.
        #[shared(STAFF)]
        CompanyCreated,
        /// The company's name, telephone number, region or portal host was changed.
        #[shared(STAFF)]
        CompanyChanged,
        /// The company's working days, holidays or other exceptions were changed.
        #[shared(STAFF)]
        WorkCalendarChanged,
        /// A member of staff was invited.
        #[requires(STAFF_MANAGE)]
        StaffInvited,
        /// An invitation of a member of staff was sent again.
        #[requires(STAFF_MANAGE)]
        StaffInvitationResent,
        /// A member of staff accepted an invitation.
        #[requires(STAFF_MANAGE)]
        StaffJoined,
        /// A title, role or permissions of a member of staff were changed.
        #[requires(STAFF_MANAGE)]
        StaffChanged,
        /// A member of staff was removed.
        #[requires(STAFF_MANAGE)]
        StaffRemoved,
        /// Staff created a client contact.
        #[requires(CLIENTS_INVITE)]
        ClientCreated,
        /// Staff created a trade partner contact.
        #[requires(CLIENTS_INVITE)]
        TradeCreated,
        /// Staff changed a client contact.
        #[requires(CLIENTS_INVITE)]
        ClientChanged,
        /// Staff changed a trade partner contact.
        #[requires(CLIENTS_INVITE)]
        TradeChanged,
        /// Staff learned that an email address belongs to an account.
        #[requires(CLIENTS_INVITE)]
        ClientKnownElsewhere,
        /// Staff asked a client to review the contact's data.
        #[requires(CLIENTS_INVITE)]
        ContactReviewRequested,
        /// A client was added to a project.
        #[shared(STAFF)]
        ProjectClientAdded,
        /// A client's membership was changed.
        #[shared(STAFF)]
        ProjectClientChanged,
        /// A client was removed from a project.
        #[shared(STAFF)]
        ProjectClientRemoved,
        /// A client became the primary client.
        #[shared(STAFF)]
        PrimaryClientChanged,
        /// A trade partner was added to a project.
        #[shared(STAFF)]
        ProjectTradeAdded,
        /// Web access of a trade partner to a project was granted or revoked.
        #[shared(STAFF)]
        ProjectTradeChanged,
        /// A trade partner was removed from a project.
        #[shared(STAFF)]
        ProjectTradeRemoved,
        /// A client or trade partner was invited to a project.
        #[shared(STAFF)]
        InvitationSent,
        /// An invitation was sent again.
        #[shared(STAFF)]
        InvitationResent,
        /// An invitation was withdrawn.
        #[shared(STAFF)]
        InvitationRemoved,
        /// A client or trade partner accepted an invitation.
        #[shared(STAFF)]
        InvitationAccepted,
        /// A project was created.
        #[shared(STAFF)]
        ProjectCreated,
        /// A project was changed.
        #[shared(STAFF)]
        ProjectChanged,
        /// A team member was added to a project, or was changed.
        #[shared(STAFF)]
        TeamMemberSaved,
        /// A team member was removed from a project.
        #[shared(STAFF)]
        TeamMemberRemoved,
        /// A location was added to a project, or was changed.
        #[shared(STAFF)]
        LocationSaved,
        /// A location was removed from a project.
        #[shared(STAFF)]
        LocationRemoved,
        /// A draft of the schedule was created.
        #[requires(SCHEDULE_EDIT)]
        ScheduleDraftCreated,
        /// Tasks, milestones or dates in a draft of the schedule were changed.
        #[requires(SCHEDULE_EDIT)]
        ScheduleDraftChanged,
        /// A draft of the schedule was discarded.
        #[requires(SCHEDULE_EDIT)]
        ScheduleDraftDiscarded,
        /// A template of schedules was created or changed.
        #[requires(SCHEDULE_EDIT)]
        ScheduleTemplateSaved,
        /// A template of schedules was deleted.
        #[requires(SCHEDULE_EDIT)]
        ScheduleTemplateDeleted,
        /// The schedule was published.
        #[shared(STAFF)]
        SchedulePublished,
        /// Progress of a task was reported.
        #[shared(STAFF)]
        TaskProgressSet,
        /// A delay of the schedule was added to a project, or was changed.
        #[shared(STAFF)]
        ScheduleDelaySaved,
        /// A delay of the schedule was removed from a project.
        #[shared(STAFF)]
        ScheduleDelayRemoved,
        /// A thread with clients was started.
        #[shared(STAFF)]
        ThreadStarted,
        /// A message was posted in a thread with clients.
        #[shared(STAFF)]
        MessagePosted,
        /// A message in a thread with clients was edited.
        #[shared(STAFF)]
        MessageEdited,
        /// A thread among staff or with a trade partner was started.
        #[requires(MESSAGES_INTERNAL)]
        InternalThreadStarted,
        /// A message was posted in a thread among staff or with a trade partner.
        #[requires(MESSAGES_INTERNAL)]
        InternalMessagePosted,
        /// A message in a thread among staff or with a trade partner was edited.
        #[requires(MESSAGES_INTERNAL)]
        InternalMessageEdited,
        /// A client sent feedback from the help section.
        #[shared(STAFF)]
        FeedbackSent,
        /// A file that clients see was uploaded.
        #[shared(STAFF)]
        FileUploaded,
        /// A file that clients do not see was uploaded.
        #[shared(STAFF)]
        InternalFileUploaded,
        /// A mail with files was received.
        #[shared(STAFF)]
        MailReceived,
        /// The address to which files are mailed was replaced.
        #[shared(STAFF)]
        FilesAddressReplaced,
        /// A client or trade partner created or replaced their calendar feed.
        #[shared(STAFF)]
        CalendarFeedCreated,
        /// A client or trade partner revoked their calendar feed.
        #[shared(STAFF)]
        CalendarFeedRevoked,
        /// A member of staff started a view of a client's portal.
        #[shared(STAFF)]
        ClientViewStarted,
        /// A member of staff ended a view of a client's portal before it expired.
        #[shared(STAFF)]
        ClientViewEnded,
        /// The name of a file was changed.
        #[shared(STAFF)]
        FileChanged,
        /// A file was shared with clients or trade partners, or is no longer shared with them.
        #[shared(STAFF)]
        FileShared,
        /// A file was deleted.
        #[shared(STAFF)]
        FileDeleted,
        /// A deleted file was restored.
        #[shared(STAFF)]
        FileRestored,
        /// A file that was quarantined or being checked was released.
        #[shared(STAFF)]
        FileReleased,
        /// A file was attached to a task or selection.
        #[shared(STAFF)]
        FileAttached,
        /// A file was detached from a record.
        #[shared(STAFF)]
        FileDetached,
        /// A file on a record was hidden from clients, or is no longer.
        #[shared(STAFF)]
        FileAttachmentChanged,
        /// An album was added to the project, or was changed.
        #[shared(STAFF)]
        AlbumSaved,
        /// An album was deleted.
        #[shared(STAFF)]
        AlbumDeleted,
        /// The cover photo of the project was changed.
        #[shared(STAFF)]
        CoverPhotoChanged,
        /// Portal settings were changed.
        #[shared(STAFF)]
        PortalSettingsChanged,
        /// The company's branding was changed.
        #[shared(STAFF)]
        BrandingChanged,
        /// A client approved the choice of a selection.
        #[shared(STAFF)]
        SelectionApproved,
        /// Staff created or changed a selection.
        #[shared(STAFF)]
        SelectionSaved,
        /// Staff deleted a draft of a selection.
        #[shared(STAFF)]
        SelectionDeleted,
        /// Staff added or changed an option of a selection.
        #[shared(STAFF)]
        SelectionOptionSaved,
        /// Staff deleted an option of a selection.
        #[shared(STAFF)]
        SelectionOptionDeleted,
        /// Staff shared a selection with clients.
        #[shared(STAFF)]
        SelectionShared,
        /// A client chose options of a selection, or changed the choice.
        #[shared(STAFF)]
        SelectionChosen,
        /// A client declined a selection.
        #[shared(STAFF)]
        SelectionDeclined,
        /// Staff locked the choice of a selection.
        #[shared(STAFF)]
        SelectionLocked,
        /// Staff ordered the choice of a selection.
        #[shared(STAFF)]
        SelectionOrdered,
        /// Staff reopened an approved selection.
        #[shared(STAFF)]
        SelectionReopened,
        /// Staff copied selections from another project.
        #[shared(STAFF)]
        SelectionsCopied,
        /// Staff added or changed an allowance.
        #[shared(STAFF)]
        AllowanceSaved,
        /// Staff deleted an allowance.
        #[shared(STAFF)]
        AllowanceDeleted,
        /// A help article was created or changed.
        #[requires(SETTINGS_MANAGE)]
        HelpArticleSaved,
        /// A help article was published or unpublished.
        #[requires(SETTINGS_MANAGE)]
        HelpArticlePublished,
        /// A help article was deleted.
        #[requires(SETTINGS_MANAGE)]
        HelpArticleDeleted,
        /// A mail template was customized.
        #[requires(EMAIL_TEMPLATES_MANAGE)]
        EmailTemplateChanged,
        /// An API key was created.
        #[requires(REPORTS_KEYS)]
        ApiKeyCreated,
        /// An API key was revoked.
        #[requires(REPORTS_KEYS)]
        ApiKeyRevoked,
        /// Staff added a lead.
        #[requires(LEADS_MANAGE)]
        LeadCreated,
        /// A visitor submitted the company's lead form.
        #[requires(LEADS_MANAGE)]
        LeadSubmitted,
        /// The lead form was enabled, disabled, or got another key or other allowed origins.
        #[requires(LEADS_MANAGE)]
        LeadFormChanged,
        /// A lead's state was changed.
        #[requires(LEADS_MANAGE)]
        LeadChanged,
        /// A lead or contact was converted to a client.
        #[requires(LEADS_MANAGE)]
        LeadConverted,
    }
}

part_of! {
    /// Kind of the record that an entry is about. New values may be added.
    ActivitySubjectKind of SubjectKind {
        /// The company.
        #[shared(STAFF)]
        Company,
        /// Member of the company's staff.
        #[requires(STAFF_MANAGE)]
        StaffMembership,
        /// Contact.
        #[requires(CLIENTS_INVITE)]
        Contact,
        /// Membership of a client or trade partner in the project.
        #[shared(STAFF)]
        ProjectMembership,
        /// Invitation of a client or trade partner.
        #[shared(STAFF)]
        Invitation,
        /// Project.
        #[shared(STAFF)]
        Project,
        /// Member of the project's team.
        #[shared(STAFF)]
        TeamMember,
        /// Location of the project.
        #[shared(STAFF)]
        Location,
        /// Version of the schedule.
        #[shared(STAFF)]
        ScheduleVersion,
        /// Task of the schedule.
        #[shared(STAFF)]
        Task,
        /// Template of schedules.
        #[requires(SCHEDULE_EDIT)]
        ScheduleTemplate,
        /// Delay of the schedule.
        #[shared(STAFF)]
        ScheduleDelay,
        /// Selection.
        #[shared(STAFF)]
        Selection,
        /// Allowance.
        #[shared(STAFF)]
        Allowance,
        /// Thread of messages.
        #[shared(STAFF)]
        Thread,
        /// Message.
        #[shared(STAFF)]
        Message,
        /// File.
        #[shared(STAFF)]
        File,
        /// Album of files.
        #[shared(STAFF)]
        Album,
        /// Help article.
        #[requires(SETTINGS_MANAGE)]
        HelpArticle,
        /// API key.
        #[requires(REPORTS_KEYS)]
        ApiKey,
        /// Lead.
        #[requires(LEADS_MANAGE)]
        Lead,
    }
}

part_of! {
    /// Role in which the actor acted. New values may be added.
    ActivityActorRole of ActorKind {
        /// Owner of the company.
        #[shared(STAFF)]
        Owner,
        /// Member of the company's staff.
        #[shared(STAFF)]
        Staff,
        /// Client.
        #[shared(STAFF)]
        Client,
        /// Trade partner.
        #[shared(STAFF)]
        Trade,
        /// Command of the operator, or a scheduled task.
        #[shared(STAFF)]
        System,
        /// Caller without a session, such as a sender of the lead form.
        #[shared(STAFF)]
        Public,
    }
}

impl ActivitySubjectKind {
    /// The type of the subject's global ID.
    pub(super) const fn tag(self) -> Tag {
        match self {
            Self::Company => Tag::COMPANY,
            Self::StaffMembership => Tag::STAFF_MEMBERSHIP,
            Self::Contact => Tag::CONTACT,
            Self::ProjectMembership => Tag::PROJECT_MEMBERSHIP,
            Self::Invitation => Tag::INVITATION,
            Self::Project => Tag::PROJECT,
            Self::TeamMember => Tag::TEAM_MEMBER,
            Self::Location => Tag::LOCATION,
            Self::ScheduleVersion => Tag::SCHEDULE_VERSION,
            Self::Task => Tag::TASK,
            Self::ScheduleTemplate => Tag::SCHEDULE_TEMPLATE,
            Self::ScheduleDelay => Tag::SCHEDULE_DELAY,
            Self::Selection => Tag::SELECTION,
            Self::Allowance => Tag::ALLOWANCE,
            Self::Thread => Tag::THREAD,
            Self::Message => Tag::MESSAGE,
            Self::File => Tag::FILE,
            Self::Album => Tag::ALBUM,
            Self::HelpArticle => Tag::HELP_ARTICLE,
            Self::ApiKey => Tag::API_KEY,
            Self::Lead => Tag::LEAD,
        }
    }

    /// The kind of subject with this type of global ID.
    pub(super) fn with_tag(tag: Tag) -> Option<SubjectKind> {
        let mut kinds = SubjectKind::ALL.iter().copied();
        kinds.find(|kind| Self::of(*kind).is_some_and(|kind| kind.tag() == tag))
    }
}
