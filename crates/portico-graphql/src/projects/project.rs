//! The type `Project`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_core::activity::LogScope;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::invitations::InvitationsOfProject;
use portico_loader::memberships::{ClientsOfProject, TradesOfProject};
use portico_loader::portal::PortalOfProject;
use portico_loader::projects::{
    InternalsOfProject, LocationsOfProject, ProjectInternalsRow, ProjectRow, TeamOfProject,
};
use portico_loader::schedule::{MilestonesOfProject, PublishedVersion, VersionsOfProject};
use portico_loader::selections::AllowancesOfProject;

use super::enums::{ProjectStage, ProjectStatus};
use super::{Location, TeamMember};
use crate::activity::{ActivityConnection, ActivityFilter, UpdateConnection, activity_page, updates_page};
use crate::calendar::{CalendarFeed, calendar_feed_of};
use crate::changes::{ProjectChanges, changes_since};
use crate::decisions::{DecisionConnection, DecisionVerification, decisions_page, verify_decisions};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::explain::{AccessExplanation, VisibilityPreview, explain_access, preview_visibility};
use crate::files::{
    Album, File, FileConnection, FileFilter, FileSortKey, ProjectStorage, albums_of, cover_photo_of, files_address_of,
    files_page, photos_page, storage_of,
};
use crate::ids;
use crate::invitations::ProjectInvitation;
use crate::load::load;
use crate::memberships::{ProjectClient, ProjectTrade, ViewerMembership};
use crate::messages::{ThreadAudience, ThreadConnection, ThreadFilter, threads_page, unread_in_project};
use crate::money::Money;
use crate::page::PageArguments;
use crate::portal::{Portal, PortalSettingsInput};
use crate::scalars::{CurrencyCode, Date, Decimal, EmailAddress, TimeZone};
use crate::schedule::{Milestone, Schedule, ScheduleDelay, ScheduleVersion, delays_of};
use crate::selections::{
    Allowance, PendingAction, SelectionConnection, SelectionFilter, SelectionSortKey, pending_actions, selections_page,
};

/// Postal address.
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
    /// ISO 3166-1 country code, two letters: `US`.
    country: String,
}

pub(crate) struct Project(pub(crate) Arc<ProjectRow>);

impl Project {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ProjectInternalsRow>>, ApiError> {
        load(ctx, InternalsOfProject(self.0.id)).await
    }
}

/// Construction, remodeling or design project.
#[gated]
#[Object]
impl Project {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.id.0)
    }

    /// Project number, unique within the company.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn number(&self) -> &str;

    /// Name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// Address of the site.
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

    /// Lifecycle status, from prospect to archived.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn status(&self) -> ProjectStatus;

    /// Current construction phase.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn stage(&self) -> ProjectStage;

    /// Time zone of the project's dates.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn time_zone(&self) -> TimeZone;

    /// The project's only currency.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// First day of work. Null while it is not known.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn started_on(&self) -> Option<Date>;

    /// Increases with every change. For clients and trade partners, with every change that all of them can see.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// Contract total with all changes. Null until it is set, and for clients who may not make payments.
    #[shared(CLIENT, STAFF)]
    async fn contract_total(&self, ctx: &Context<'_>) -> Option<Money> {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        let shown = self.0.contract_total_minor.filter(|_| viewer.may_see_money_of(self.0.id));
        shown.map(|minor| Money::new(minor, self.0.currency))
    }

    /// Your membership, as a client of the project. Null for others.
    #[shared(CLIENT, STAFF)]
    async fn viewer_membership(&self, ctx: &Context<'_>) -> Option<ViewerMembership> {
        ViewerMembership::of(&ctx.data_unchecked::<Loader>().viewer(), self.0.id)
    }

    /// Portal of the project. Null if you have no access to it.
    #[shared(CLIENT, STAFF)]
    async fn portal(&self, ctx: &Context<'_>) -> Result<Option<Portal>, ApiError> {
        Ok(load(ctx, PortalOfProject(self.0.id)).await?.map(Portal))
    }

    /// Published schedule. Null unless a version is published and shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn schedule(&self, ctx: &Context<'_>) -> Result<Option<Schedule>, ApiError> {
        Ok(load(ctx, PublishedVersion(self.0.id)).await?.map(Schedule))
    }

    /// Your calendar feed of the schedule. Null until you create it.
    #[shared(CLIENT, TRADE)]
    async fn calendar_feed(&self, ctx: &Context<'_>) -> Result<Option<CalendarFeed>, ApiError> {
        calendar_feed_of(ctx, self.0.id).await
    }

    /// All versions of the schedule: the draft first, then the newest.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(VERSIONS)]
    async fn schedule_versions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ScheduleVersion>>, ApiError> {
        let rows = load(ctx, VersionsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ScheduleVersion(Arc::clone(row)).into()).collect())
    }

    /// Milestones of the published schedule, in schedule order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(MILESTONES)]
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Milestone>>, ApiError> {
        let rows = load(ctx, MilestonesOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| Milestone(Arc::clone(row)).into()).collect())
    }

    /// Delays of the schedule with their reasons, ordered by first day.
    #[shared(CLIENT, STAFF)]
    #[list_size(DELAYS)]
    async fn schedule_delays(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ScheduleDelay>>, ApiError> {
        delays_of(ctx, self.0.id).await
    }

    /// Open actions of the project's clients: selections that wait for a choice or its approval, earliest due date first, at most 100.
    /// None in archived projects.
    #[shared(CLIENT)]
    #[list_size(PENDING_ACTIONS)]
    async fn pending_actions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<PendingAction>>, ApiError> {
        pending_actions(ctx, std::slice::from_ref(&self.0)).await
    }

    /// Selections of the project, ordered by `sortKey`.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn selections(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<SelectionFilter>,
        #[graphql(default_with = "SelectionSortKey::Number")] sort_key: SelectionSortKey,
        #[graphql(default)] reverse: bool,
    ) -> Result<SelectionConnection, ApiError> {
        selections_page(ctx, self.0.id, page, filter, sort_key, reverse).await
    }

    /// Allowances, in the company's order.
    #[shared(CLIENT, STAFF)]
    #[list_size(ALLOWANCES)]
    async fn allowances(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Allowance>>, ApiError> {
        let rows = load(ctx, AllowancesOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| Allowance(Arc::clone(row)).into()).collect())
    }

    /// Decisions of the project's clients, newest first. Decisions of removed clients remain.
    #[shared(CLIENT, STAFF)]
    async fn decisions(&self, ctx: &Context<'_>, page: PageArguments) -> Result<DecisionConnection, ApiError> {
        decisions_page(ctx, self.0.id, page).await
    }

    /// Recomputes the hashes of all decisions, and verifies the signature of the newest.
    #[shared(CLIENT, STAFF)]
    async fn decision_verify(&self, ctx: &Context<'_>) -> Result<DecisionVerification, ApiError> {
        verify_decisions(ctx, self.0.id).await
    }

    /// Threads, by their last message, newest first.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<ThreadFilter>,
        #[graphql(
            desc = "Words that all occur in the title or in one message, ignoring case and accents. Omit for all threads."
        )]
        query: Option<String>,
    ) -> Result<ThreadConnection, ApiError> {
        threads_page(ctx, self.0.id, page, filter, query).await
    }

    /// Number of messages that others wrote and you have not read. 0 for API keys.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn unread_message_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Audience of the threads. Omit for all threads that you have access to.")] audience: Option<
            ThreadAudience,
        >,
    ) -> Result<i64, ApiError> {
        unread_in_project(ctx, self.0.id, audience).await
    }

    /// Files and photos, ordered by `sortKey`.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn files(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<FileFilter>,
        #[graphql(desc = "Words that all occur in the name, ignoring case and accents. Omit for all files.")]
        query: Option<String>,
        #[graphql(default_with = "FileSortKey::CreatedAt")] sort_key: FileSortKey,
        #[graphql(default)] reverse: bool,
    ) -> Result<FileConnection, ApiError> {
        files_page(ctx, self.0.id, page, (filter, query), (sort_key, reverse)).await
    }

    /// Photos and videos, newest first.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn photos(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<FileFilter>,
    ) -> Result<FileConnection, ApiError> {
        photos_page(ctx, self.0.id, page, filter).await
    }

    /// Albums, in the company's order.
    #[shared(CLIENT, STAFF)]
    #[list_size(ALBUMS)]
    async fn albums(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Album>>, ApiError> {
        albums_of(ctx, self.0.id).await
    }

    /// Photo that stands for the project. Null if there is none, or if you have no access to it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn cover_photo(&self, ctx: &Context<'_>) -> Result<Option<File>, ApiError> {
        cover_photo_of(ctx, self.0.id).await
    }

    /// Address to which clients and the company mail files: attachments become files of the project. Those of clients are shared with
    /// clients, those of the company are not; those of other senders wait until the company releases them. Null if the installation
    /// receives no mail, and for clients without the section `DOCUMENTS`.
    #[shared(CLIENT, STAFF)]
    async fn files_address(&self, ctx: &Context<'_>) -> Result<Option<EmailAddress>, ApiError> {
        files_address_of(ctx, self.0.id).await
    }

    /// Bytes that the project's files use.
    #[requires(DOCUMENTS_MANAGE)]
    async fn storage(&self, ctx: &Context<'_>) -> Result<ProjectStorage, ApiError> {
        storage_of(ctx, self.0.id).await
    }

    /// Rooms and other locations, ordered by `sort`.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(LOCATIONS)]
    async fn locations(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Location>>, ApiError> {
        let rows = load(ctx, LocationsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| Location(Arc::clone(row)).into()).collect())
    }

    /// Clients, in the order in which they were added.
    #[shared(CLIENT, STAFF)]
    #[list_size(CLIENTS)]
    async fn clients(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ProjectClient>>, ApiError> {
        let rows = load(ctx, ClientsOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ProjectClient(Arc::clone(row)).into()).collect())
    }

    /// Invitations of clients, oldest first: the current ones, and the newest of those that ended; at most 50.
    #[shared(STAFF)]
    #[list_size(INVITATIONS)]
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ProjectInvitation>>, ApiError> {
        let mut rows = load(ctx, InvitationsOfProject(self.0.id)).await?.to_vec();
        rows.sort_by_key(|row| (row.sent_at, row.id));
        Ok(rows.into_iter().map(|row| ProjectInvitation(row).into()).collect())
    }

    /// Trade partners, in the order in which they were added.
    #[shared(STAFF)]
    #[list_size(TRADES)]
    async fn trades(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ProjectTrade>>, ApiError> {
        let rows = load(ctx, TradesOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| ProjectTrade(Arc::clone(row)).into()).collect())
    }

    /// Team members, in the company's order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(TEAM)]
    async fn team(&self, ctx: &Context<'_>) -> Result<Vec<Direct<TeamMember>>, ApiError> {
        let rows = load(ctx, TeamOfProject(self.0.id)).await?;
        Ok(rows.iter().map(|row| TeamMember(Arc::clone(row)).into()).collect())
    }

    /// Budget. Null until it is set.
    #[requires(COSTS_VIEW)]
    async fn budget(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let budget = self.internals(ctx).await?.and_then(|row| row.budget_minor);
        Ok(budget.map(|minor| Money::new(minor, self.0.currency)))
    }

    /// Target margin in percent of the price: `18` is 18 %. Null until it is set.
    #[requires(MARGINS_VIEW)]
    async fn target_margin(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.target_margin).map(Decimal::percent))
    }

    /// Internal status. Null until it is set.
    #[requires(COSTS_VIEW)]
    async fn internal_status(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_status.clone()))
    }

    /// Risk notes. Null if there are none.
    #[requires(COSTS_VIEW)]
    async fn risk_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.risk_notes.clone()))
    }

    /// Source of the lead. Null if it is not known.
    #[requires(COSTS_VIEW)]
    async fn lead_source(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.lead_source.clone()))
    }

    /// Audit log of the project, newest first: entries about what you have access to.
    #[shared(STAFF)]
    async fn activity(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<ActivityFilter>,
    ) -> Result<ActivityConnection, ApiError> {
        activity_page(ctx, LogScope::Project(self.0.id), page, filter).await
    }

    /// Updates of the project for its clients, newest first: what happened, limited to what you have access to. Clients read it from
    /// the time when they joined.
    #[shared(CLIENT, STAFF)]
    async fn updates(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Only your own actions, and changes of your access.", default)] own: bool,
    ) -> Result<UpdateConnection, ApiError> {
        updates_page(ctx, self.0.id, page, own).await
    }

    /// Changes of the project's records since a cursor, for apps that keep a copy. Records are those that `node` returns. A change of
    /// members, invitations, the portal, calendar feeds or the published schedule is reported as a change of the project. Not reported:
    /// records of the company, such as its branding, values of other records, such
    /// as `approvalDocument`, and the order of lists. Null if your
    /// access ends meanwhile.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Cursor of an earlier answer. Omit to get all records as `CREATED`. `CURSOR_INVALID`: fetch again without it."
        )]
        since: Option<String>,
        #[graphql(desc = "Page size, 25 by default, at most 100.")] first: Option<i32>,
    ) -> Result<Option<ProjectChanges>, ApiError> {
        changes_since(ctx, self.0.id, since.as_deref(), first).await
    }

    /// Explains whether a client or trade partner sees something. Give either `record` or `coordinate`. Null if the
    /// person or the record does not exist for you in this project.
    #[requires(ACCESS_EXPLAIN)]
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Membership in this project, current or removed.")] person: ID,
        #[graphql(desc = "ID of a record of this project. Any type of `node`, the portal or the schedule.")]
        record: Option<ID>,
        #[graphql(desc = "Schema coordinate: `Task.assignees`.")] coordinate: Option<String>,
    ) -> Result<Option<AccessExplanation>, ApiError> {
        explain_access(ctx, self.0.id, &person, record.as_ref(), coordinate.as_deref()).await
    }

    /// Previews which records other portal settings would show or hide. Changes nothing. Assumes a client with every
    /// right, invited or not. Null if you have no access to the portal.
    #[requires(PROJECTS_WRITE)]
    async fn visibility_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Portal settings to preview.")] settings: PortalSettingsInput,
        #[graphql(desc = "Records per kind, 5 by default, at most 100.")] first: Option<i32>,
    ) -> Result<Option<VisibilityPreview>, ApiError> {
        preview_visibility(ctx, self.0.id, settings, first).await
    }
}
