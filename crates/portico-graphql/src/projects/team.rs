//! Team of a project.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::projects::{InternalsOfTeamMember, TeamMemberInternalsRow, TeamMemberRow};

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::money::Money;
use crate::scalars::{PhoneNumber, Url};

pub(crate) struct TeamMember(pub(crate) Arc<TeamMemberRow>);

impl TeamMember {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<TeamMemberInternalsRow>>, ApiError> {
        load(ctx, InternalsOfTeamMember(self.0.project_id, self.0.id)).await
    }
}

/// Member of a project's team.
#[gated]
#[Object]
impl TeamMember {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::TEAM_MEMBER, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// Role on the project.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> &str;

    /// URL of a photo. Null if there is none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn photo(&self) -> Option<Url> {
        self.0.photo_url.clone().map(Url)
    }

    /// Telephone number for questions about the project. Null if none is set.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn work_phone(&self) -> Option<PhoneNumber>;

    /// Staff membership. Null for a person who is not on the staff.
    #[shared(STAFF)]
    async fn staff_id(&self) -> Option<ID> {
        self.0.staff_membership_id.map(|id| ids::global(Tag::STAFF_MEMBERSHIP, id))
    }

    /// Whether clients and trade partners see the team member.
    #[shared(STAFF)]
    async fn is_shown(&self) -> bool;

    /// Hourly pay rate. Null until it is set.
    #[shared(OWNER)]
    async fn pay_rate(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let internals = self.internals(ctx).await?;
        Ok(internals.and_then(|row| row.pay_rate_minor.map(|minor| Money::new(minor, row.currency))))
    }

    /// Private telephone number. Null if none is set.
    #[shared(OWNER)]
    async fn private_phone(&self, ctx: &Context<'_>) -> Result<Option<PhoneNumber>, ApiError> {
        let internals = self.internals(ctx).await?;
        Ok(internals.and_then(|row| row.private_phone.clone()).map(PhoneNumber))
    }
}
