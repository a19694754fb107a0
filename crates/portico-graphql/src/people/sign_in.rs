//! How people get in and out.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use portico_actions::people::{EmailConfirm, LinkRequest, LinkUse, SignIn, SignInPlace, SignOut, SignedIn};
use portico_core::people::{Role, SESSION_LIFE, SUPPORT_SESSION_LIFE};
use portico_core::refusal::RefusalCode;
use portico_graphql_macros::gated;

use crate::act::{Outcome, UserError, act, carry_out, payload};
use crate::error::ApiError;
use crate::scalars::DateTime;

/// Where the token of a new session is kept.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum KeepIn {
    /// By you: it is in the payload, and is to be sent as a bearer token.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    Payload,
    /// By the browser, in a cookie that no script can read.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    Cookie,
}

/// Somewhere that you may sign in to.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "SignInPlace")]
pub(crate) struct SignInChoice {
    /// What to give as `as`.
    key: String,
    /// What to call it.
    label: String,
}

impl From<&SignInPlace> for SignInChoice {
    fn from(place: &SignInPlace) -> Self {
        Self { key: place.name(), label: place.label() }
    }
}

/// What came of signing in.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(SimpleObject)]
pub(crate) struct SignInPayload {
    /// The token, which is told this once. Null if it is in a cookie, or you are not in.
    token: Option<String>,
    /// When the session ends unless it is used.
    expires_at: Option<DateTime>,
    /// Where you may sign in, if there is more than one and you have not said which.
    #[list_size(CHOICES)]
    choices: Vec<SignInChoice>,
    /// Why you are not in; empty if you are.
    #[list_size(USER_ERRORS)]
    user_errors: Vec<UserError>,
}

impl SignInPayload {
    fn of(ctx: &Context<'_>, outcome: Outcome<SignedIn>, keep_in: KeepIn) -> Result<Self, ApiError> {
        let nothing = Self { token: None, expires_at: None, choices: Vec::new(), user_errors: Vec::new() };
        Ok(match outcome {
            Ok(SignedIn::Open(session)) => {
                let expires_at = Some(DateTime(session.expires_at));
                let token = match keep_in {
                    KeepIn::Payload => Some(session.token),
                    KeepIn::Cookie => {
                        put_cookie(ctx, &session_cookie(&session.token, session.role));
                        None
                    }
                };
                Self { token, expires_at, ..nothing }
            }
            Ok(SignedIn::Choose(places)) => Self {
                choices: places.iter().map(Into::into).collect(),
                user_errors: vec![UserError::new(RefusalCode::ChoiceNeeded, "say as what you wish to sign in")],
                ..nothing
            },
            Err(user_errors) => Self { user_errors, ..nothing },
        })
    }
}

/// What opens the session of a browser. `__Host-`: for this host alone, over HTTPS alone; no script reads it, and no other site
/// sends it along.
const COOKIE: &str = "__Host-portico-session";

/// The cookie that keeps a session, for as long as the session lives from now on (SES-9).
pub fn session_cookie(token: &str, role: Role) -> String {
    let life = if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    let seconds = life.num_seconds();
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie that forgets it.
pub fn no_session_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The token in a `Cookie` header.
pub fn token_in_cookies(header: &str) -> Option<&str> {
    header.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).filter(|it| !it.is_empty())
}

fn put_cookie(ctx: &Context<'_>, cookie: &str) {
    ctx.append_http_header("set-cookie", cookie);
}

/// How to sign in with a password.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// Your email address.
    email: String,
    /// Your password.
    password: String,
    /// As what, where you may be several things: the `key` of a choice.
    #[graphql(name = "as")]
    choice: Option<String>,
    /// Where the session's token is kept.
    #[graphql(default_with = "KeepIn::Payload")]
    keep_in: KeepIn,
}

/// How to sign in by a link that was mailed to you.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct MagicLinkConsumeInput {
    /// The token at the end of the link.
    token: String,
    /// As what, where you may be several things: the `key` of a choice.
    #[graphql(name = "as")]
    choice: Option<String>,
    /// Where the session's token is kept.
    #[graphql(default_with = "KeepIn::Payload")]
    keep_in: KeepIn,
}

/// How to set a password by a link that was mailed to you.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct PasswordSetInput {
    /// The token at the end of the link.
    token: String,
    /// The password that you want.
    password: String,
    /// As what, where you may be several things: the `key` of a choice.
    #[graphql(name = "as")]
    choice: Option<String>,
    /// Where the session's token is kept.
    #[graphql(default_with = "KeepIn::Payload")]
    keep_in: KeepIn,
}

/// How to ask for a link to sign in.
#[gated(PUBLIC, CLIENT, TRADE, STAFF)]
#[derive(InputObject)]
pub(crate) struct MagicLinkRequestInput {
    /// Your email address.
    email: String,
    /// The host of the portal at which you are.
    host: Option<String>,
}

payload! {
    /// What came of asking for a link: the same for every address.
    MagicLinkRequestPayload for (PUBLIC, CLIENT, TRADE, STAFF) {
        /// A sentence to be shown.
        message: String,
    }
}

payload! {
    /// What came of proving an address.
    EmailConfirmPayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// Whether the account has the new address.
        is_confirmed: bool,
    }
}

payload! {
    /// What came of signing out.
    SignOutPayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// Whether the session has ended.
        is_signed_out: bool,
    }
}

const LINK_SENT: &str =
    "If somebody with this address has a place in a portal, a link is on its way to them. It works for 15 minutes.";

/// How people get in and out.
#[derive(Default)]
pub(crate) struct SignInMutations;

/// How people get in and out.
#[gated]
#[Object]
impl SignInMutations {
    /// Asks for a link to sign in, which is mailed. The answer is the same for every address.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_link_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom.")] input: MagicLinkRequestInput,
    ) -> Result<MagicLinkRequestPayload, ApiError> {
        let request = LinkRequest { email: input.email, host: input.host };
        Ok(match carry_out(ctx, |actor| request.run(actor)).await? {
            Ok(()) => MagicLinkRequestPayload::done(LINK_SENT.to_owned()),
            Err(refused) => MagicLinkRequestPayload::refused(refused),
        })
    }

    /// Signs in by a link that was mailed. It works once.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn magic_link_consume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link, and as what.")] input: MagicLinkConsumeInput,
    ) -> Result<SignInPayload, ApiError> {
        let entry = LinkUse { token: input.token, choice: input.choice, password: None };
        let outcome = carry_out(ctx, |actor| entry.run(actor)).await?;
        SignInPayload::of(ctx, outcome, input.keep_in)
    }

    /// Sets a password by a link that was mailed, and signs in. All other sessions end.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn password_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link, and what password.")] input: PasswordSetInput,
    ) -> Result<SignInPayload, ApiError> {
        let entry = LinkUse { token: input.token, choice: input.choice, password: Some(input.password) };
        let outcome = carry_out(ctx, |actor| entry.run(actor)).await?;
        SignInPayload::of(ctx, outcome, input.keep_in)
    }

    /// Signs in with a password.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and as what.")] input: SignInInput,
    ) -> Result<SignInPayload, ApiError> {
        let entry = SignIn { email: input.email, password: input.password, choice: input.choice };
        let outcome = carry_out(ctx, |actor| entry.run(actor)).await?;
        SignInPayload::of(ctx, outcome, input.keep_in)
    }

    /// Proves that a new address of your account is yours, by the link that was mailed there.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn email_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token at the end of the link.")] token: String,
    ) -> Result<EmailConfirmPayload, ApiError> {
        Ok(match carry_out(ctx, |actor| EmailConfirm { token }.run(actor)).await? {
            Ok(()) => EmailConfirmPayload::done(true),
            Err(refused) => EmailConfirmPayload::refused(refused),
        })
    }

    /// Ends this session.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        Ok(match act(ctx, SignOut).await? {
            Ok(()) => {
                put_cookie(ctx, &no_session_cookie());
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
    fn a_token_is_found_among_cookies() {
        assert_eq!(token_in_cookies("a=b; __Host-portico-session=ps_x; c=d"), Some("ps_x"));
        for none in ["", "a=b", "__Host-portico-session=", "__Host-portico-sessions=x", "x__Host-portico-session=x"] {
            assert_eq!(token_in_cookies(none), None, "{none}");
        }
        assert_eq!(
            token_in_cookies(session_cookie("ps_x", Role::Client).split(';').next().unwrap_or_default()),
            Some("ps_x")
        );
    }
}
