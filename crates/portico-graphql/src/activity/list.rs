//! Lists of the audit log: pages and filter.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject};
use portico_core::activity::{
    ActivityKind as CoreKind, ActivityList, ActorMembership, LogClients, LogScope, SubjectKind, TimeRange,
};
use portico_core::id::{ProjectId, Tag};
use portico_core::page::{Paged, Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::activity::{ActivityCount, ActivityPage, ActivityRow};
use uuid::Uuid;

use super::entry::Activity;
use super::enums::{ActivityActorRole, ActivityKind, ActivitySubjectKind};
use super::update::Update;
use crate::error::ApiError;
use crate::ids;
use crate::page::{Cursors, PageArguments, RequestCursors, connection};
use crate::scalars::DateTime;

connection! {
    /// Page of the audit log.
    ActivityConnection, ActivityEdge of Activity(ActivityRow), counted by ActivityCount, shared with (STAFF)
}

connection! {
    /// Page of a project's updates.
    UpdateConnection, UpdateEdge of Update(ActivityRow), counted by ActivityCount, shared with (CLIENT, STAFF)
}

/// Filter by kind of action.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ActivityKindFilter {
    #[graphql(name = "in")]
    one_of: Vec<ActivityKind>,
}

/// Filter by role of the actor.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ActivityActorRoleFilter {
    #[graphql(name = "in")]
    one_of: Vec<ActivityActorRole>,
}

/// Range of instants, RFC 3339. Bounds are combined with AND.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct DateTimeFilter {
    /// At or after this instant.
    gte: Option<DateTime>,
    /// After this instant.
    gt: Option<DateTime>,
    /// At or before this instant.
    lte: Option<DateTime>,
    /// Before this instant.
    lt: Option<DateTime>,
}

impl DateTimeFilter {
    /// The instants; `path` is that of the filter, for errors.
    pub(crate) fn checked(&self, path: &str) -> Result<TimeRange, ApiError> {
        let read = |time: &Option<DateTime>, name| {
            time.as_ref().map(|time| time.checked(&format!("{path}.{name}"))).transpose()
        };
        Ok(TimeRange {
            gte: read(&self.gte, "gte")?,
            gt: read(&self.gt, "gt")?,
            lte: read(&self.lte, "lte")?,
            lt: read(&self.lt, "lt")?,
        })
    }
}

/// Filter of an audit log. Conditions are combined with AND.
#[gated(STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ActivityFilter {
    /// Kind of action.
    kind: Option<ActivityKindFilter>,
    /// Role of the actor.
    actor_role: Option<ActivityActorRoleFilter>,
    /// Membership ID of the actor: a member of staff, or a client or trade partner of the project.
    actor_id: Option<ID>,
    /// ID of the record that entries are about, also if it no longer exists.
    subject_id: Option<ID>,
    /// Time of the action.
    at: Option<DateTimeFilter>,
}

impl ActivityFilter {
    fn checked(self) -> Result<ActivityList, ApiError> {
        let Self { kind, actor_role, actor_id, subject_id, at } = self;
        Ok(ActivityList {
            kind_in: kind.map(|kind| kind.one_of.into_iter().map(Into::into).collect()),
            actor_kind_in: actor_role.map(|role| role.one_of.into_iter().map(Into::into).collect()),
            actor: actor_id.map(|id| actor(&id)).transpose()?,
            subject: subject_id.map(|id| subject(&id)).transpose()?,
            at: at.map(|at| at.checked("filter.at")).transpose()?.unwrap_or_default(),
            is_own: false,
        })
    }
}

/// The actor with an ID. One of another type matches nothing, like one that does not exist.
fn actor(id: &ID) -> Result<ActorMembership, ApiError> {
    let id = ids::read(id, "filter.actorId")?;
    Ok(match id.tag {
        Tag::STAFF_MEMBERSHIP => ActorMembership::Staff(id.uuid.into()),
        Tag::PROJECT_MEMBERSHIP => ActorMembership::Project(id.uuid.into()),
        _ => ActorMembership::Staff(Uuid::nil().into()),
    })
}

/// The subject with an ID. One of another type matches nothing, like one that does not exist.
fn subject(id: &ID) -> Result<(SubjectKind, Uuid), ApiError> {
    let id = ids::read(id, "filter.subjectId")?;
    let kind = ActivitySubjectKind::with_tag(id.tag);
    Ok(kind.map_or((SubjectKind::Project, Uuid::nil()), |kind| (kind, id.uuid)))
}

/// One page of an audit log.
pub(crate) async fn activity_page(
    ctx: &Context<'_>,
    log: LogScope,
    arguments: PageArguments,
    filter: Option<ActivityFilter>,
) -> Result<ActivityConnection, ApiError> {
    let list = filter.unwrap_or_default().checked()?;
    let (page, count, cursors) = page_of(ctx, log, arguments, list).await?;
    Ok(ActivityConnection::new(page, count, cursors, position))
}

/// One page of a client's updates.
pub(crate) async fn updates_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    is_own: bool,
) -> Result<UpdateConnection, ApiError> {
    let kinds = CoreKind::ALL.iter().copied().filter(|kind| kind.clients() != LogClients::None);
    let list = ActivityList { kind_in: Some(kinds.collect()), is_own, ..ActivityList::default() };
    let (page, count, cursors) = page_of(ctx, LogScope::Project(project), arguments, list).await?;
    Ok(UpdateConnection::new(page, count, cursors, position))
}

/// The list is sorted by microseconds.
fn position(row: &ActivityRow) -> Position {
    Position { value: SortValue::Int(row.at.timestamp_micros()), id: row.id.0 }
}

type Page = (Arc<Paged<Arc<ActivityRow>>>, ActivityCount, Cursors);

async fn page_of(
    ctx: &Context<'_>,
    log: LogScope,
    arguments: PageArguments,
    list: ActivityList,
) -> Result<Page, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let cursors =
        ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("activity|{log:?}|{list:?}"));
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(ActivityPage { log, list: list.clone(), slice }).await?;
    Ok((page, ActivityCount { log, list }, cursors))
}
