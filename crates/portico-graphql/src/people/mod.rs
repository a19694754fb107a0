//! People: who asks, and what they do with their accounts.

mod account;
mod enums;
mod session;
mod sign_in;
mod viewer;

pub(crate) use account::AccountMutations;
pub use sign_in::{no_session_cookie, session_cookie, token_in_cookies};

pub(crate) use enums::Permission;
pub(crate) use session::SummaryFrequency;
pub(crate) use sign_in::SignInMutations;
pub(crate) use viewer::ViewerNode;
