//! Somebody's account, as support sees it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{IdentityId, Tag};
use portico_graphql_macros::gated;
use portico_loader::support::{AccountById, AccountRow, NotesOnAccount, SupportNoteRow};

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber, TimeZone};

/// Somebody's account, for as long as you have it open.
pub(crate) struct Account(pub(crate) Arc<AccountRow>);

/// The account, if it is open to whoever asks.
pub(crate) async fn open_account(ctx: &Context<'_>, id: IdentityId) -> Result<Option<Account>, ApiError> {
    Ok(load(ctx, AccountById(id)).await?.map(Account))
}

/// Somebody's account, for as long as you have it open.
#[gated]
#[Object]
impl Account {
    /// Its id, to correct it by.
    #[shared(SUPPORT)]
    async fn id(&self) -> ID {
        ids::global(Tag::ACCOUNT, self.0.id)
    }

    /// The address by which they are known.
    #[shared(SUPPORT)]
    async fn email(&self) -> EmailAddress {
        EmailAddress(self.0.email.clone())
    }

    /// How they are called.
    #[shared(SUPPORT)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their telephone number, if they gave one.
    #[shared(SUPPORT)]
    async fn phone(&self) -> Option<PhoneNumber> {
        self.0.phone.clone().map(PhoneNumber)
    }

    /// Their language, as a BCP 47 tag: `en-NZ`.
    #[shared(SUPPORT)]
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// Their time zone.
    #[shared(SUPPORT)]
    async fn time_zone(&self) -> TimeZone {
        TimeZone(self.0.time_zone.clone())
    }

    /// Whether they look after it themselves.
    #[shared(SUPPORT)]
    async fn is_user_managed(&self) -> bool {
        self.0.is_user_managed
    }

    /// Until when you have it open.
    #[shared(SUPPORT)]
    async fn open_until(&self) -> DateTime {
        DateTime(self.0.open_until)
    }

    /// What support has corrected before, latest first.
    #[shared(SUPPORT)]
    #[list_size(SUPPORT_NOTES)]
    async fn support_notes(&self, ctx: &Context<'_>) -> Result<Vec<SupportNote>, ApiError> {
        let rows = load(ctx, NotesOnAccount(self.0.id)).await?;
        Ok(rows.iter().rev().map(|row| SupportNote(Arc::clone(row))).collect())
    }
}

/// What support has corrected of an account.
pub(crate) struct SupportNote(Arc<SupportNoteRow>);

/// What support has corrected of an account.
#[gated]
#[Object]
impl SupportNote {
    /// When.
    #[shared(SUPPORT)]
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// How it was verified.
    #[shared(SUPPORT)]
    async fn note(&self) -> &str {
        &self.0.note
    }

    /// What was corrected, by the names of the input's members.
    #[shared(SUPPORT)]
    async fn changed(&self) -> &[String] {
        &self.0.changed
    }

    /// Who verified it.
    #[shared(SUPPORT)]
    async fn verified_by(&self) -> &str {
        &self.0.verified_by
    }
}
