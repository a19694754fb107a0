//! Sessions and links: how long they last, and what they are for.

use chrono::TimeDelta;

/// How long a session lives after it was last used (SES-2 to SES-4).
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// How long a session of support lives, used or not.
pub const SUPPORT_SESSION_LIFE: TimeDelta = TimeDelta::hours(8);
/// How long an account stays open to the agent of support who opened it.
pub const OPENING_LIFE: TimeDelta = TimeDelta::hours(1);
/// How long a mailed link to sign in works (SEC-20).
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long an invitation is open (INV-12).
pub const INVITATION_LIFE: TimeDelta = TimeDelta::days(14);
/// How long the link to a new address works.
pub const CONFIRMATION_LIFE: TimeDelta = TimeDelta::hours(24);

text_enum! {
    /// What a mailed link is for.
    pub enum LinkPurpose {
        /// To sign in.
        SignIn = "SIGN_IN",
        /// To come into a project for the first time.
        Invitation = "INVITATION",
        /// To join the staff of a company.
        StaffInvitation = "STAFF_INVITATION",
        /// To prove another address of one's own account.
        EmailConfirmation = "EMAIL_CONFIRMATION",
    }
}

text_enum! {
    /// How often somebody wishes to have the news summed up by mail (ACC-17).
    pub enum SummaryFrequency {
        /// Not at all.
        Never = "NEVER",
        /// Every day.
        Daily = "DAILY",
        /// Every week.
        Weekly = "WEEKLY",
    }
}

/// How many people may be invited into a project at the same time (INV-4, INV-5).
pub const INVITATION_SLOTS: i64 = 3;

text_enum! {
    /// How an invitation stands (STA-1).
    pub enum InvitationState {
        /// Sent, and not yet taken up.
        Invited = "INVITED",
        /// Taken up.
        Accepted = "ACCEPTED",
        /// Not taken up in time; it may be sent again.
        Expired = "EXPIRED",
        /// Taken back before it was taken up.
        Removed = "REMOVED",
        /// Its place was taken away afterwards.
        Revoked = "REVOKED",
    }
}
