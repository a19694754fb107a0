//! Sign-in and sessions.

mod mutations;
mod session;
mod sign_in;
mod sign_out;
mod view_as;

pub(crate) use mutations::SessionMutations;
pub(crate) use session::Session;
pub(crate) use sign_in::{SessionTransport, SignInChoice, SignInMutations, SignInResult, sign_in_payload};
pub(crate) use sign_out::SignOutMutations;
pub(crate) use view_as::ViewAsMutations;
