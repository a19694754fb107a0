//! Sign-in with a password, and the results of all mutations that sign in.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use portico_actions::sessions::{SignIn, SignInOption, SignedIn};
use portico_core::refusal::RefusalCode;
use portico_graphql_macros::gated;
use secrecy::{ExposeSecret, SecretString};

use crate::act::{Outcome, UserError, carry_out};
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
        #[portico_graphql_macros::gated(PUBLIC, CLIENT, TRADE, STAFF)]
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            /// Session token, returned only once. Null with a cookie, and on rejection.
            token: Option<String>,
            /// Expiry time of the session; each use extends it. Null on rejection.
            expires_at: Option<$crate::scalars::DateTime>,
            /// Choices in a stable order, if there are several and none was given. Empty otherwise.
            #[list_size(CHOICES)]
            choices: Vec<$crate::sessions::SignInChoice>,
            /// Reasons the change was rejected; empty on success.
            #[list_size(USER_ERRORS)]
            user_errors: Vec<$crate::act::UserError>,
        }

        impl From<$crate::sessions::SignInResult> for $name {
            fn from(result: $crate::sessions::SignInResult) -> Self {
                let $crate::sessions::SignInResult { token, expires_at, choices, user_errors } = result;
                Self { token, expires_at, choices, user_errors }
            }
        }
    };
}

pub(crate) use sign_in_payload;

sign_in_payload! {
    /// Result of `signIn`.
    SignInPayload
}

/// The fields that all payloads of sign-in share.
#[derive(Default)]
pub(crate) struct SignInResult {
    pub(crate) token: Option<String>,
    pub(crate) expires_at: Option<DateTime>,
    pub(crate) choices: Vec<SignInChoice>,
    pub(crate) user_errors: Vec<UserError>,
}

impl SignInResult {
    pub(crate) fn new(ctx: &Context<'_>, outcome: Outcome<SignedIn>, transport: SessionTransport) -> Self {
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
            Ok(SignedIn::Choose { options, .. }) => Self {
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

/// Mutations that sign in with a password.
#[derive(Default)]
pub(crate) struct SignInMutations;

/// Mutations that sign in with a password.
#[gated]
#[Object]
impl SignInMutations {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_prints_no_secrets() {
        let (password, session_transport) = (SecretString::from("hunter2"), SessionTransport::Cookie);
        let input = SignInInput { email: String::new(), password, choice_key: None, session_transport };
        let printed = format!("{input:?}");
        assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
    }
}
