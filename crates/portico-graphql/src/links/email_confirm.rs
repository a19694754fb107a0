//! Confirmation of an email address by a mailed link.

use async_graphql::{Context, InputObject, Object};
use portico_actions::links::EmailConfirm;
use portico_graphql_macros::gated;
use secrecy::SecretString;

use crate::act::{carry_out, payload};
use crate::error::ApiError;

/// Input of `emailConfirm`.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, InputObject)]
pub(crate) struct EmailConfirmInput {
    /// Token at the end of the mailed link.
    token: SecretString,
}

payload! {
    /// Result of `emailConfirm`.
    EmailConfirmPayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// Whether the new address is in effect.
        is_confirmed: bool,
    }
}

/// Mutations of confirmation links.
#[derive(Default)]
pub(crate) struct EmailConfirmMutations;

/// Mutations of confirmation links.
#[gated]
#[Object]
impl EmailConfirmMutations {
    /// Confirms the account's new email address with the link mailed there.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn email_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `emailConfirm`.")] input: EmailConfirmInput,
    ) -> Result<EmailConfirmPayload, ApiError> {
        Ok(match carry_out(ctx, |actor| EmailConfirm { token: input.token }.run(actor)).await? {
            Ok(()) => EmailConfirmPayload::done(true),
            Err(refused) => EmailConfirmPayload::refused(refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_confirm_prints_no_secrets() {
        let printed = format!("{:?}", EmailConfirmInput { token: SecretString::from("hunter2") });
        assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
    }
}
