//! Accounts opened by support agents. Never cached.

use portico_core::id::IdentityId;
pub use portico_store::support::{AccountRow, SupportNoteRow};
use portico_store::support::{accounts_by_id, notes_on_accounts};

use crate::uncached::{loads_many_uncached, loads_uncached};

loads_uncached! {
    /// An account that the viewer has open.
    AccountById(IdentityId) => AccountRow, accounts_by_id, by id
}
loads_many_uncached! {
    /// Earlier corrections of an account by support.
    NotesOnAccount(IdentityId) => SupportNoteRow, notes_on_accounts, by account_id
}
