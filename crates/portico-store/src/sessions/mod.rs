//! Sign-in and sessions.

mod acting;
mod client_views;
mod offers;
mod rows;
mod sign_in;
mod writes;

pub(crate) use acting::permissions_of;
pub use acting::{ActingPerson, ActingStaff, acting_person};
pub use client_views::{EndedView, NewClientView, end_client_view, insert_client_view, viewable_project};
pub use offers::sign_in_offers;
pub use rows::{SessionRow, sessions_of_people};
pub use writes::{
    NewSession, SignInOption, can_sign_in_as, companies_of_member, end_other_sessions, end_session, has_signed_in_from,
    insert_session, sign_in_options,
};
