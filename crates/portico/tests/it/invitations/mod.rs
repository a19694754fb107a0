//! Invitations to projects.

mod invitee;
mod sent;
