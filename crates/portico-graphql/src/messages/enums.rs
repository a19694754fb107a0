//! Enumerations of threads.

use async_graphql::Enum;
use portico_core::messages::{AuthorKind as CoreAuthorKind, ThreadAudience as CoreAudience, ThreadKind as CoreKind};
use portico_graphql_macros::gated;

/// Who reads a thread in addition to the company. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAudience")]
pub(crate) enum ThreadAudience {
    /// All clients of the project.
    #[shared(CLIENT, STAFF)]
    Client,
    /// One trade partner of the project.
    #[shared(TRADE)]
    #[requires(MESSAGES_INTERNAL)]
    Trade,
    /// Staff only.
    #[requires(MESSAGES_INTERNAL)]
    Internal,
}

/// Kind of a thread. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum ThreadKind {
    /// Conversation.
    #[shared(CLIENT, TRADE, STAFF)]
    Discussion,
    /// Feedback that a client sent from the help section.
    #[shared(CLIENT, STAFF)]
    Feedback,
}

/// Capacity in which a message was written. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAuthorKind")]
pub(crate) enum MessageAuthorKind {
    /// The company.
    #[shared(CLIENT, TRADE, STAFF)]
    Company,
    /// Client of the project.
    #[shared(CLIENT, STAFF)]
    Client,
    /// Trade partner of the project.
    #[shared(TRADE)]
    #[requires(MESSAGES_INTERNAL)]
    Trade,
}
