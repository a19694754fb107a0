//! A contact's memberships in projects, for staff.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::Tag;
use portico_core::projects::MembershipKind as CoreKind;
use portico_graphql_macros::gated;
use portico_loader::memberships::ContactMembershipRow;
use portico_loader::projects::ProjectById;

use crate::error::ApiError;
use crate::ids;
use crate::invitations::{Invitation, invitation_columns};
use crate::load::load;
use crate::projects::Project;

/// Kind of a project membership. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum MembershipKind {
    /// Client.
    #[shared(STAFF)]
    Client,
    /// Trade partner.
    #[shared(STAFF)]
    Trade,
}

/// Contact's membership in a project.
pub(crate) struct ContactMembership(pub(crate) Arc<ContactMembershipRow>);

/// Contact's membership in a project.
#[gated]
#[Object]
impl ContactMembership {
    /// Membership ID; cannot be fetched with `node`.
    #[requires(CLIENTS_INVITE)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id)
    }

    /// Client or trade partner.
    #[requires(CLIENTS_INVITE)]
    async fn kind(&self) -> MembershipKind {
        self.0.kind.into()
    }

    /// The project. Null without `PROJECTS_READ`.
    #[requires(CLIENTS_INVITE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        Ok(load(ctx, ProjectById(self.0.project_id)).await?.map(Project))
    }

    /// Current invitation into the project.
    #[requires(CLIENTS_INVITE)]
    async fn invitation(&self, ctx: &Context<'_>) -> Invitation {
        Invitation::of(ctx, &invitation_columns!(self.0))
    }
}
