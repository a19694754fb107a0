//! Sessions.

use portico_core::id::IdentityId;
pub use portico_store::sessions::SessionRow;
use portico_store::sessions::sessions_of_people;

use crate::uncached::loads_many_uncached;

loads_many_uncached! {
    /// A person's own sessions. Each use changes a row.
    SessionsOfPerson(IdentityId) => SessionRow, sessions_of_people, by identity_id
}
