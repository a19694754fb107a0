//! People: viewers, roles, permissions, email addresses, telephone numbers, links.

mod audience;
mod contact;
mod email;
mod link;
mod permission;
mod phone;
mod session;
mod token;
mod viewer;

pub use audience::{Audience, Role};
pub use contact::{ContactKind, ContactList};
pub use email::{Email, NotAnAddress};
pub use link::{LinkKey, LinkSite, SentLink};
pub use permission::{Permission, PermissionSet};
pub(crate) use phone::plain;
pub use phone::{Phone, PhoneError};
pub use session::{
    CONFIRMATION_LIFE, INVITATION_LIFE, INVITATION_SLOTS, InvitationState, LINK_LIFE, LinkPurpose, OPENING_LIFE,
    SESSION_LIFE, SUPPORT_SESSION_LIFE, SummaryFrequency,
};
pub use token::{TOKEN_BYTES, TokenHash, token_of};
pub use viewer::{Membership, Person, ProjectScope, Viewer, ViewerScope};
