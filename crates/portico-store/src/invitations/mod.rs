//! Invitations to projects.

mod rows;
mod settle;
mod writes;

pub use rows::{InvitationRow, invitations_of_projects};
pub use settle::{expire_invitations, settle_invitations};
pub use writes::{
    NewInvitation, StoredInvitation, end_invitation, find_invitation, insert_invitation, invited_by,
    kind_of_invitation, lock_invitation_of, reopen_invitation, slots_taken,
};
