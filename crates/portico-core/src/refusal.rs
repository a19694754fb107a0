//! Reasons for rejecting an action, as codes for callers (API-2).

use std::fmt::Display;

text_enum! {
    /// The closed list of reasons that callers can rely on.
    pub enum RefusalCode {
        /// A required value is missing.
        Blank = "BLANK",
        /// A value is not valid; the message says why.
        Invalid = "INVALID",
        /// A value exceeds its maximum length.
        TooLong = "TOO_LONG",
        /// A unique value is in use already.
        Taken = "TAKEN",
        /// The record does not exist for the caller.
        NotFound = "NOT_FOUND",
        /// The current state does not allow the change; the message says why.
        InvalidState = "INVALID_STATE",
        /// The caller does not have the right to do this.
        NotAllowed = "NOT_ALLOWED",
        /// The record has been changed since it was read.
        Conflict = "CONFLICT",
        /// Sign-in failed: the credentials or the link are not valid.
        SignInRefused = "SIGN_IN_REFUSED",
        /// Several sign-ins are possible; choose one.
        ChoiceRequired = "CHOICE_REQUIRED",
        /// The password is too easy to guess.
        PasswordTooWeak = "PASSWORD_TOO_WEAK",
        /// Too many attempts; the message says when to retry.
        TooManyAttempts = "TOO_MANY_ATTEMPTS",
        /// The project is closed to changes.
        ProjectClosed = "PROJECT_CLOSED",
        /// The person already has an account (ACC-3).
        IdentityExists = "IDENTITY_EXISTS",
        /// The person manages their own account (ACC-10).
        ManagedByUser = "MANAGED_BY_USER",
        /// The project has the maximum number of invitations (INV-5).
        InvitationLimit = "INVITATION_LIMIT",
        /// The text of this email cannot be customized (INV-14).
        TemplateLocked = "TEMPLATE_LOCKED",
        /// The title of this email cannot be customized (INV-17).
        TemplateTitleLocked = "TEMPLATE_TITLE_LOCKED",
        /// The caller does not have the permissions to be granted.
        ExceedsOwnPermissions = "EXCEEDS_OWN_PERMISSIONS",
    }
}

/// Why a record in a state does not allow an action; none if the state is one of the possible ones.
///
/// `record` has its article, and `done` follows "can be": `refused_in("the selection", .., "chosen")`.
pub fn refused_in<S>(record: &str, state: S, possible: &[S], done: impl Display) -> Option<String>
where
    S: Copy + PartialEq + Into<&'static str>,
{
    if possible.contains(&state) {
        return None;
    }
    let states: Vec<&str> = possible.iter().map(|state| (*state).into()).collect();
    let states = match states.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    let state: &str = state.into();
    Some(format!("{record} is {state}: only one that is {states} can be {done}"))
}
