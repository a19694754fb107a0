//! People: sign-in, and the keys that actions make.

mod accounts;
mod acting;
mod keys;
mod sign_in;

pub use accounts::{AccountChange, change_account};
pub use acting::{ActingPerson, ActingStaff, acting_person};
pub use keys::{Creator, NewApiKey, find_creator, find_projects, insert_api_key};
