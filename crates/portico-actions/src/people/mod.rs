//! People: accounts, sign-in, sessions, keys, and companies' clients.

mod account_fields;
mod attempt;
pub(crate) mod behind;
mod client_create;
mod client_request_contact_review;
mod client_update;
mod invitation_accept;
mod invitations;
pub(crate) mod invite;
mod key_create;
mod key_write;
mod keys;
mod link_look;
mod link_request;
mod link_use;
mod meet;
pub(crate) mod notice;
mod notifications_update;
mod password;
mod password_change;
mod project_clients;
mod project_trades;
mod proof;
mod session;
mod session_end;
mod sign_in;
pub(crate) mod tries;
mod viewer_update;

pub use account_fields::AccountFields;
pub use client_create::ClientCreate;
pub use client_request_contact_review::ClientRequestContactReview;
pub use client_update::ClientUpdate;
pub use invitation_accept::InvitationAccept;
pub use invitations::{InvitationRemove, InvitationResend, InvitationSend};
pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use key_write::KeyFault;
pub use keys::{ApiKeyCreate, ApiKeyMade, ApiKeyRevoke};
pub use link_look::{LinkLook, LinkRenew, LinkSeen, PasswordOffer};
pub use link_request::LinkRequest;
pub(crate) use link_use::former_address;
pub use link_use::{EmailConfirm, LinkUse};
pub use meet::KNOWN_AN_HOUR;
pub(crate) use meet::{Met, meet};
pub use notifications_update::NotificationsUpdate;
pub use password_change::PasswordChange;
pub use portico_store::people::{PlaceChange, SettingsChange, SignInPlace};
pub use project_clients::{
    CardChange, ProjectClientAdd, ProjectClientMakePrimary, ProjectClientRemove, ProjectClientReplace,
    ProjectClientUpdate,
};
pub use project_trades::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
pub use session::{OpenSession, SignedIn};
pub use session_end::{SessionRevoke, SignOut};
pub use sign_in::SignIn;
pub use viewer_update::ViewerUpdate;
