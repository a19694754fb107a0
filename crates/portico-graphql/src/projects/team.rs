//! The people of the company who work on a project.

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

/// One of the company's people on a project.
pub(crate) struct TeamMember(pub(crate) Arc<TeamMemberRow>);

impl TeamMember {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<TeamMemberInternalsRow>>, ApiError> {
        load(ctx, InternalsOfTeamMember(self.0.project_id, self.0.id)).await
    }
}

/// One of the company's people on a project.
#[gated]
#[Object]
impl TeamMember {
    /// Their id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::TEAM_MEMBER, self.0.id.0)
    }

    /// Their name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they do on this project.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// A picture of them.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn photo(&self) -> Option<Url> {
        self.0.photo_url.clone().map(Url)
    }

    /// The number at which they can be reached about the project.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn work_phone(&self) -> Option<PhoneNumber> {
        self.0.work_phone.clone().map(PhoneNumber)
    }

    /// Their membership of the staff. Null for a person who is not on it.
    #[shared(STAFF)]
    async fn staff_id(&self) -> Option<ID> {
        self.0.staff_membership_id.map(|id| ids::global(Tag::STAFF_MEMBERSHIP, id))
    }

    /// Whether clients and trade partners see them.
    #[shared(STAFF)]
    async fn is_shown(&self) -> bool {
        self.0.is_shown
    }

    /// What an hour of theirs is paid.
    #[shared(OWNER)]
    async fn pay_rate(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let internals = self.internals(ctx).await?;
        Ok(internals.and_then(|row| row.pay_rate_minor.map(|minor| Money::new(minor, row.currency))))
    }

    /// Their own number.
    #[shared(OWNER)]
    async fn private_phone(&self, ctx: &Context<'_>) -> Result<Option<PhoneNumber>, ApiError> {
        let internals = self.internals(ctx).await?;
        Ok(internals.and_then(|row| row.private_phone.clone()).map(PhoneNumber))
    }
}
