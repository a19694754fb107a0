//! List of selections: pages, filter and order.

use async_graphql::{Context, Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use portico_core::id::{ProjectId, Tag};
use portico_core::page::{Position, SortValue};
use portico_core::selections::{SelectionList, SelectionSortKey as CoreSortKey, SelectionStatus as CoreStatus};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::selections::{SelectionCount, SelectionRow, SelectionsOfProject};

use super::Selection;
use crate::activity::DateTimeFilter;
use crate::error::ApiError;
use crate::ids;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::projects::DateFilter;

connection! {
    /// Page of selections.
    SelectionConnection, SelectionEdge of Selection(SelectionRow), counted by SelectionCount,
    shared with (CLIENT, TRADE, STAFF)
}

/// Status of a selection. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStatus")]
pub(crate) enum SelectionStatus {
    /// Draft, visible to staff only.
    #[shared(STAFF)]
    Draft,
    /// Open for a choice.
    #[shared(CLIENT, TRADE, STAFF)]
    Shared,
    /// Chosen; the choice can still change.
    #[shared(CLIENT, TRADE, STAFF)]
    Chosen,
    /// Choice approved.
    #[shared(CLIENT, TRADE, STAFF)]
    Approved,
    /// Choice locked.
    #[shared(CLIENT, TRADE, STAFF)]
    Locked,
    /// Chosen option ordered.
    #[shared(CLIENT, TRADE, STAFF)]
    Ordered,
    /// Declined.
    #[shared(CLIENT, TRADE, STAFF)]
    Declined,
}

/// Sort orders of selections.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSortKey")]
pub(crate) enum SelectionSortKey {
    /// Number; selections without one come last.
    #[shared(CLIENT, TRADE, STAFF)]
    Number,
    /// Due date; selections without one come last.
    #[shared(CLIENT, TRADE, STAFF)]
    DueOn,
    /// Title, ignoring case.
    #[shared(CLIENT, TRADE, STAFF)]
    Title,
    /// Time of the choice; selections without one come last.
    #[shared(CLIENT, STAFF)]
    ChosenAt,
    /// Time of the approval; selections without one come last.
    #[shared(CLIENT, STAFF)]
    ApprovedAt,
    /// Time of the order; selections without one come last.
    #[shared(CLIENT, STAFF)]
    OrderedAt,
}

/// Filter by status.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionStatusFilter {
    #[graphql(name = "in")]
    one_of: Vec<SelectionStatus>,
}

/// Filter of selections. Conditions are combined with AND.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct SelectionFilter {
    /// Status.
    #[shared(CLIENT, TRADE, STAFF)]
    status: Option<SelectionStatusFilter>,
    /// Due date.
    #[shared(CLIENT, TRADE, STAFF)]
    due_on: Option<DateFilter>,
    /// Location.
    #[shared(CLIENT, TRADE, STAFF)]
    location_id: Option<ID>,
    /// Category, ignoring case.
    #[shared(CLIENT, TRADE, STAFF)]
    category: Option<String>,
    /// Time of the choice.
    #[shared(CLIENT, STAFF)]
    chosen_at: Option<DateTimeFilter>,
    /// Time of the approval.
    #[shared(CLIENT, STAFF)]
    approved_at: Option<DateTimeFilter>,
    /// Time of the order.
    #[shared(CLIENT, STAFF)]
    ordered_at: Option<DateTimeFilter>,
}

/// One page of a project's selections.
pub(crate) async fn selections_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    filter: Option<SelectionFilter>,
    sort_key: SelectionSortKey,
    reverse: bool,
) -> Result<SelectionConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let filter = filter.unwrap_or_default();
    let time = |range: Option<DateTimeFilter>, path: &str| range.map(|range| range.checked(path)).transpose();
    let location = filter.location_id.map(|id| ids::read_as(&id, "filter.locationId", Tag::LOCATION)).transpose()?;
    let list = SelectionList {
        status_in: filter.status.map(|status| status.one_of.into_iter().map(Into::into).collect()),
        due_on: filter.due_on.map(|range| range.checked("filter.dueOn")).transpose()?,
        location,
        category: filter.category,
        chosen_at: time(filter.chosen_at, "filter.chosenAt")?,
        approved_at: time(filter.approved_at, "filter.approvedAt")?,
        ordered_at: time(filter.ordered_at, "filter.orderedAt")?,
        sort: sort_key.into(),
        descending: reverse,
    };
    let name = format!("selections|{}|{list:?}", project.0);
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &name);
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(SelectionsOfProject { project, list: list.clone(), slice }).await?;
    let sort = list.sort;
    Ok(SelectionConnection::new(page, SelectionCount { project, list }, cursors, move |row| position(row, sort)))
}

fn position(row: &SelectionRow, sort: CoreSortKey) -> Position {
    let at = |time: Option<DateTime<Utc>>| time.map_or(SortValue::Null, |at| SortValue::Int(at.timestamp_micros()));
    let value = match sort {
        CoreSortKey::Number => row.number.map_or(SortValue::Null, |number| SortValue::Int(number.into())),
        CoreSortKey::DueOn => row.due_on.map_or(SortValue::Null, SortValue::Date),
        CoreSortKey::ChosenAt => at(row.chosen_at),
        CoreSortKey::ApprovedAt => at(row.approved_at),
        CoreSortKey::OrderedAt => at(row.ordered_at),
        CoreSortKey::Title => SortValue::Text(row.title.clone()),
    };
    Position { value, id: row.id.0 }
}
