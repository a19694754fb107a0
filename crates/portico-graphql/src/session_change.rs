//! What an operation changes about the session of the browser that sent it.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use portico_core::people::Role;
use secrecy::SecretString;

/// A change of the session that a browser keeps, for the transport to carry out.
#[derive(Debug, Clone)]
pub enum SessionChange {
    /// A session has started whose token the payload does not return.
    Started {
        /// The session token.
        token: SecretString,
        /// The role, which decides how long the session lasts.
        role: Role,
    },
    /// The session has ended.
    Ended,
}

/// The changes of one operation, in the order of its fields.
#[derive(Clone, Default)]
pub(crate) struct SessionChanges(Arc<Mutex<Vec<SessionChange>>>);

impl SessionChanges {
    /// Takes the changes.
    pub(crate) fn take(&self) -> Vec<SessionChange> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes a change of the session.
pub(crate) fn note(ctx: &Context<'_>, change: SessionChange) {
    if let Some(changes) = ctx.data_opt::<SessionChanges>() {
        changes.0.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }
}
