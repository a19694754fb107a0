//! Sign-in and sessions.

mod cookie;
mod mutations;
mod session;
mod sign_in;
mod sign_out;

pub use cookie::{no_session_cookie, session_cookie, token_in_cookies};
pub(crate) use mutations::SessionMutations;
pub(crate) use session::Session;
pub(crate) use sign_in::{SessionTransport, SignInChoice, SignInMutations, SignInResult, sign_in_payload};
pub(crate) use sign_out::SignOutMutations;
