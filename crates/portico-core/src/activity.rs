//! What is written down of every action (PRT-13).

text_enum! {
    /// What happened. Rows are never rewritten, so a name that was once used stays.
    pub enum ActivityKind {
        /// Somebody signed in.
        SignedIn = "SIGNED_IN",
        /// Somebody tried to sign in, and was refused.
        SignInRefused = "SIGN_IN_REFUSED",
        /// Somebody signed out.
        SignedOut = "SIGNED_OUT",
        /// A link to sign in was asked for.
        LinkRequested = "LINK_REQUESTED",
        /// A person ended one of their sessions.
        SessionRevoked = "SESSION_REVOKED",
        /// A person set or changed their password.
        PasswordChanged = "PASSWORD_CHANGED",
        /// A person used a link for the first time: the account is theirs from now on.
        AccountClaimed = "ACCOUNT_CLAIMED",
        /// A person changed what is known of them.
        AccountChanged = "ACCOUNT_CHANGED",
        /// A person proved another address.
        EmailChanged = "EMAIL_CHANGED",
        /// A person said how they wish to be told of news.
        NotificationsChanged = "NOTIFICATIONS_CHANGED",
        /// Somebody came to be of the platform's support, or got another host for it.
        SupportBegun = "SUPPORT_BEGUN",
        /// Somebody ceased to be of the platform's support.
        SupportEnded = "SUPPORT_ENDED",
        /// Support looked for an account, and opened it if there is one (ACC-13).
        AccountOpened = "ACCOUNT_OPENED",
        /// Support corrected what is known of a person, after verifying it (ACC-13).
        AccountCorrected = "ACCOUNT_CORRECTED",
        /// A person has seen the overview video.
        OnboardingDismissed = "ONBOARDING_DISMISSED",
        /// A company was created by a command.
        CompanyCreated = "COMPANY_CREATED",
        /// A company's name, telephone, region or portal host was changed.
        CompanyChanged = "COMPANY_CHANGED",
        /// A member of staff was invited.
        StaffInvited = "STAFF_INVITED",
        /// The invitation of a member of staff was sent again.
        StaffInvitationResent = "STAFF_INVITATION_RESENT",
        /// A member of staff accepted the invitation.
        StaffJoined = "STAFF_JOINED",
        /// A member of staff got another title, role or other permissions.
        StaffChanged = "STAFF_CHANGED",
        /// A member of staff was removed.
        StaffRemoved = "STAFF_REMOVED",
        /// A company wrote down a client.
        ClientCreated = "CLIENT_CREATED",
        /// A company added a trade partner to its contacts.
        TradeCreated = "TRADE_CREATED",
        /// A company changed what it has of a client.
        ClientChanged = "CLIENT_CHANGED",
        /// A company changed what it has of a trade partner.
        TradeChanged = "TRADE_CHANGED",
        /// Somebody of a company's staff came to know that an address is a person's on the platform (RULE-9).
        ClientKnownElsewhere = "CLIENT_KNOWN_ELSEWHERE",
        /// A company asked a client to look over what it has of them.
        ContactReviewRequested = "CONTACT_REVIEW_REQUESTED",
        /// A client got a place in a project.
        ProjectClientAdded = "PROJECT_CLIENT_ADDED",
        /// A client's place in a project was changed.
        ProjectClientChanged = "PROJECT_CLIENT_CHANGED",
        /// A client lost their place in a project.
        ProjectClientRemoved = "PROJECT_CLIENT_REMOVED",
        /// A client became the one who clears updates (INV-21).
        PrimaryClientChanged = "PRIMARY_CLIENT_CHANGED",
        /// A trade partner was added to a project.
        ProjectTradeAdded = "PROJECT_TRADE_ADDED",
        /// A trade partner was given web access to a project, or lost it.
        ProjectTradeChanged = "PROJECT_TRADE_CHANGED",
        /// A trade partner was removed from a project.
        ProjectTradeRemoved = "PROJECT_TRADE_REMOVED",
        /// A client or trade partner was invited into a project.
        InvitationSent = "INVITATION_SENT",
        /// An invitation was sent again.
        InvitationResent = "INVITATION_RESENT",
        /// An invitation was taken back.
        InvitationRemoved = "INVITATION_REMOVED",
        /// An invited client or trade partner came in.
        InvitationAccepted = "INVITATION_ACCEPTED",
        /// A project was begun.
        ProjectCreated = "PROJECT_CREATED",
        /// A project was changed.
        ProjectChanged = "PROJECT_CHANGED",
        /// A team member was added to a project, or changed.
        TeamMemberSaved = "TEAM_MEMBER_SAVED",
        /// A team member was removed from a project.
        TeamMemberRemoved = "TEAM_MEMBER_REMOVED",
        /// A location was added to a project, or changed.
        LocationSaved = "LOCATION_SAVED",
        /// A location was removed from a project.
        LocationRemoved = "LOCATION_REMOVED",
        /// What a portal shows was changed.
        PortalSettingsChanged = "PORTAL_SETTINGS_CHANGED",
        /// How a company presents itself was changed.
        BrandingChanged = "BRANDING_CHANGED",
        /// A help article was written.
        HelpArticleSaved = "HELP_ARTICLE_SAVED",
        /// A help article was published, or taken back.
        HelpArticlePublished = "HELP_ARTICLE_PUBLISHED",
        /// A help article was deleted.
        HelpArticleDeleted = "HELP_ARTICLE_DELETED",
        /// A mail's text was changed.
        EmailTemplateChanged = "EMAIL_TEMPLATE_CHANGED",
        /// A key for scripts was made.
        ApiKeyCreated = "API_KEY_CREATED",
        /// A key for scripts was withdrawn.
        ApiKeyRevoked = "API_KEY_REVOKED",
        /// Staff added a lead.
        LeadCreated = "LEAD_CREATED",
        /// Somebody asked for information on a company's site.
        LeadSubmitted = "LEAD_SUBMITTED",
        /// The form on a company's site was opened, closed, given another key, or other pages that may send it.
        LeadFormChanged = "LEAD_FORM_CHANGED",
        /// A lead got another state.
        LeadChanged = "LEAD_CHANGED",
        /// A lead, or a contact, became a client.
        LeadConverted = "LEAD_CONVERTED",
    }
}

text_enum! {
    /// What an activity is about.
    pub enum SubjectKind {
        /// A person across companies.
        Identity = "IDENTITY",
        /// A session.
        Session = "SESSION",
        /// A company.
        Company = "COMPANY",
        /// A membership among a company's staff.
        StaffMembership = "STAFF_MEMBERSHIP",
        /// A company's card of somebody.
        Contact = "CONTACT",
        /// Somebody's place in a project.
        ProjectMembership = "PROJECT_MEMBERSHIP",
        /// An invitation.
        Invitation = "INVITATION",
        /// A project.
        Project = "PROJECT",
        /// A member of a project's team.
        TeamMember = "TEAM_MEMBER",
        /// A location of a project.
        Location = "LOCATION",
        /// A help article.
        HelpArticle = "HELP_ARTICLE",
        /// A key for scripts.
        ApiKey = "API_KEY",
        /// A lead.
        Lead = "LEAD",
    }
}
