//! Sign-in by link or password, and sign-out.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use portico_actions::people::{EmailConfirm, LinkConsume, LinkRequest, SignIn, SignInOption, SignOut, SignedIn};
use portico_core::refusal::RefusalCode;
use portico_graphql_macros::gated;
use secrecy::{ExposeSecret, SecretString};

use crate::act::{Outcome, UserError, act, carry_out, payload};
use crate::error::ApiError;
use crate::scalars::DateTime;
use crate::session_change::{SessionChange, note};

/// How the session token is returned. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SessionTransport {
    /// In the payload's `token`, to be sent as a bearer token.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    Payload,
    /// In a cookie of the browser that scripts cannot read.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    Cookie,
}

/// Sign-in option, for users who have several.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct SignInChoice {
    /// Value for the input field `choiceKey`.
    key: String,
    /// Name to show to the user.
    label: String,
}

impl From<&SignInOption> for SignInChoice {
    fn from(option: &SignInOption) -> Self {
        Self { key: option.name(), label: option.label() }
    }
}

/// Defines the payload of a mutation that signs in.
macro_rules! sign_in_payload {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[gated(PUBLIC, CLIENT, TRADE, STAFF)]
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// Session token, returned only once. Null with a cookie, and on rejection.
            token: Option<String>,
            /// Expiry time of the session; each use extends it. Null on rejection.
            expires_at: Option<DateTime>,
            /// Choices in a stable order, if there are several and none was given. Empty otherwise.
            #[list_size(CHOICES)]
            choices: Vec<SignInChoice>,
            /// Reasons the change was rejected; empty on success.
            #[list_size(USER_ERRORS)]
            user_errors: Vec<UserError>,
        }

        impl From<SignInResult> for $name {
            fn from(result: SignInResult) -> Self {
                let SignInResult { token, expires_at, choices, user_errors } = result;
                Self { token, expires_at, choices, user_errors }
            }
        }
    };
}

sign_in_payload! {
    /// Result of `signIn`.
    SignInPayload
}
sign_in_payload! {
    /// Result of `magicLinkConsume`.
    MagicLinkConsumePayload
}
sign_in_payload! {
    /// Result of `passwordSet`.
    PasswordSetPayload
}

/// The fields that all payloads of sign-in share.
#[derive(Default)]
struct SignInResult {
    token: Option<String>,
    expires_at: Option<DateTime>,
    choices: Vec<SignInChoice>,
    user_errors: Vec<UserError>,
}

impl SignInResult {
    fn new(ctx: &Context<'_>, outcome: Outcome<SignedIn>, transport: SessionTransport) -> Self {
        match outcome {
            Ok(SignedIn::Open(session)) => {
                let expires_at = Some(DateTime(session.expires_at));
                let token = match transport {
                    SessionTransport::Payload => Some(session.token.expose_secret().to_owned()),
                    SessionTransport::Cookie => {
                        note(ctx, SessionChange::Started { token: session.token, role: session.role });
                        None
                    }
                };
                Self { token, expires_at, ..Self::default() }
            }
            Ok(SignedIn::Choose(options)) => Self {
                choices: options.iter().map(Into::into).collect(),
                user_errors: vec![UserError::new(RefusalCode::ChoiceRequired, CHOICE_REQUIRED)],
                ..Self::default()
            },
            Err(user_errors) => Self { user_errors, ..Self::default() },
        }
    }
}

const CHOICE_REQUIRED: &str =
    "there are several ways to sign in: repeat with the `key` of one of `choices` as `choiceKey`";

/// Input of `signIn`.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(Debug, InputObject)]
pub(crate) struct SignInInput {
    /// Email address of the account.
    email: String,
    /// Password.
    password: SecretString,
    /// `key` of one of the `choices`, if there are several.
    choice_key: Option<String>,
    /// How the session token is returned.
    #[graphql(default_with = "SessionTransport::Payload")]
    session_transport: SessionTransport,
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
        /// Message to show to the user.
        message: String,
    }
}

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

payload! {
    /// Result of `signOut`.
    SignOutPayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// Whether the session was ended.
        is_signed_out: bool,
    }
}

const LINK_SENT: &str = "If an account with this address can sign in, a link is on its way. It works for 15 minutes.";

/// Mutations that sign in and out.
#[derive(Default)]
pub(crate) struct SignInMutations;

/// Mutations that sign in and out.
#[gated]
#[Object]
impl SignInMutations {
    /// Mails a sign-in link. The result is the same for every address.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_link_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `magicLinkRequest`.")] input: MagicLinkRequestInput,
    ) -> Result<MagicLinkRequestPayload, ApiError> {
        let request = LinkRequest { email: input.email, host: input.host };
        Ok(match carry_out(ctx, |actor| request.run(actor)).await? {
            Ok(()) => MagicLinkRequestPayload::done(LINK_SENT.to_owned()),
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

    /// Signs in with a password.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `signIn`.")] input: SignInInput,
    ) -> Result<SignInPayload, ApiError> {
        let sign_in = SignIn { email: input.email, password: input.password, choice: input.choice_key };
        let outcome = carry_out(ctx, |actor| sign_in.run(actor)).await?;
        Ok(SignInResult::new(ctx, outcome, input.session_transport).into())
    }

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

    /// Ends the session of the request.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        Ok(match act(ctx, SignOut).await? {
            Ok(()) => {
                note(ctx, SessionChange::Ended);
                SignOutPayload::done(true)
            }
            Err(refused) => SignOutPayload::refused(refused),
        })
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
            format!(
                "{:?}",
                SignInInput { email: String::new(), password: secret(), choice_key: None, session_transport }
            ),
            format!("{:?}", MagicLinkConsumeInput { token: secret(), choice_key: None, session_transport }),
            format!(
                "{:?}",
                PasswordSetInput { token: secret(), password: secret(), choice_key: None, session_transport }
            ),
            format!("{:?}", EmailConfirmInput { token: secret() }),
        ] {
            assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
        }
    }
}
