//! Support: accounts that it has opened. Nothing of them is kept.

use std::collections::HashMap;

use portico_core::id::IdentityId;
pub use portico_store::support::{AccountRow, SupportNoteRow};
use portico_store::support::{accounts_by_id, notes_on_accounts};
use portico_store::{SeenBy, StoreError};
use serde::Serialize;

use crate::elsewhere::loads_elsewhere;
use crate::gather::{Rows, many_each};
use crate::{Key, Source};

loads_elsewhere! {
    /// An account that is open to whoever asks.
    AccountById(IdentityId) => AccountRow, accounts_by_id, by id
}

/// What support has corrected of an account before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct NotesOnAccount(pub IdentityId);

impl Key for NotesOnAccount {
    type Value = Rows<SupportNoteRow>;

    const KIND: &'static str = "NotesOnAccount";

    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = notes_on_accounts(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(many_each(rows, seen.viewer(), |row| Self(row.account_id)))
    }
}
