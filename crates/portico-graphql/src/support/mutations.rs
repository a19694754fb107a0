//! What support does with accounts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::people::AccountFields;
use portico_actions::support::{AccountCorrect, AccountOpen};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use super::{Account, open_account};
use crate::act::{act, carry_out, payload, settled};
use crate::error::ApiError;
use crate::ids;
use crate::scalars::changed;

/// Which account to open, and why.
#[gated(SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AccountOpenInput {
    /// Exactly the address by which they are known.
    email: String,
    /// Why: what has been asked for, and how.
    reason: String,
}

payload! {
    /// What came of opening an account.
    AccountOpenPayload for (SUPPORT) {
        /// The account; it stays open to you for an hour.
        account: Account,
    }
}

/// What is to be corrected of an account. What is left out stays as it is.
#[gated(SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AccountCorrectInput {
    /// The account, which you have open.
    account_id: ID,
    /// How you verified whose it is, and that this is what they want. Needed.
    verification_note: Option<String>,
    /// Their name.
    name: Option<String>,
    /// Their telephone number, E.164: `+13035550123`. Null takes it away.
    phone: MaybeUndefined<String>,
    /// Their language, as a BCP 47 tag: `en-NZ`.
    locale: Option<String>,
    /// Their time zone, an IANA name: `Pacific/Auckland`.
    time_zone: Option<String>,
    /// Their email address. They are signed out everywhere, and have no password until they set another.
    email: Option<String>,
}

payload! {
    /// What came of correcting an account.
    AccountCorrectPayload for (SUPPORT) {
        /// The account, as it is now.
        account: Account,
    }
}

/// What support does with accounts.
#[derive(Default)]
pub(crate) struct SupportMutations;

/// What support does with accounts.
#[gated]
#[Object]
impl SupportMutations {
    /// Opens somebody's account to you for an hour. That you did, and why, is written down.
    #[shared(SUPPORT)]
    async fn account_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and why.")] input: AccountOpenInput,
    ) -> Result<AccountOpenPayload, ApiError> {
        let AccountOpenInput { email, reason } = input;
        let opened = carry_out(ctx, |actor| AccountOpen { email, reason }.run(actor)).await?;
        Ok(match settled(opened) {
            Ok(id) => AccountOpenPayload::done(open_account(ctx, id).await?),
            Err(refused) => AccountOpenPayload::refused(refused),
        })
    }

    /// Corrects what is known of somebody, after you verified it. They are told by mail, and it is written down.
    #[shared(SUPPORT)]
    async fn account_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and how you verified it.")] input: AccountCorrectInput,
    ) -> Result<AccountCorrectPayload, ApiError> {
        let AccountCorrectInput { account_id, verification_note, name, phone, locale, time_zone, email } = input;
        let account = ids::read_as(&account_id, "input.accountId", Tag::ACCOUNT)?;
        let fields = AccountFields { name, phone: changed(phone), locale, time_zone };
        Ok(match act(ctx, AccountCorrect { account, verification_note, fields, email }).await? {
            Ok(()) => AccountCorrectPayload::done(open_account(ctx, account).await?),
            Err(refused) => AccountCorrectPayload::refused(refused),
        })
    }
}
