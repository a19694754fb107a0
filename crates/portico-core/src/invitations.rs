//! Invitations: their lifetime, number and states.

use chrono::TimeDelta;

/// Lifetime of an invitation (INV-12).
pub const INVITATION_LIFE: TimeDelta = TimeDelta::days(14);

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
