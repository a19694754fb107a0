//! What clients and staff write of selections.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{
    AllowanceEntryId, AllowanceId, CompanyId, ProjectId, ProjectMembershipId, SelectionId, SelectionOptionId,
};
use portico_core::selections::{AllowanceEntryKind, SelectionStatus};

use crate::StoreError;
use crate::schema::base::{allowance_entries, projects, selection_choices, selections};

/// The choice of a client.
#[derive(Debug, Clone)]
pub struct NewChoice<'a> {
    /// The company and the project.
    pub place: (CompanyId, ProjectId),
    /// The selection.
    pub selection: SelectionId,
    /// The options with their quantities.
    pub choices: &'a [(SelectionOptionId, i32)],
    /// When it was chosen.
    pub at: DateTime<Utc>,
    /// Who chose.
    pub by: ProjectMembershipId,
    /// Their name.
    pub by_name: &'a str,
}

/// Replaces the choice of a selection.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn choose_options(connection: &mut AsyncPgConnection, new: &NewChoice<'_>) -> Result<(), StoreError> {
    use selection_choices as choices;
    diesel::delete(choices::table.filter(choices::selection_id.eq(new.selection))).execute(connection).await?;
    let rows: Vec<_> = new
        .choices
        .iter()
        .map(|(option, quantity)| {
            (
                choices::selection_id.eq(new.selection),
                choices::option_id.eq(*option),
                choices::company_id.eq(new.place.0),
                choices::project_id.eq(new.place.1),
                choices::quantity.eq(*quantity),
            )
        })
        .collect();
    diesel::insert_into(choices::table).values(rows).execute(connection).await?;
    let set = (
        selections::status.eq(SelectionStatus::Chosen),
        selections::chosen_at.eq(new.at),
        selections::chosen_by.eq(new.by),
        selections::chosen_by_name.eq(new.by_name),
        selections::is_overdue.eq(false),
        selections::version.eq(selections::version + 1),
    );
    diesel::update(selections::table.find(new.selection)).set(set).execute(connection).await?;
    Ok(())
}

/// Moves a selection to a state, at a time: of its approval, lock or order. A reopened one is no longer approved.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_selection_status(
    connection: &mut AsyncPgConnection,
    id: SelectionId,
    status: SelectionStatus,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    #[derive(AsChangeset)]
    #[diesel(table_name = selections)]
    struct Change {
        status: SelectionStatus,
        approved_at: Option<Option<DateTime<Utc>>>,
        locked_at: Option<DateTime<Utc>>,
        ordered_at: Option<DateTime<Utc>>,
        is_overdue: bool,
    }
    let when = |state| (status == state).then_some(at);
    let approved = match status {
        SelectionStatus::Approved => Some(Some(at)),
        SelectionStatus::Chosen => Some(None),
        _ => None,
    };
    let change = Change {
        status,
        approved_at: approved,
        locked_at: when(SelectionStatus::Locked),
        ordered_at: when(SelectionStatus::Ordered),
        is_overdue: false,
    };
    let set = (change, selections::version.eq(selections::version + 1));
    diesel::update(selections::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}

/// Records that a client has declined a selection.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn decline_selection(
    connection: &mut AsyncPgConnection,
    id: SelectionId,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let set = (
        selections::status.eq(SelectionStatus::Declined),
        selections::decline_reason.eq(reason),
        selections::is_overdue.eq(false),
        selections::version.eq(selections::version + 1),
    );
    diesel::update(selections::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}

/// An entry in the ledger of an allowance.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = allowance_entries)]
pub struct NewAllowanceEntry {
    /// The entry.
    pub id: AllowanceEntryId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The allowance.
    pub allowance_id: AllowanceId,
    /// The approved or reopened selection.
    pub selection_id: Option<SelectionId>,
    /// Its kind.
    pub kind: AllowanceEntryKind,
    /// The amount in minor units.
    pub amount_minor: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Adds an entry to the ledger of its allowance.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_allowance_entry(
    connection: &mut AsyncPgConnection,
    entry: NewAllowanceEntry,
) -> Result<(), StoreError> {
    diesel::insert_into(allowance_entries::table).values(entry).execute(connection).await?;
    Ok(())
}

/// The number of entries of an allowance, with those that would reverse its approvals.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn reserved_entries(connection: &mut AsyncPgConnection, allowance: AllowanceId) -> Result<i64, StoreError> {
    let own = allowance_entries::table.filter(allowance_entries::allowance_id.eq(allowance));
    let entries: i64 = own.count().get_result(connection).await?;
    Ok(entries + count_approved(connection, allowance).await?)
}

/// The number of selections that are approved against an allowance.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_approved(connection: &mut AsyncPgConnection, allowance: AllowanceId) -> Result<i64, StoreError> {
    let own = selections::table.filter(selections::allowance_id.eq(allowance));
    Ok(own.filter(selections::approved_at.is_not_null()).count().get_result(connection).await?)
}

/// The contract total of a project that is locked; none if it has none.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn contract_total(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<Option<i64>, StoreError> {
    Ok(projects::table.find(project).select(projects::contract_total_minor).first(connection).await?)
}
