//! A project, from which all that belongs to it hangs.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::messages::NotesOfSubject;
use portico_loader::people::{ClientsOfProject, InvitationsOfProject, TradesOfProject};
use portico_loader::portal::PortalOfProject;
use portico_loader::projects::{
    InternalsOfProject, LocationsOfProject, ProjectInternalsRow, ProjectRow, TeamOfProject,
};
use portico_loader::schedule::{PublishedMilestones, PublishedVersion, VersionsOfProject};
use portico_loader::selections::AllowancesOfProject;

use super::enums::{ProjectStage, ProjectStatus};
use super::{Location, TeamMember};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::explain::{AccessExplanation, VisibilityPreview, explain_access, preview_visibility};
use crate::ids;
use crate::load::load;
use crate::messages::InternalNote;
use crate::money::Money;
use crate::page::PageArguments;
use crate::people::{ProjectClient, ProjectInvitation, ProjectTrade};
use crate::portal::{Portal, PortalSettingsInput};
use crate::scalars::{CurrencyCode, Date, Decimal, TimeZone};
use crate::schedule::{Milestone, Schedule, ScheduleVersion};
use crate::selections::{Allowance, SelectionConnection, SelectionFilter, SelectionSortKey, selections_page};

/// Where a project is.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Address {
    /// Street and house number.
    line: String,
    /// City.
    city: String,
    /// State, province or canton.
    region: String,
    /// Postal code.
    postal_code: String,
    /// ISO 3166-1 code of the country, two letters.
    country: String,
}

/// A home being built or remodeled, or an interior being designed.
pub(crate) struct Project(pub(crate) Arc<ProjectRow>);

impl Project {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ProjectInternalsRow>>, ApiError> {
        load(ctx, InternalsOfProject(self.0.id)).await
    }
}

/// A home being built or remodeled, or an interior being designed.
#[gated]
#[Object]
impl Project {
    /// Its id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.id.0)
    }

    /// The company's own number for it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Its name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn address(&self) -> Address {
        let row = &self.0;
        Address {
            line: row.address_line.clone(),
            city: row.city.clone(),
            region: row.region.clone(),
            postal_code: row.postal_code.clone(),
            country: row.country.clone(),
        }
    }

    /// Where it is in its life.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn status(&self) -> ProjectStatus {
        self.0.status.into()
    }

    /// What is being done.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn stage(&self) -> ProjectStage {
        self.0.stage.into()
    }

    /// The zone in which its dates are meant.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn time_zone(&self) -> TimeZone {
        TimeZone(self.0.time_zone.clone())
    }

    /// The one currency of all its money.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// When work started.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn started_on(&self) -> Option<Date> {
        self.0.started_on.map(Into::into)
    }

    /// Moves whenever something of the project itself has changed.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Contract total with all changes. Null for clients who may not make payments.
    #[shared(CLIENT, STAFF)]
    async fn contract_total(&self, ctx: &Context<'_>) -> Option<Money> {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        let shown = self.0.contract_total_minor.filter(|_| viewer.may_see_money_of(self.0.id));
        shown.map(|minor| Money::new(minor, self.0.currency))
    }

    /// What the project's portal shows, and how it looks.
    #[shared(CLIENT, STAFF)]
    async fn portal(&self, ctx: &Context<'_>) -> Result<Option<Portal>, ApiError> {
        Ok(load(ctx, PortalOfProject(self.0.id)).await?.map(Portal))
    }

    /// The published schedule. Null while there is none, or none is shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn schedule(&self, ctx: &Context<'_>) -> Result<Option<Schedule>, ApiError> {
        Ok(load(ctx, PublishedVersion(self.0.id)).await?.map(Schedule))
    }

    /// All versions of the schedule: unpublished ones first, then the newest.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(VERSIONS)]
    async fn schedule_versions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ScheduleVersion>>, ApiError> {
        let rows = load(ctx, VersionsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ScheduleVersion(Arc::clone(row)).into()).collect())
    }

    /// The milestones of the published schedule, in order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(MILESTONES)]
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Milestone>>, ApiError> {
        let rows = load(ctx, PublishedMilestones(self.0.id)).await?;
        Ok(rows.iter().map(|row| Milestone(Arc::clone(row)).into()).collect())
    }

    /// The choices to be made, and those made.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[shared(CLIENT, TRADE, STAFF)]
    async fn selections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only selections for which this holds.")] filter: Option<SelectionFilter>,
        #[graphql(desc = "What to sort by.", default_with = "SelectionSortKey::Number")] sort_key: SelectionSortKey,
        #[graphql(desc = "Largest first.", default)] reverse: bool,
    ) -> Result<SelectionConnection, ApiError> {
        let page = PageArguments { first, after, last, before };
        selections_page(ctx, self.0.id, page, filter, sort_key, reverse).await
    }

    /// The money set aside for choices.
    #[shared(CLIENT, STAFF)]
    #[list_size(ALLOWANCES)]
    async fn allowances(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Allowance>>, ApiError> {
        let rows = load(ctx, AllowancesOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| Allowance(Arc::clone(row)).into()).collect())
    }

    /// Rooms and other places, in order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(LOCATIONS)]
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Location>>, ApiError> {
        let rows = load(ctx, LocationsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| Location(Arc::clone(row)).into()).collect())
    }

    /// Its clients.
    #[shared(CLIENT, STAFF)]
    #[list_size(CLIENTS)]
    async fn clients(&self, ctx: &Context<'_>) -> Result<Vec<ProjectClient>, ApiError> {
        let rows = load(ctx, ClientsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ProjectClient(Arc::clone(row))).collect())
    }

    /// All invitations of clients that were ever sent, the first one first: those that were taken back as well.
    #[shared(STAFF)]
    #[list_size(INVITATIONS)]
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Vec<ProjectInvitation>, ApiError> {
        let rows = load(ctx, InvitationsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ProjectInvitation(Arc::clone(row))).collect())
    }

    /// Trade partners, in the order in which they were added.
    #[shared(STAFF)]
    #[list_size(TRADES)]
    async fn trades(&self, ctx: &Context<'_>) -> Result<Vec<ProjectTrade>, ApiError> {
        let rows = load(ctx, TradesOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ProjectTrade(Arc::clone(row))).collect())
    }

    /// The company's people on the project.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(TEAM)]
    async fn team(&self, ctx: &Context<'_>) -> Result<Vec<Direct<TeamMember>>, ApiError> {
        let rows = load(ctx, TeamOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| TeamMember(Arc::clone(row)).into()).collect())
    }

    /// What the company means to spend.
    #[requires(COSTS_VIEW)]
    async fn budget(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let budget = self.internals(ctx).await?.and_then(|row| row.budget_minor);
        Ok(budget.map(|minor| Money::new(minor, self.0.currency)))
    }

    /// The share of the price that the company means to keep: `0.18` is 18 percent.
    #[requires(MARGINS_VIEW)]
    async fn target_margin(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.target_margin).map(|rate| Decimal(rate.normalize())))
    }

    /// The team's own word for how the project stands.
    #[requires(COSTS_VIEW)]
    async fn internal_status(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_status.clone()))
    }

    /// What may go wrong.
    #[requires(COSTS_VIEW)]
    async fn risk_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.risk_notes.clone()))
    }

    /// How the client came to the company.
    #[requires(COSTS_VIEW)]
    async fn lead_source(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.lead_source.clone()))
    }

    /// Notes among staff about the project as a whole, oldest first.
    #[requires(MESSAGES_INTERNAL)]
    #[list_size(NOTES)]
    async fn internal_notes(&self, ctx: &Context<'_>) -> Result<Vec<Direct<InternalNote>>, ApiError> {
        let rows = load(ctx, NotesOfSubject(self.0.id, self.0.id.0)).await?;
        Ok(rows.iter().map(|row| InternalNote(Arc::clone(row)).into()).collect())
    }

    /// Whether a client or trade partner of this project sees something, and why. Give either a thing or a coordinate of the
    /// schema. Null if there is no such person or no such thing for you in this project.
    #[requires(ACCESS_EXPLAIN)]
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of their membership of this project; they may have been removed.")] person: ID,
        #[graphql(desc = "The id of something of this project: whatever `node` knows, its portal or its schedule.")]
        record: Option<ID>,
        #[graphql(desc = "A coordinate of the schema: `Task.assignees`.")] coordinate: Option<String>,
    ) -> Result<Option<AccessExplanation>, ApiError> {
        explain_access(ctx, self.0.id, &person, record.as_ref(), coordinate.as_deref()).await
    }

    /// What other settings of the portal would newly show to this project's clients, and what they would hide. Nothing is
    /// changed. It is told for a client who has every right, invited or not.
    #[requires(PROJECTS_WRITE)]
    async fn visibility_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the portal would be set; what is left out stays as it is.")]
        settings: PortalSettingsInput,
        #[graphql(desc = "How many things of each kind are named: 5 unless you say otherwise, 100 at most.")]
        first: Option<i32>,
    ) -> Result<Option<VisibilityPreview>, ApiError> {
        preview_visibility(ctx, self.0.id, settings, first).await
    }
}
