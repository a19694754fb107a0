//! Delays of schedules (EXP-9), as they are read and written.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Audience, Viewer};
use portico_core::id::{CompanyId, ProjectId, ScheduleDelayId, TaskId};
use portico_core::schedule::DelayCause;
use portico_store_macros::{role_view, row_change};

use crate::by_key::rows_by_key;
use crate::schema::base;
use crate::{Differences, StoreError, Visible};

/// A delay of a project's schedule.
#[role_view(schedule_delays(id))]
pub struct ScheduleDelayRow {
    /// The delay.
    pub id: ScheduleDelayId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The delayed task; for clients, only if they may view it.
    pub task_id: Option<TaskId>,
    /// First day, in the project's time zone.
    pub start_on: NaiveDate,
    /// Length in working days.
    pub days: i32,
    /// The reason.
    pub reason: String,
    /// Its kind.
    pub cause: DelayCause,
    /// Whether clients may see it.
    pub client_viewable: bool,
    /// Increases with every change; for staff only.
    pub version: Option<i32>,
}

impl Visible for ScheduleDelayRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let is_for_audience = match viewer.audience() {
            Audience::Client => self.client_viewable,
            audience => audience == Audience::Staff,
        };
        is_for_audience && viewer.may_see_project(self.company_id, self.project_id)
    }
}

rows_by_key! {
    /// Delays by id.
    delays_by_id(ScheduleDelayId) -> ScheduleDelayRow = schedule_delays by id;
    /// Delays of projects, by first day.
    delays_of_projects(ProjectId) -> ScheduleDelayRow = schedule_delays by project_id in order of start_on, id;
}

/// Changes of a delay; none keeps the current value, `Some(None)` clears it.
#[row_change(schedule_delays, ScheduleDelayId)]
pub struct ScheduleDelayChange {
    /// The task.
    pub task_id: Option<Option<TaskId>>,
    /// First day.
    pub start_on: Option<NaiveDate>,
    /// Length in working days.
    pub days: Option<i32>,
    /// The reason.
    pub reason: Option<String>,
    /// Its kind.
    pub cause: Option<DelayCause>,
    /// Whether clients may see it.
    pub client_viewable: Option<bool>,
}

/// A delay to insert.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = base::schedule_delays)]
pub struct NewScheduleDelay {
    /// The delay.
    pub id: ScheduleDelayId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The task.
    pub task_id: Option<TaskId>,
    /// First day.
    pub start_on: NaiveDate,
    /// Length in working days.
    pub days: i32,
    /// The reason.
    pub reason: String,
    /// Its kind.
    pub cause: DelayCause,
    /// Whether clients may see it.
    pub client_viewable: bool,
}

/// The project of a company's delay.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn project_of_delay(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleDelayId,
) -> Result<Option<ProjectId>, StoreError> {
    use base::schedule_delays as delays;
    let own = delays::table.filter(delays::company_id.eq(company)).filter(delays::id.eq(id));
    Ok(own.select(delays::project_id).first(connection).await.optional()?)
}

/// The version of a delay, locked; none if it is gone.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_delay(connection: &mut AsyncPgConnection, id: ScheduleDelayId) -> Result<Option<i32>, StoreError> {
    use base::schedule_delays as delays;
    Ok(delays::table.find(id).select(delays::version).for_update().first(connection).await.optional()?)
}

/// The number of a project's delays.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_delays(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    use base::schedule_delays as delays;
    Ok(delays::table.filter(delays::project_id.eq(project)).count().get_result(connection).await?)
}

/// Whether a task belongs to a project. Locks it against deletion.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_task_of_project(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    task: TaskId,
) -> Result<bool, StoreError> {
    use base::tasks;
    let own = tasks::table.filter(tasks::project_id.eq(project)).filter(tasks::id.eq(task));
    let own: Option<TaskId> = own.select(tasks::id).for_key_share().first(connection).await.optional()?;
    Ok(own.is_some())
}

/// Adds a delay.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_delay(connection: &mut AsyncPgConnection, new: NewScheduleDelay) -> Result<(), StoreError> {
    diesel::insert_into(base::schedule_delays::table).values(new).execute(connection).await?;
    Ok(())
}

/// Changes a delay. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_delay(
    connection: &mut AsyncPgConnection,
    id: ScheduleDelayId,
    change: ScheduleDelayChange,
) -> Result<Differences<ScheduleDelayChange>, StoreError> {
    use base::schedule_delays as delays;
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let set = (&differences.change, delays::version.eq(delays::version + 1));
        diesel::update(delays::table.find(id)).set(set).execute(connection).await?;
    }
    Ok(differences)
}

/// Deletes a delay. False if it is gone already.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_delay(connection: &mut AsyncPgConnection, id: ScheduleDelayId) -> Result<bool, StoreError> {
    Ok(diesel::delete(base::schedule_delays::table.find(id)).execute(connection).await? == 1)
}
