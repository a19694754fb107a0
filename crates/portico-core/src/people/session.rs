//! Lifetimes of sessions and links, purposes of links, states of invitations.

use chrono::TimeDelta;

/// Lifetime of a session after its last use (SES-2 to SES-4).
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// Lifetime of a support session, regardless of use.
pub const SUPPORT_SESSION_LIFE: TimeDelta = TimeDelta::hours(8);
/// Time for which an account stays open to a support agent.
pub const OPENING_LIFE: TimeDelta = TimeDelta::hours(1);
/// Lifetime of a sign-in link (SEC-20).
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Lifetime of an invitation (INV-12).
pub const INVITATION_LIFE: TimeDelta = TimeDelta::days(14);
/// Lifetime of a confirmation link for a new email address.
pub const CONFIRMATION_LIFE: TimeDelta = TimeDelta::hours(24);

text_enum! {
    /// Purpose of a mailed link.
    pub enum LinkPurpose {
        /// Sign-in.
        SignIn = "SIGN_IN",
        /// Invitation to a project.
        Invitation = "INVITATION",
        /// Invitation to a company's staff.
        StaffInvitation = "STAFF_INVITATION",
        /// Confirmation of the account's new email address.
        EmailConfirmation = "EMAIL_CONFIRMATION",
    }
}

text_enum! {
    /// Frequency of summary mails (ACC-17).
    pub enum SummaryFrequency {
        /// No summary mails.
        Never = "NEVER",
        /// Once a day.
        Daily = "DAILY",
        /// Once a week.
        Weekly = "WEEKLY",
    }
}

/// Maximum number of pending and accepted client invitations per project (INV-4, INV-5).
pub const INVITATION_SLOTS: i64 = 3;

text_enum! {
    /// State of an invitation (docs/domain.md).
    pub enum InvitationState {
        /// Sent, and not accepted yet.
        Invited = "INVITED",
        /// Accepted.
        Accepted = "ACCEPTED",
        /// Not accepted before its expiry time. It can be sent again.
        Expired = "EXPIRED",
        /// Withdrawn before it was accepted.
        Removed = "REMOVED",
        /// Membership removed after it was accepted.
        Revoked = "REVOKED",
    }
}
