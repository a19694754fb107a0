//! A user's account, as support sees it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{IdentityId, Tag};
use portico_graphql_macros::gated;
use portico_loader::support::{AccountById, AccountRow, NotesOnAccount, SupportNoteRow};

use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber, TimeZone};

pub(crate) struct Account(pub(crate) Arc<AccountRow>);

/// The account, if the caller has it open.
pub(crate) async fn open_account(ctx: &Context<'_>, id: IdentityId) -> Result<Option<Account>, ApiError> {
    Ok(load(ctx, AccountById(id)).await?.map(Account))
}

/// Account of a user, while the caller has it open.
#[gated]
#[Object]
impl Account {
    /// Account ID; cannot be fetched with `node`.
    #[shared(SUPPORT)]
    async fn id(&self) -> ID {
        ids::global(Tag::ACCOUNT, self.0.id)
    }

    /// Email address.
    #[shared(SUPPORT)]
    async fn email(&self) -> EmailAddress;

    /// Name.
    #[shared(SUPPORT)]
    async fn name(&self) -> &str;

    /// Telephone number. Null if unknown.
    #[shared(SUPPORT)]
    async fn phone(&self) -> Option<PhoneNumber>;

    /// Language, as a BCP 47 tag: `en-NZ`.
    #[shared(SUPPORT)]
    async fn locale(&self) -> &str;

    /// Time zone.
    #[shared(SUPPORT)]
    async fn time_zone(&self) -> TimeZone;

    /// Whether the user manages the account.
    #[shared(SUPPORT)]
    async fn is_user_managed(&self) -> bool;

    /// Expiry time of the caller's access.
    #[shared(SUPPORT)]
    async fn access_expires_at(&self) -> DateTime {
        DateTime(self.0.open_until)
    }

    /// Corrections by support, newest first; at most the newest 50.
    #[shared(SUPPORT)]
    #[list_size(SUPPORT_NOTES)]
    async fn support_notes(&self, ctx: &Context<'_>) -> Result<Vec<Direct<SupportNote>>, ApiError> {
        let rows = load(ctx, NotesOnAccount(self.0.id)).await?;
        Ok(rows.iter().map(|row| SupportNote(Arc::clone(row)).into()).collect())
    }
}

pub(crate) struct SupportNote(Arc<SupportNoteRow>);

/// Correction of an account by support.
#[gated]
#[Object]
impl SupportNote {
    /// Time of the correction.
    #[shared(SUPPORT)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Verification note of the support agent.
    #[shared(SUPPORT)]
    async fn note(&self) -> &str;

    /// Corrected input fields of `accountCorrect`, in their order there.
    #[shared(SUPPORT)]
    #[list_size(NAMES)]
    async fn changed_fields(&self) -> &[String] {
        &self.0.changed
    }

    /// Name of the support agent.
    #[shared(SUPPORT)]
    async fn verified_by(&self) -> &str;
}
