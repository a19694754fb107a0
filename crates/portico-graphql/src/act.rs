//! How mutations act, and what their payloads have in common (API-2).

use async_graphql::{Context, Enum, SimpleObject};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::{Action, ActionError, Actor, Counted, Refusal};
use portico_core::refusal::RefusalCode;
use portico_graphql_macros::gated;
use portico_loader::Loader;

use crate::error::ApiError;

/// Why something was not done. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusalCode")]
pub(crate) enum UserErrorCode {
    /// Something that is needed was left out.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    Blank,
    /// A value is not what it should be.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    Invalid,
    /// A value is longer than it may be.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    TooLong,
    /// Something like this is there already.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    Taken,
    /// There is no such thing for you.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    NotFound,
    /// The thing is in a state in which this cannot be done.
    #[shared(CLIENT, TRADE, STAFF)]
    InvalidState,
    /// The thing has been changed since you read it.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    Conflict,
    /// The name, the password or the link does not let you in.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    SignInRefused,
    /// Several places are open to you, and one has to be chosen.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF)]
    ChoiceNeeded,
    /// The password is too easy to guess.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    PasswordTooWeak,
    /// This has been tried too often.
    #[shared(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
    TooManyTries,
    /// The project is closed to changes.
    #[shared(CLIENT, TRADE, STAFF)]
    ProjectClosed,
    /// The person has an account already.
    #[shared(STAFF)]
    IdentityExists,
    /// The person looks after their own account.
    #[shared(STAFF)]
    ManagedByUser,
    /// The project has as many invitations as it can have.
    #[shared(STAFF)]
    InvitationLimit,
    /// This mail's text is the same for everybody.
    #[shared(STAFF)]
    TemplateLocked,
    /// This mail's title is the same for everybody.
    #[shared(STAFF)]
    TemplateTitleLocked,
    /// The caller would give more than they have: to a key, or to a member of staff.
    #[shared(STAFF)]
    ExceedsOwnPermissions,
}

/// Why something was not done; then nothing was changed.
#[gated(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UserError {
    /// Why, in a word that programs can rely on.
    code: UserErrorCode,
    /// What of the input it is about, such as `["input", "email"]`. Null if it is about all of it.
    field: Option<Vec<String>>,
    /// Why, in a sentence for people.
    message: String,
    /// What programs need besides. Null if nothing.
    meta: Option<UserErrorMeta>,
}

/// What programs need besides a reason.
#[gated(PUBLIC, CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UserErrorMeta {
    /// After so many seconds it may be tried again.
    retry_after_seconds: Option<i32>,
}

impl UserError {
    /// About the whole.
    pub(crate) fn new(code: RefusalCode, message: &str) -> Self {
        Refusal::new(code, message).into()
    }
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let seconds = refusal.retry_after.map(|wait| i32::try_from(wait.as_secs().max(1)).unwrap_or(i32::MAX));
        Self {
            code: refusal.code.into(),
            field: (!refusal.field.is_empty()).then_some(refusal.field),
            message: refusal.message,
            meta: seconds.map(|seconds| UserErrorMeta { retry_after_seconds: Some(seconds) }),
        }
    }
}

/// What came of an action: what it answers, or why it was not done.
pub(crate) type Outcome<T> = Result<T, Vec<UserError>>;

/// Does something as whoever asks. Afterwards everything is read anew, so that the payload shows the state that it led to.
pub(crate) fn act<'a, A: Action + 'a>(
    ctx: &'a Context<'_>,
    action: A,
) -> BoxFuture<'a, Result<Outcome<A::Done>, ApiError>> {
    carry_out(ctx, move |actor| async move { actor.perform(&action).await })
}

/// The same for what takes more than one transaction.
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
                // It has been done. Should it not be possible to read what came of it, reading will say so.
                if let Ok(seen) = actor.sees_now().await {
                    ctx.data_unchecked::<Loader>().renew(seen);
                }
                Ok(Ok(done))
            }
            Err(ActionError::Refused(refusals)) => {
                let takes_input = ctx.item.node.arguments.iter().any(|(name, _)| name.node == "input");
                Ok(Err(refusals
                    .into_iter()
                    .map(|refusal| at_real_path(refusal, takes_input))
                    .map(Into::into)
                    .collect()))
            }
            Err(error) => Err(error.into()),
        }
    }
    .boxed()
}

/// Actions speak of members of `input`; a mutation without such an argument has them as arguments of its own.
fn at_real_path(mut refusal: Refusal, takes_input: bool) -> Refusal {
    if !takes_input && refusal.field.len() > 1 && refusal.field.first().is_some_and(|first| first == "input") {
        refusal.field.remove(0);
    }
    refusal
}

/// The outcome of an action that counts what it refuses: such a refusal is one like any other to whoever asked.
pub(crate) fn settled<T>(outcome: Outcome<Counted<T>>) -> Outcome<T> {
    outcome?.map_err(|refusal| vec![refusal.into()])
}

/// Makes the payload of a mutation: what it answers, which is null if it was refused, and why it was.
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
