//! Invitations to projects.

mod invitation_accept;
mod invitation_remove;
mod invitation_resend;
mod invitation_send;
pub(crate) mod invite;

pub use invitation_accept::InvitationAccept;
pub use invitation_remove::InvitationRemove;
pub use invitation_resend::InvitationResend;
pub(crate) use invitation_resend::resend_to_member;
pub use invitation_send::InvitationSend;
