//! What staff write of selections and their options.

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{AllowanceId, CompanyId, LocationId, ProjectId, SelectionId, SelectionOptionId, TaskId};
use portico_core::selections::SelectionStatus;
use portico_store_macros::row_change;

use crate::files::detach_all;
use crate::schema::base::{
    allowances, locations, selection_choices, selection_internals, selection_option_costs, selection_options,
    selections, tasks,
};
use crate::{Differences, StoreError};

/// Changes of a selection; none keeps the current value, `Some(None)` clears it.
#[row_change(selections, SelectionId)]
pub struct SelectionChange {
    /// The title.
    pub title: Option<String>,
    /// The instructions.
    pub instructions: Option<Option<String>>,
    /// The category.
    pub category: Option<Option<String>>,
    /// The location.
    pub location_id: Option<Option<LocationId>>,
    /// The allowance.
    pub allowance_id: Option<Option<AllowanceId>>,
    /// The due date.
    pub due_on: Option<Option<NaiveDate>>,
    /// The task on which the due date depends.
    pub due_task_id: Option<Option<TaskId>>,
    /// Days from the due date to the start of the task.
    pub due_days_before: Option<Option<i32>>,
    /// Minimum number of choices.
    pub min_choices: Option<i32>,
    /// Maximum number of choices.
    pub max_choices: Option<i32>,
    /// Whether clients may decline it.
    pub may_decline: Option<bool>,
    /// Whether it is overdue; follows from the due date.
    #[name = "dueOn"]
    pub is_overdue: Option<bool>,
}

/// Changes of a selection's budgets.
#[row_change(selection_internals, SelectionId)]
pub struct SelectionBudgetChange {
    /// The original budget in minor units.
    #[name = "originalBudget"]
    pub original_budget_minor: Option<Option<i64>>,
    /// The revised budget in minor units.
    #[name = "revisedBudget"]
    pub revised_budget_minor: Option<Option<i64>>,
}

/// Changes of an option; none keeps the current value, `Some(None)` clears it.
#[row_change(selection_options, SelectionOptionId)]
pub struct OptionChange {
    /// The title.
    pub title: Option<String>,
    /// The description.
    pub description: Option<Option<String>>,
    /// The price in minor units; `Some(None)` while it is to be determined.
    #[name = "price"]
    pub price_minor: Option<Option<i64>>,
    /// The last day of the price.
    pub price_expires_on: Option<Option<NaiveDate>>,
    /// Whether the price has expired; follows from its last day.
    #[name = "priceExpiresOn"]
    pub is_price_expired: Option<bool>,
    /// Whether this is the included standard.
    pub is_standard: Option<bool>,
    /// Days from order to delivery.
    pub lead_time_days: Option<Option<i32>>,
    /// The sort order.
    pub sort: Option<i32>,
}

/// Changes of an option's cost.
#[row_change(selection_option_costs, SelectionOptionId)]
pub struct OptionCostChange {
    /// The unit cost in minor units.
    #[name = "unitCost"]
    pub unit_cost_minor: Option<i64>,
    /// The vendor.
    pub vendor: Option<Option<String>>,
    /// The vendor's article number.
    pub vendor_sku: Option<Option<String>>,
}

macro_rules! project_of {
    ($($(#[$meta:meta])* $name:ident($id:ty) in $table:ident;)+) => {
        $(
            $(#[$meta])*
            ///
            /// # Errors
            ///
            /// [`StoreError`] if the query fails.
            pub async fn $name(
                connection: &mut AsyncPgConnection,
                company: CompanyId,
                id: $id,
            ) -> Result<Option<ProjectId>, StoreError> {
                let own = $table::table.filter($table::company_id.eq(company)).filter($table::id.eq(id));
                Ok(own.select($table::project_id).first(connection).await.optional()?)
            }
        )+
    };
}

project_of! {
    /// The project of a company's selection.
    project_of_selection(SelectionId) in selections;
    /// The project of a company's allowance.
    project_of_allowance(AllowanceId) in allowances;
}

/// The project and the selection of a company's option.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn place_of_option(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: SelectionOptionId,
) -> Result<Option<(ProjectId, SelectionId)>, StoreError> {
    use selection_options as options;
    let own = options::table.filter(options::company_id.eq(company)).filter(options::id.eq(id));
    Ok(own.select((options::project_id, options::selection_id)).first(connection).await.optional()?)
}

/// Adds a draft of a selection without values. Its change follows.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_selection(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    title: &str,
) -> Result<SelectionId, StoreError> {
    let id = SelectionId::generate();
    let row = (
        selections::id.eq(id),
        selections::company_id.eq(company),
        selections::project_id.eq(project),
        selections::title.eq(title),
        selections::status.eq(SelectionStatus::Draft),
    );
    diesel::insert_into(selections::table).values(row).execute(connection).await?;
    Ok(id)
}

/// The number of a project's selections.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_selections(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    Ok(selections::table.filter(selections::project_id.eq(project)).count().get_result(connection).await?)
}

/// Changes a selection. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_selection(
    connection: &mut AsyncPgConnection,
    id: SelectionId,
    change: SelectionChange,
) -> Result<Differences<SelectionChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let set = (&differences.change, selections::version.eq(selections::version + 1));
        diesel::update(selections::table.find(id)).set(set).execute(connection).await?;
    }
    Ok(differences)
}

/// Changes the budgets of a selection. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn change_selection_budget(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    id: SelectionId,
    change: SelectionBudgetChange,
) -> Result<Vec<&'static str>, StoreError> {
    use selection_internals as internals;
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let row =
            (internals::selection_id.eq(id), internals::company_id.eq(company), internals::project_id.eq(project));
        diesel::insert_into(internals::table).values(row).on_conflict_do_nothing().execute(connection).await?;
        diesel::update(internals::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences.names)
}

/// Increases the version of a selection.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn touch_selection(connection: &mut AsyncPgConnection, id: SelectionId) -> Result<(), StoreError> {
    let next = selections::version.eq(selections::version + 1);
    diesel::update(selections::table.find(id)).set(next).execute(connection).await?;
    Ok(())
}

/// Shares a draft with the next number of its project.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn share_selection(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    id: SelectionId,
    is_overdue: bool,
) -> Result<(), StoreError> {
    let last: Option<i32> = selections::table
        .filter(selections::project_id.eq(project))
        .select(max(selections::number))
        .first(connection)
        .await?;
    let set = (
        selections::status.eq(SelectionStatus::Shared),
        selections::number.eq(last.unwrap_or_default().saturating_add(1)),
        selections::is_overdue.eq(is_overdue),
        selections::version.eq(selections::version + 1),
    );
    diesel::update(selections::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}

/// Deletes a locked draft of a project, with its options. Their files are detached.
///
/// # Errors
///
/// [`StoreError`] if a statement fails.
pub async fn delete_selection(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    id: SelectionId,
) -> Result<(), StoreError> {
    let options = selection_options::table.filter(selection_options::selection_id.eq(id));
    let options: Vec<SelectionOptionId> = options.select(selection_options::id).load(connection).await?;
    diesel::delete(selections::table.find(id)).execute(connection).await?;
    let records: Vec<_> = options.into_iter().map(|option| option.0).chain([id.0]).collect();
    detach_all(connection, project, &records).await
}

/// Whether a location, an allowance or a task belongs to a project. Locks it against deletion.
macro_rules! of_project {
    ($($(#[$meta:meta])* $name:ident($id:ty) in $table:ident;)+) => {
        $(
            $(#[$meta])*
            ///
            /// # Errors
            ///
            /// [`StoreError`] if the query fails.
            pub async fn $name(
                connection: &mut AsyncPgConnection,
                project: ProjectId,
                id: $id,
            ) -> Result<bool, StoreError> {
                let own = $table::table.filter($table::project_id.eq(project)).filter($table::id.eq(id));
                let own: Option<$id> = own.select($table::id).for_key_share().first(connection).await.optional()?;
                Ok(own.is_some())
            }
        )+
    };
}

of_project! {
    /// Whether a location belongs to a project. Locks it against deletion.
    is_location_of_project(LocationId) in locations;
    /// Whether an allowance belongs to a project. Locks it against deletion.
    is_allowance_of_project(AllowanceId) in allowances;
}

/// The start of a published task of a project. Locks it against deletion.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn start_of_task(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    task: TaskId,
) -> Result<Option<NaiveDate>, StoreError> {
    let own = tasks::table.filter(tasks::project_id.eq(project)).filter(tasks::id.eq(task));
    Ok(own.select(tasks::start_on).for_key_share().first(connection).await.optional()?)
}

/// Adds an option to a selection, last.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_option(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    selection: SelectionId,
    title: &str,
) -> Result<SelectionOptionId, StoreError> {
    use selection_options as options;
    let last: Option<i32> =
        options::table.filter(options::selection_id.eq(selection)).select(max(options::sort)).first(connection).await?;
    let id = SelectionOptionId::generate();
    let row = (
        options::id.eq(id),
        options::company_id.eq(company),
        options::project_id.eq(project),
        options::selection_id.eq(selection),
        options::title.eq(title),
        options::sort.eq(last.unwrap_or_default().saturating_add(1)),
    );
    diesel::insert_into(options::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Changes an option. A selection has one standard: an option that becomes it replaces the former one. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn change_option(
    connection: &mut AsyncPgConnection,
    selection: SelectionId,
    id: SelectionOptionId,
    change: OptionChange,
) -> Result<Vec<&'static str>, StoreError> {
    use selection_options as options;
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        if differences.change.is_standard == Some(true) {
            let former = options::table.filter(options::selection_id.eq(selection)).filter(options::is_standard);
            let set = (options::is_standard.eq(false), options::version.eq(options::version + 1));
            diesel::update(former).set(set).execute(connection).await?;
        }
        let set = (&differences.change, options::version.eq(options::version + 1));
        diesel::update(options::table.find(id)).set(set).execute(connection).await?;
    }
    Ok(differences.names)
}

/// Changes the cost of an option. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn change_option_cost(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    id: SelectionOptionId,
    change: OptionCostChange,
) -> Result<Vec<&'static str>, StoreError> {
    use selection_option_costs as costs;
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let row = (
            costs::option_id.eq(id),
            costs::company_id.eq(company),
            costs::project_id.eq(project),
            costs::unit_cost_minor.eq(differences.change.unit_cost_minor.unwrap_or_default()),
        );
        diesel::insert_into(costs::table).values(row).on_conflict_do_nothing().execute(connection).await?;
        diesel::update(costs::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences.names)
}

/// Whether an option has a cost.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn has_cost(connection: &mut AsyncPgConnection, id: SelectionOptionId) -> Result<bool, StoreError> {
    let cost = selection_option_costs::table.find(id).count();
    Ok(cost.get_result::<i64>(connection).await? > 0)
}

/// The version of an option, locked; none if it is gone.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_option(connection: &mut AsyncPgConnection, id: SelectionOptionId) -> Result<Option<i32>, StoreError> {
    use selection_options as options;
    Ok(options::table.find(id).select(options::version).for_update().first(connection).await.optional()?)
}

/// Whether an option is chosen.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_chosen(connection: &mut AsyncPgConnection, id: SelectionOptionId) -> Result<bool, StoreError> {
    let chosen = selection_choices::table.filter(selection_choices::option_id.eq(id)).count();
    Ok(chosen.get_result::<i64>(connection).await? > 0)
}

/// Deletes an option of a project. Its files are detached.
///
/// # Errors
///
/// [`StoreError`] if a statement fails.
pub async fn delete_option(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    id: SelectionOptionId,
) -> Result<(), StoreError> {
    diesel::delete(selection_options::table.find(id)).execute(connection).await?;
    detach_all(connection, project, &[id.0]).await
}
