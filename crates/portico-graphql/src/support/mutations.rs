//! Mutations of support.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::accounts::AccountFields;
use portico_actions::support::{AccountCorrect, AccountOpen};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use super::{Account, open_account};
use crate::act::{act, carry_out, payload, settled};
use crate::error::ApiError;
use crate::ids;
use crate::scalars::changed;

/// Input of `accountOpen`.
#[gated(SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AccountOpenInput {
    /// Exact email address of the account, current or former.
    email: String,
    /// Reason, for the audit log: the request, and how it arrived.
    reason: String,
}

payload! {
    /// Result of `accountOpen`.
    AccountOpenPayload for (SUPPORT) {
        /// The account, open to the caller for one hour.
        account: Account,
    }
}

/// Input of `accountCorrect`.
#[gated(SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AccountCorrectInput {
    /// Account that the caller has open.
    account_id: ID,
    /// How the user's identity and request were verified. Required.
    verification_note: Option<String>,
    /// Name. Omit to keep the current value.
    name: Option<String>,
    /// Telephone number, E.164: `+13035550123`. Omit to keep the current value; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Language, as a BCP 47 tag: `en-NZ`. Omit to keep the current value.
    locale: Option<String>,
    /// Time zone, an IANA name: `Pacific/Auckland`. Omit to keep the current value.
    time_zone: Option<String>,
    /// Email address. Omit to keep the current value.
    /// A new address ends all sessions and deletes the password.
    email: Option<String>,
}

payload! {
    /// Result of `accountCorrect`.
    AccountCorrectPayload for (SUPPORT) {
        /// The corrected account.
        account: Account,
    }
}

#[derive(Default)]
pub(crate) struct SupportMutations;

/// Mutations of support.
#[gated]
#[Object]
impl SupportMutations {
    /// Opens a user's account for one hour, with an audit log entry.
    #[shared(SUPPORT)]
    async fn account_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `accountOpen`.")] input: AccountOpenInput,
    ) -> Result<AccountOpenPayload, ApiError> {
        let AccountOpenInput { email, reason } = input;
        let opened = carry_out(ctx, |actor| AccountOpen { email, reason }.run(actor)).await?;
        Ok(match settled(opened) {
            Ok(id) => AccountOpenPayload::done(open_account(ctx, id).await?),
            Err(refused) => AccountOpenPayload::refused(refused),
        })
    }

    /// Corrects a user's account after verification.
    /// The user is notified by email. The correction is recorded in the audit log.
    #[shared(SUPPORT)]
    async fn account_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `accountCorrect`.")] input: AccountCorrectInput,
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
