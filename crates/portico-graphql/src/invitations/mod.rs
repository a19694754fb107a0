//! Invitations to projects.

mod invitation;
mod mutations;
mod project_invitation;

pub(crate) use invitation::{Invitation, InvitationColumns, InvitationState, invitation_columns};
pub(crate) use mutations::InvitationMutations;
pub(crate) use project_invitation::ProjectInvitation;
