//! Mutations of mailed links.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::links::{CodeConsume, LinkConsume, LinkRequest};
use portico_core::links::requested_message;
use portico_graphql_macros::gated;
use secrecy::{ExposeSecret, SecretString};

use crate::act::{carry_out, payload};
use crate::error::ApiError;
use crate::sessions::{SessionTransport, SignInResult, sign_in_payload};

sign_in_payload! {
    /// Result of `magicLinkConsume`.
    MagicLinkConsumePayload
}
sign_in_payload! {
    /// Result of `magicCodeConsume`.
    MagicCodeConsumePayload
}
sign_in_payload! {
    /// Result of `passwordSet`.
    PasswordSetPayload
}

/// Input of `magicLinkConsume`.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(Debug, InputObject)]
pub(crate) struct MagicLinkConsumeInput {
    /// Token at the end of the mailed link.
    token: SecretString,
    /// `key` of one of the `choices`, if there are several.
    choice_key: Option<String>,
    /// How the session token is returned.
    #[graphql(default_with = "SessionTransport::Payload")]
    session_transport: SessionTransport,
}

/// Input of `magicCodeConsume`.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct MagicCodeConsumeInput {
    /// `requestId` of the `magicLinkRequest` that sent the email.
    request_id: ID,
    /// Six-digit code from the email. White space is ignored, and full-width digits are accepted.
    code: SecretString,
    /// `key` of one of the `choices`, if there are several.
    choice_key: Option<String>,
    /// How the session token is returned.
    #[graphql(default_with = "SessionTransport::Payload")]
    session_transport: SessionTransport,
}

/// Input of `passwordSet`.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(Debug, InputObject)]
pub(crate) struct PasswordSetInput {
    /// Token at the end of the mailed link.
    token: SecretString,
    /// New password.
    password: SecretString,
    /// `key` of one of the `choices`, if there are several.
    choice_key: Option<String>,
    /// How the session token is returned.
    #[graphql(default_with = "SessionTransport::Payload")]
    session_transport: SessionTransport,
}

/// Input of `magicLinkRequest`.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct MagicLinkRequestInput {
    /// Email address of the account.
    email: String,
    /// Host of the portal that the link should lead to.
    host: Option<String>,
}

payload! {
    /// Result of `magicLinkRequest`, the same for every address.
    MagicLinkRequestPayload for (PUBLIC, CLIENT, TRADE, STAFF) {
        /// Request ID, required by `magicCodeConsume`. Do not share it.
        request_id: ID,
        /// Message to show to the user.
        message: String,
    }
}

/// Mutations of sign-in links.
#[derive(Default)]
pub(crate) struct LinkMutations;

/// Mutations of sign-in links.
#[gated]
#[Object]
impl LinkMutations {
    /// Emails a sign-in link with a six-digit code. The result is the same for every address.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_link_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `magicLinkRequest`.")] input: MagicLinkRequestInput,
    ) -> Result<MagicLinkRequestPayload, ApiError> {
        let request = LinkRequest { email: input.email, host: input.host };
        Ok(match carry_out(ctx, |actor| request.run(actor)).await? {
            Ok(id) => MagicLinkRequestPayload::done(ID::from(id.expose_secret()), requested_message()),
            Err(refused) => MagicLinkRequestPayload::refused(refused),
        })
    }

    /// Signs in with a mailed link, which works once.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_link_consume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `magicLinkConsume`.")] input: MagicLinkConsumeInput,
    ) -> Result<MagicLinkConsumePayload, ApiError> {
        let consume = LinkConsume { token: input.token, choice: input.choice_key, password: None };
        let outcome = carry_out(ctx, |actor| consume.run(actor)).await?;
        Ok(SignInResult::new(ctx, outcome, input.session_transport).into())
    }

    /// Signs in with the six-digit code beside a mailed link. Five wrong codes void the code, but not the link; using one does
    /// not use up the other.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_code_consume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `magicCodeConsume`.")] input: MagicCodeConsumeInput,
    ) -> Result<MagicCodeConsumePayload, ApiError> {
        let consume = CodeConsume {
            request_id: SecretString::from(input.request_id.0),
            code: input.code,
            choice: input.choice_key,
        };
        let outcome = carry_out(ctx, |actor| consume.run(actor)).await?;
        Ok(SignInResult::new(ctx, outcome, input.session_transport).into())
    }

    /// Sets a password with a mailed link, signs in and ends all other sessions.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn password_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `passwordSet`.")] input: PasswordSetInput,
    ) -> Result<PasswordSetPayload, ApiError> {
        let consume = LinkConsume { token: input.token, choice: input.choice_key, password: Some(input.password) };
        let outcome = carry_out(ctx, |actor| consume.run(actor)).await?;
        Ok(SignInResult::new(ctx, outcome, input.session_transport).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_print_no_secrets() {
        let secret = || SecretString::from("hunter2");
        let session_transport = SessionTransport::Cookie;
        for printed in [
            format!("{:?}", MagicLinkConsumeInput { token: secret(), choice_key: None, session_transport }),
            format!(
                "{:?}",
                PasswordSetInput { token: secret(), password: secret(), choice_key: None, session_transport }
            ),
        ] {
            assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
        }
    }
}
