//! Sign-in and sessions.

pub(crate) mod attempts;
mod failed_attempt;
mod open;
mod scope;
mod session_end;
mod sign_in;
mod view_as_start;

pub(crate) use failed_attempt::record_if_refused;
pub use open::{OpenSession, SignedIn};
pub(crate) use open::{accept_invitations, invalid_link, open, with_message};
pub use portico_store::sessions::SignInOption;
pub(crate) use scope::{SignInScope, choose, covers_all, options_in};
pub use session_end::{SessionRevoke, SignOut};
pub use sign_in::SignIn;
pub use view_as_start::{StartedView, ViewAsStart};
