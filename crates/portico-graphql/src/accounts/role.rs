//! Roles of the schema.

use async_graphql::Enum;
use portico_core::access::Role as CoreRole;
use portico_graphql_macros::gated;

/// Role of the caller in this session. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRole")]
pub(crate) enum Role {
    /// Owner of a company.
    #[shared(OWNER)]
    Owner,
    /// Member of a company's staff.
    #[shared(STAFF)]
    Staff,
    /// Trade partner.
    #[shared(TRADE)]
    Trade,
    /// Client.
    #[shared(CLIENT)]
    Client,
    /// API key.
    #[shared(REPORTING)]
    Reporting,
    /// Support agent of the platform.
    #[shared(SUPPORT)]
    Support,
}
