//! Access to coordinates of the schema.
//!
//! `#[shared(CLIENT, STAFF)]` opens it to audiences, `#[requires(COSTS_VIEW)]` to staff with a permission; either is
//! enough. Both are declared through [`portico_graphql_macros::gated`], which writes the directive and the guard.

mod permission;

use std::collections::BTreeSet;

use async_graphql::parser::types::OperationType;
use async_graphql::{Enum, Guard, TypeDirective};
use portico_audience::Grants;
use portico_core::access::{Permission as CorePermission, PermissionSet, Role, Viewer};

use crate::answer_size::count_field;
use crate::error::ApiError;
pub(crate) use permission::Permission;

/// Audience of a schema coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Audience")]
pub(crate) enum Audience {
    /// Callers without a token.
    Public,
    /// Clients.
    Client,
    /// Trade partners.
    Trade,
    /// Staff of a company, including owners and API keys.
    Staff,
    /// Owners of a company.
    Owner,
    /// API keys.
    Reporting,
    /// The platform's support.
    Support,
}

impl Audience {
    const fn bit(self) -> u8 {
        1 << self as u8
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Client => "CLIENT",
            Self::Trade => "TRADE",
            Self::Staff => "STAFF",
            Self::Owner => "OWNER",
            Self::Reporting => "REPORTING",
            Self::Support => "SUPPORT",
        }
    }

    /// The audiences of a role.
    const fn of(role: Option<Role>) -> &'static [Self] {
        match role {
            None => &[Self::Public],
            Some(Role::Client) => &[Self::Client],
            Some(Role::Trade) => &[Self::Trade],
            Some(Role::Staff) => &[Self::Staff],
            Some(Role::Owner) => &[Self::Staff, Self::Owner],
            Some(Role::Reporting) => &[Self::Staff, Self::Reporting],
            Some(Role::Support) => &[Self::Support],
        }
    }
}

/// Audiences that may use a coordinate; any one of them, or the permission of `@requires`, is enough.
#[TypeDirective(
    location = "Object",
    location = "InputObject",
    location = "FieldDefinition",
    location = "ArgumentDefinition",
    location = "InputFieldDefinition",
    location = "EnumValue"
)]
pub(crate) fn shared(with: Vec<Audience>) {}

/// Permission that opens a coordinate.
#[TypeDirective(
    location = "FieldDefinition",
    location = "ArgumentDefinition",
    location = "InputFieldDefinition",
    location = "EnumValue"
)]
pub(crate) fn requires(permission: Permission) {}

/// Assumed length of a list without pages, for the cost of an operation, and its maximum.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub(crate) fn list_size(assumed_size: u32, maximum: u32) {}

/// Rights of a caller: the key of the role schema, and what guards check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rights {
    role: Option<Role>,
    permissions: PermissionSet,
}

impl Rights {
    /// The rights of a viewer, signed in or not.
    pub fn of(viewer: &Viewer) -> Self {
        Self::new(viewer.role, viewer.permissions)
    }

    /// The rights of a role with permissions.
    pub const fn new(role: Option<Role>, permissions: PermissionSet) -> Self {
        Self { role, permissions }
    }

    /// The rights in the terms of `portico-audience`.
    pub fn grants(self) -> Grants {
        let names = Audience::of(self.role).iter().map(|audience| audience.name().to_owned());
        let permissions = self.permissions.iter().map(|permission| permission.as_str().to_owned());
        Grants {
            audiences: names.collect::<BTreeSet<_>>(),
            permissions: permissions.collect::<BTreeSet<_>>(),
            reads_only: self.reads_only(),
        }
    }

    /// The audiences, one bit each.
    const fn held(self) -> u8 {
        let (mut held, mut rest) = (0, Audience::of(self.role));
        while let [audience, others @ ..] = rest {
            held |= audience.bit();
            rest = others;
        }
        held
    }

    /// Whether the caller may only read.
    const fn reads_only(self) -> bool {
        matches!(self.role, Some(Role::Reporting))
    }

    fn is_staff(self) -> bool {
        Audience::of(self.role).contains(&Audience::Staff)
    }
}

/// Guard of one coordinate.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    audiences: u8,
    permission: Option<CorePermission>,
}

impl Gate {
    /// A guard that opens to audiences, and to callers with the permission.
    pub(crate) fn new(audiences: &[Audience], permission: Option<Permission>) -> Self {
        let audiences = audiences.iter().fold(0, |bits, audience| bits | audience.bit());
        Self { audiences, permission: permission.map(Into::into) }
    }

    /// Whether the guard admits these rights.
    pub fn opens_to(self, rights: Rights) -> bool {
        self.audiences & rights.held() != 0 || self.permission.is_some_and(|needed| rights.permissions.contains(needed))
    }
}

impl Guard for Gate {
    async fn check(&self, context: &async_graphql::Context<'_>) -> async_graphql::Result<()> {
        count_field(&context.item.node.response_key().node).await;
        let rights = *context.data_unchecked::<Rights>();
        // Keys are read-only, whatever their permissions.
        let is_change = context.query_env.operation.node.ty != OperationType::Query;
        if self.opens_to(rights) && !(is_change && rights.reads_only()) {
            return Ok(());
        }
        let missing = if rights.is_staff() { self.permission } else { None };
        Err(ApiError::NotForViewer { field: context.field().name().to_owned(), missing }.into())
    }
}
