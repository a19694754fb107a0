//! `viewer`: the caller, and the projects visible to the caller.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_core::projects::{ProjectFilter as CoreFilter, ProjectList};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::accounts::NotificationSettingsOfPerson;
use portico_loader::projects::{ProjectCount, ProjectPage};
use portico_loader::sessions::SessionsOfPerson;

use super::notifications::NotificationSettings;
use super::role::Role;
use crate::access::Permission;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::page::{PageArguments, RequestCursors};
use crate::portal::{Onboarding, own_onboarding};
use crate::projects::{ProjectConnection, ProjectFilter, ProjectSortKey, search_words, sort_position};
use crate::scalars::{EmailAddress, PhoneNumber, TimeZone};
use crate::selections::{PendingAction, own_pending_actions};
use crate::sessions::Session;

/// Maximum number of conditions in a filter.
const MAX_CONDITIONS: usize = 50;

pub(crate) struct ViewerNode;

fn person(ctx: &Context<'_>) -> Result<portico_core::access::Person, ApiError> {
    let viewer = ctx.data_unchecked::<Loader>().viewer();
    viewer.person.clone().ok_or_else(|| ApiError::Internal("a viewer without a person".to_owned()))
}

/// The caller: the user or API key whose token was sent.
#[gated]
#[Object(name = "Viewer")]
impl ViewerNode {
    /// Cache key; cannot be fetched with `node`.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        Ok(ids::global(Tag::VIEWER, person(ctx)?.id))
    }

    /// Role in this session.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn role(&self, ctx: &Context<'_>) -> Result<Role, ApiError> {
        let role = ctx.data_unchecked::<Loader>().viewer().role;
        role.map(Into::into).ok_or_else(|| ApiError::Internal("a viewer without a role".to_owned()))
    }

    /// Name of the user or API key.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn name(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(person(ctx)?.name)
    }

    /// Email address of the account. Null for an API key.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<EmailAddress>, ApiError> {
        Ok(person(ctx)?.email.map(EmailAddress))
    }

    /// Telephone number. Null if unknown.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn phone(&self, ctx: &Context<'_>) -> Result<Option<PhoneNumber>, ApiError> {
        Ok(person(ctx)?.phone.map(PhoneNumber))
    }

    /// Language, as a BCP 47 tag: `en-NZ`.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn locale(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(person(ctx)?.locale)
    }

    /// Time zone.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn time_zone(&self, ctx: &Context<'_>) -> Result<TimeZone, ApiError> {
        Ok(TimeZone(person(ctx)?.time_zone))
    }

    /// Permissions, in the order of the enum.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn permissions(&self, ctx: &Context<'_>) -> Vec<Permission> {
        ctx.data_unchecked::<Loader>().viewer().permissions.iter().map(Into::into).collect()
    }

    /// Sessions that have not expired, most recently used first; at most 50.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    #[list_size(SESSIONS)]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Session>>, ApiError> {
        // Expiry is compared to the hour, so that an answer can be cached for that long.
        let now = ctx.data_unchecked::<Arc<Clock>>().moment();
        let rows = load(ctx, SessionsOfPerson(person(ctx)?.id.into())).await?;
        let living = rows.iter().filter(|row| now < row.expires_at);
        Ok(living.map(|row| Session(Arc::clone(row)).into()).collect())
    }

    /// Notification settings. Null for an API key.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Option<NotificationSettings>, ApiError> {
        let row = load(ctx, NotificationSettingsOfPerson(person(ctx)?.id.into())).await?;
        Ok(row.as_deref().map(Into::into))
    }

    /// Introduction shown at the first sign-in. Null without access to a project.
    #[shared(CLIENT)]
    async fn onboarding(&self, ctx: &Context<'_>) -> Result<Option<Onboarding>, ApiError> {
        own_onboarding(ctx).await
    }

    /// Your open actions as a client: `pendingActions` of the first 100 projects by name, earliest due date first, at most 100.
    #[shared(CLIENT)]
    #[list_size(PENDING_ACTIONS)]
    async fn pending_actions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<PendingAction>>, ApiError> {
        own_pending_actions(ctx).await
    }

    /// Projects visible to the caller, sorted by `sortKey`.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Filter. Omit for all items.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "Search words; each must occur in the name, number or address.")] query: Option<String>,
        #[graphql(desc = "Sort order.", default_with = "ProjectSortKey::Name")] sort_key: ProjectSortKey,
        #[graphql(desc = "Whether to reverse the sort order.", default)] reverse: bool,
    ) -> Result<ProjectConnection, ApiError> {
        let loader = ctx.data_unchecked::<Loader>();
        let filter = filter.map(|filter| filter.checked("filter")).transpose()?.unwrap_or_default();
        check_size(&filter)?;
        let list = ProjectList { filter, search: search_words(query)?, sort: sort_key.into(), descending: reverse };
        let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("projects|{list:?}"));
        let slice = page.slice(&cursors)?;
        let page = loader.load(ProjectPage { list: list.clone(), slice }).await?;
        let sort = list.sort;
        let position = sort_position(loader, sort, &page).await?;
        Ok(ProjectConnection::new(page, ProjectCount(list), cursors, position))
    }
}

fn check_size(filter: &CoreFilter) -> Result<(), ApiError> {
    if filter.size() > MAX_CONDITIONS {
        return Err(ApiError::bad_input("filter", format!("must not have more than {MAX_CONDITIONS} conditions")));
    }
    Ok(())
}
