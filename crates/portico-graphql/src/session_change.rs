//! Changes of the session cookie by an operation.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use portico_core::access::Role;
use secrecy::SecretString;

/// Change of the session in a browser, for the transport to apply.
#[derive(Debug, Clone)]
pub enum SessionChange {
    /// A session has started, and the payload does not return its token.
    Started {
        /// The session token.
        token: SecretString,
        /// The role, which determines the lifetime of the session.
        role: Role,
    },
    /// The session has ended.
    Ended,
}

/// Changes by one operation, in the order of its fields.
#[derive(Clone, Default)]
pub(crate) struct SessionChanges(Arc<Mutex<Vec<SessionChange>>>);

impl SessionChanges {
    /// Takes the changes.
    pub(crate) fn take(&self) -> Vec<SessionChange> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Records a change of the session.
pub(crate) fn note(ctx: &Context<'_>, change: SessionChange) {
    if let Some(changes) = ctx.data_opt::<SessionChanges>() {
        changes.0.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }
}
