//! `viewer`: who asks, and the projects that are theirs.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_core::projects::{ProjectFilter as CoreFilter, ProjectList};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::people::{NotificationSettingsOfPerson, SessionsOfPerson};
use portico_loader::projects::{ProjectCount, ProjectPage};

use super::enums::{Permission, Role};
use super::session::{NotificationSettings, Session};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::page::{PageArguments, RequestCursors};
use crate::portal::{Onboarding, own_onboarding};
use crate::projects::{ProjectConnection, ProjectFilter, ProjectSortKey, search_words, sort_position};
use crate::scalars::{EmailAddress, PhoneNumber, TimeZone};

/// The longest filter, in conditions.
const MAX_CONDITIONS: usize = 50;

/// You: the person, or the key, whose token was sent.
pub(crate) struct ViewerNode;

fn person<'a>(ctx: &Context<'a>) -> Result<&'a portico_core::people::Person, ApiError> {
    let viewer = ctx.data_unchecked::<Loader>().viewer();
    viewer.person.as_ref().ok_or_else(|| ApiError::Defect("a viewer without a person".to_owned()))
}

/// You: the person, or the key, whose token was sent.
#[gated]
#[Object(name = "Viewer")]
impl ViewerNode {
    /// Your id.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        Ok(ids::global(Tag::VIEWER, person(ctx)?.id))
    }

    /// What you are in this session.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn role(&self, ctx: &Context<'_>) -> Result<Role, ApiError> {
        let role = ctx.data_unchecked::<Loader>().viewer().role;
        role.map(Into::into).ok_or_else(|| ApiError::Defect("a viewer without a role".to_owned()))
    }

    /// Your name, or the name of the key.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn name<'a>(&self, ctx: &Context<'a>) -> Result<&'a str, ApiError> {
        Ok(&person(ctx)?.name)
    }

    /// The address by which you are known. Null for a key.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<EmailAddress>, ApiError> {
        Ok(person(ctx)?.email.clone().map(EmailAddress))
    }

    /// Your telephone number, if you gave one.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn phone(&self, ctx: &Context<'_>) -> Result<Option<PhoneNumber>, ApiError> {
        Ok(person(ctx)?.phone.clone().map(PhoneNumber))
    }

    /// Your language, as a BCP 47 tag: `en-NZ`.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn locale<'a>(&self, ctx: &Context<'a>) -> Result<&'a str, ApiError> {
        Ok(&person(ctx)?.locale)
    }

    /// Your time zone.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn time_zone(&self, ctx: &Context<'_>) -> Result<TimeZone, ApiError> {
        Ok(TimeZone(person(ctx)?.time_zone.clone()))
    }

    /// What you may do beyond signing in.
    #[shared(STAFF)]
    async fn permissions(&self, ctx: &Context<'_>) -> Vec<Permission> {
        ctx.data_unchecked::<Loader>().viewer().permissions.iter().map(Into::into).collect()
    }

    /// Where you are signed in, those that were used last first.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    #[list_size(SESSIONS)]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        // What has run out is not one of them. To the hour is near enough, and holds for as long.
        let now = ctx.data_unchecked::<Arc<Clock>>().moment();
        let rows = load(ctx, SessionsOfPerson(person(ctx)?.id.into())).await?;
        let living = rows.iter().rev().filter(|row| now < row.expires_at);
        Ok(living.map(|row| Session(Arc::clone(row))).collect())
    }

    /// How you wish to be told of news. Null for a key.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Option<NotificationSettings>, ApiError> {
        let row = load(ctx, NotificationSettingsOfPerson(person(ctx)?.id.into())).await?;
        Ok(row.as_deref().map(Into::into))
    }

    /// What you are shown when you first sign in. Null before you have access to a project.
    #[shared(CLIENT)]
    async fn onboarding(&self, ctx: &Context<'_>) -> Result<Option<Onboarding>, ApiError> {
        own_onboarding(ctx).await
    }

    /// The projects that you may see.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[shared(CLIENT, TRADE, STAFF)]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only projects for which this holds.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "Only projects that have each of these words in their name, number or address.")]
        query: Option<String>,
        #[graphql(desc = "What to sort by.", default_with = "ProjectSortKey::Name")] sort_key: ProjectSortKey,
        #[graphql(desc = "Largest first.", default)] reverse: bool,
    ) -> Result<ProjectConnection, ApiError> {
        let loader = ctx.data_unchecked::<Loader>();
        let filter = filter.map(|filter| filter.checked("filter")).transpose()?.unwrap_or_default();
        refuse_long(&filter)?;
        let list = ProjectList { filter, search: search_words(query)?, sort: sort_key.into(), descending: reverse };
        let cursors = ctx.data_unchecked::<RequestCursors>().of_list(loader.viewer(), &format!("projects|{list:?}"));
        let slice = PageArguments { first, after, last, before }.slice(&cursors)?;
        let page = loader.load(ProjectPage { list: list.clone(), slice }).await?;
        let sort = list.sort;
        let position = sort_position(loader, sort, &page).await?;
        Ok(ProjectConnection::new(page, ProjectCount(list), cursors, position))
    }
}

fn refuse_long(filter: &CoreFilter) -> Result<(), ApiError> {
    if filter.size() > MAX_CONDITIONS {
        return Err(ApiError::bad_input("filter", format!("has more than {MAX_CONDITIONS} conditions")));
    }
    Ok(())
}
