//! Runs the actions of mutations, and defines their payloads (API-2).

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::{Action, ActionError, Actor, Counted, Refusal};
use portico_core::id::Tag;
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_graphql_macros::gated;
use portico_loader::Loader;

use crate::access::Rights;
use crate::answer_size::note_change;
use crate::error::ApiError;
use crate::explain::document_has;
use crate::ids;

/// Reason for a rejection. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusalCode")]
pub(crate) enum UserErrorCode {
    /// A required value is missing.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    Blank,
    /// A value is not valid; the message says why.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    Invalid,
    /// A value exceeds its maximum length.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    TooLong,
    /// A unique value is in use already.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    Taken,
    /// The record does not exist for the caller.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    NotFound,
    /// The current state does not allow the change; the message says why.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    InvalidState,
    /// You do not have the right to do this; the message says who has.
    #[shared(CLIENT)]
    NotAllowed,
    /// The record has been changed since it was read.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    Conflict,
    /// Sign-in failed: the credentials or the link are not valid.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    SignInRefused,
    /// Several sign-ins are possible; choose one.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    ChoiceRequired,
    /// The password is too easy to guess.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    PasswordTooWeak,
    /// Too many attempts; the message says when to retry.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    TooManyAttempts,
    /// The project is closed to changes.
    #[shared(CLIENT, TRADE, STAFF)]
    ProjectClosed,
    /// The person already has an account.
    #[shared(STAFF)]
    IdentityExists,
    /// The person manages their own account.
    #[shared(STAFF)]
    ManagedByUser,
    /// The project has the maximum number of invitations.
    #[shared(STAFF)]
    InvitationLimit,
    /// The text of this email cannot be customized.
    #[shared(STAFF)]
    TemplateLocked,
    /// The title of this email cannot be customized.
    #[shared(STAFF)]
    TemplateTitleLocked,
    /// The caller does not have the permissions to be granted.
    #[shared(STAFF)]
    ExceedsOwnPermissions,
}

#[derive(Debug, Clone)]
pub(crate) struct UserError {
    code: UserErrorCode,
    field: Option<Vec<String>>,
    message: String,
    meta: Option<UserErrorMeta>,
}

/// Reason why a change was rejected; nothing was changed.
#[gated]
#[Object]
impl UserError {
    /// Reason, for programs.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    async fn code(&self, ctx: &Context<'_>) -> Result<UserErrorCode, ApiError> {
        // Clients generate types from their role schema, and cannot read a value that it lacks.
        if cfg!(debug_assertions) {
            let coordinate = format!("UserErrorCode.{}", async_graphql::resolver_utils::enum_value(self.code));
            let rights = *ctx.data_unchecked::<Rights>();
            assert!(document_has(ctx, rights, &coordinate)?, "the caller's schema lacks {coordinate}");
        }
        Ok(self.code)
    }

    /// Path in the arguments: `["input", "email"]`. Null if it concerns the input as a whole.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    #[list_size(NAMES)]
    async fn field(&self) -> Option<&[String]> {
        self.field.as_deref()
    }

    /// Reason and remedy, for people.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    async fn message(&self) -> &str {
        &self.message
    }

    /// Data for programs. Null if there is none.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    async fn meta(&self) -> Option<&UserErrorMeta> {
        self.meta.as_ref()
    }
}

/// Data of a rejection for programs.
#[gated]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UserErrorMeta {
    /// Seconds until a retry can succeed. Null if waiting does not help.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    retry_after_seconds: Option<i32>,
    /// Contact that has the email address already. Null if there is none, and for other rejections.
    #[shared(STAFF)]
    contact_id: Option<ID>,
}

impl UserError {
    /// An error about the input as a whole.
    pub(crate) fn new(code: RefusalCode, message: &str) -> Self {
        Refusal::new(code, message).into()
    }
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let seconds = refusal.retry_after.map(|wait| i32::try_from(wait.as_secs().max(1)).unwrap_or(i32::MAX));
        let contact_id = refusal.contact.map(|contact| ids::global(Tag::CONTACT, contact));
        let has_meta = seconds.is_some() || contact_id.is_some();
        Self {
            code: refusal.code.into(),
            field: (!refusal.field.is_empty()).then_some(refusal.field),
            message: refusal.message,
            meta: has_meta.then_some(UserErrorMeta { retry_after_seconds: seconds, contact_id }),
        }
    }
}

/// Result of an action, or the reasons for its rejection.
pub(crate) type Outcome<T> = Result<T, Vec<UserError>>;

/// Performs an action as the caller. The payload is read after the action, and shows its result.
pub(crate) fn act<'a, A: Action + 'a>(
    ctx: &'a Context<'_>,
    action: A,
) -> BoxFuture<'a, Result<Outcome<A::Done>, ApiError>> {
    carry_out(ctx, move |actor| async move { actor.perform(&action).await })
}

/// Performs work of more than one transaction as the caller.
///
/// Boxed, since the futures of the database's driver are deep, and those of resolvers around them are deeper.
pub(crate) fn carry_out<'a, T, D, F>(ctx: &'a Context<'_>, deed: D) -> BoxFuture<'a, Result<Outcome<T>, ApiError>>
where
    T: Send + 'a,
    D: FnOnce(&'a Actor) -> F + Send + 'a,
    F: Future<Output = Result<T, ActionError>> + Send + 'a,
{
    async move {
        let actor: &'a Actor = ctx.data_unchecked::<Actor>();
        match deed(actor).await {
            Ok(done) => {
                note_change(&ctx.item.node.response_key().node);
                // The action is committed. If its result cannot be read, the reading fields report that.
                if let Ok(seen) = actor.sees_now().await {
                    ctx.data_unchecked::<Loader>().renew(seen);
                }
                Ok(Ok(done))
            }
            Err(ActionError::Refused(refusals)) => {
                let takes_input = ctx.item.node.arguments.iter().any(|(name, _)| name.node == "input");
                Ok(Err(refusals
                    .into_iter()
                    .take(caps::USER_ERRORS as usize)
                    .map(|refusal| at_real_path(refusal, takes_input))
                    .map(Into::into)
                    .collect()))
            }
            Err(error) => Err(error.into()),
        }
    }
    .boxed()
}

/// Actions name members of `input`. A mutation without that argument has them as its own arguments.
fn at_real_path(mut refusal: Refusal, takes_input: bool) -> Refusal {
    if !takes_input && refusal.field.len() > 1 && refusal.field.first().is_some_and(|first| first == "input") {
        refusal.field.remove(0);
    }
    refusal
}

/// Outcome of an action that commits a count with its rejection; to the caller it is a rejection like any other.
pub(crate) fn settled<T>(outcome: Outcome<Counted<T>>) -> Outcome<T> {
    outcome?.map_err(|refusal| vec![refusal.into()])
}

/// Defines the payload of a mutation: its fields, which are null on rejection, and `userErrors`.
macro_rules! payload {
    (
        $(#[$meta:meta])*
        $name:ident for ($($audience:ident),+) {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[portico_graphql_macros::gated($($audience),+)]
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            $($(#[$field_meta])* $field: Option<$type>,)+
            /// Reasons the change was rejected; empty on success.
            #[list_size(USER_ERRORS)]
            user_errors: Vec<$crate::act::UserError>,
        }

        impl $name {
            fn done($($field: impl Into<Option<$type>>),+) -> Self {
                Self { $($field: $field.into(),)+ user_errors: Vec::new() }
            }

            fn refused(user_errors: Vec<$crate::act::UserError>) -> Self {
                Self { $($field: None,)+ user_errors }
            }
        }
    };
}
pub(crate) use payload;
