//! Support: accounts that it has opened. Nothing of them is kept.

use portico_core::id::IdentityId;
pub use portico_store::support::{AccountRow, SupportNoteRow};
use portico_store::support::{accounts_by_id, notes_on_accounts};

use crate::uncached::{loads_many_uncached, loads_uncached};

loads_uncached! {
    /// An account that is open to whoever asks.
    AccountById(IdentityId) => AccountRow, accounts_by_id, by id
}
loads_many_uncached! {
    /// What support has corrected of an account before.
    NotesOnAccount(IdentityId) => SupportNoteRow, notes_on_accounts, by account_id
}
