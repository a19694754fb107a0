//! People: accounts, sign-in, sessions, keys.

mod key_create;
mod link_look;
mod link_request;
mod link_use;
mod notice;
mod notifications_update;
mod password;
mod password_change;
mod session;
mod session_end;
mod sign_in;
mod tries;
mod viewer_update;

pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use link_look::{LinkLook, LinkRenew, LinkSeen};
pub use link_request::LinkRequest;
pub use link_use::{EmailConfirm, LinkUse};
pub use notifications_update::NotificationsUpdate;
pub use password_change::PasswordChange;
pub use portico_store::people::SignInPlace;
pub use session::{OpenSession, SignedIn};
pub use session_end::{SessionRevoke, SignOut};
pub use sign_in::SignIn;
pub use viewer_update::ViewerUpdate;
