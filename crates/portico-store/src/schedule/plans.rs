//! Versions and their plans, as actions write them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{
    CompanyId, MilestoneId, PlannedMilestoneId, PlannedTaskId, ProjectId, ScheduleVersionId, TaskId,
};
use portico_core::schedule::{VersionPlan, VersionState};
use serde::Serialize;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{planned_milestones, planned_tasks, schedule_versions};

/// A company's schedule version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnVersion {
    /// The version.
    pub id: ScheduleVersionId,
    /// Its company.
    pub company: CompanyId,
    /// Its project.
    pub project: ProjectId,
    /// Publication state.
    pub state: VersionState,
    /// Increases with each change of the plan.
    pub version: i32,
}

type VersionColumns = (ScheduleVersionId, CompanyId, ProjectId, VersionState, i32);

impl From<VersionColumns> for OwnVersion {
    fn from((id, company, project, state, version): VersionColumns) -> Self {
        Self { id, company, project, state, version }
    }
}

const COLUMNS: (
    schedule_versions::id,
    schedule_versions::company_id,
    schedule_versions::project_id,
    schedule_versions::state,
    schedule_versions::version,
) = (
    schedule_versions::id,
    schedule_versions::company_id,
    schedule_versions::project_id,
    schedule_versions::state,
    schedule_versions::version,
);

/// A company's version.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_version(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleVersionId,
) -> Result<Option<OwnVersion>, StoreError> {
    let own = schedule_versions::table.filter(schedule_versions::company_id.eq(company)).find(id);
    let row: Option<VersionColumns> = own.select(COLUMNS).first(connection).await.optional()?;
    Ok(row.map(Into::into))
}

/// The versions of a project in a state: at most one draft, and at most one published.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn version_in_state(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    state: VersionState,
) -> Result<Option<OwnVersion>, StoreError> {
    let of_project = schedule_versions::table.filter(schedule_versions::project_id.eq(project));
    let row = of_project.filter(schedule_versions::state.eq(state)).select(COLUMNS).first(connection).await;
    Ok(row.optional()?.map(VersionColumns::into))
}

/// The drafts of a company's projects, in the order of the projects.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn drafts_of_company(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Vec<OwnVersion>, StoreError> {
    let drafts = schedule_versions::table
        .filter(schedule_versions::company_id.eq(company))
        .filter(schedule_versions::state.eq(VersionState::Draft))
        .order(schedule_versions::project_id);
    let rows: Vec<VersionColumns> = drafts.select(COLUMNS).load(connection).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The row of a task in a version.
///
/// # Errors
///
/// [`StoreError`] if the query fails, also if the version does not have the task.
pub async fn planned_task_row(
    connection: &mut AsyncPgConnection,
    version: ScheduleVersionId,
    task: TaskId,
) -> Result<PlannedTaskId, StoreError> {
    let rows = planned_tasks::table.filter(planned_tasks::version_id.eq(version));
    let row = rows.filter(planned_tasks::task_id.eq(task)).select(planned_tasks::id);
    Ok(row.first(connection).await?)
}

/// The row of a milestone in a version.
///
/// # Errors
///
/// [`StoreError`] if the query fails, also if the version does not have the milestone.
pub async fn planned_milestone_row(
    connection: &mut AsyncPgConnection,
    version: ScheduleVersionId,
    milestone: MilestoneId,
) -> Result<PlannedMilestoneId, StoreError> {
    let rows = planned_milestones::table.filter(planned_milestones::version_id.eq(version));
    let row = rows.filter(planned_milestones::milestone_id.eq(milestone)).select(planned_milestones::id);
    Ok(row.first(connection).await?)
}

/// Adds a draft without milestones and tasks.
///
/// # Errors
///
/// [`StoreError`] if the write fails, also if the project has a draft.
pub async fn insert_draft(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    start_on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<ScheduleVersionId, StoreError> {
    let id = ScheduleVersionId::generate();
    let row = (
        schedule_versions::id.eq(id),
        schedule_versions::company_id.eq(company),
        schedule_versions::project_id.eq(project),
        schedule_versions::state.eq(VersionState::Draft),
        schedule_versions::start_on.eq(start_on),
        // The first plan that is saved is version 1.
        schedule_versions::version.eq(0),
        schedule_versions::created_at.eq(now),
    );
    diesel::insert_into(schedule_versions::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Deletes a version with its plan. Files of tasks that no other version has are detached.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn delete_version(connection: &mut AsyncPgConnection, version: &OwnVersion) -> Result<(), StoreError> {
    let plan = planned_tasks::table.filter(planned_tasks::version_id.eq(version.id));
    let gone: Vec<Uuid> = plan.select(planned_tasks::task_id).load(connection).await?;
    delete(connection, DELETE_TASKS, version, &gone).await?;
    delete(connection, DETACH_FILES, version, &gone).await?;
    diesel::delete(schedule_versions::table.find(version.id)).execute(connection).await?;
    Ok(())
}

#[derive(Debug, QueryableByName)]
struct PlanText {
    #[diesel(sql_type = Text)]
    plan: String,
}

const READ: &str = include_str!("plan_read.sql");

/// The plan of a version, in one statement.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn plan_of_version(
    connection: &mut AsyncPgConnection,
    id: ScheduleVersionId,
) -> Result<VersionPlan, StoreError> {
    let text: PlanText = diesel::sql_query(READ).bind::<SqlUuid, _>(id.0).get_result(connection).await?;
    serde_json::from_str(&text.plan).map_err(|error| StoreError::Failed(error.to_string()))
}

const MILESTONES: &str = "\
    insert into planned_milestones \
        (id, company_id, project_id, version_id, milestone_id, name, client_viewable, internal_target_on, sort) \
    select gen_random_uuid(), $1, $2, $3, m.* from jsonb_to_recordset($4::jsonb) as m (\
        milestone_id uuid, name text, client_viewable boolean, internal_target_on date, sort int) \
    on conflict (version_id, milestone_id) do update set name = excluded.name, \
        client_viewable = excluded.client_viewable, internal_target_on = excluded.internal_target_on, sort = excluded.sort";
const TASKS: &str = "\
    insert into planned_tasks (id, company_id, project_id, version_id, task_id, planned_milestone_id, name, work_days, \
        fixed_start_on, start_on, finish_on, total_float_days, is_critical, is_too_early, client_viewable, public_notes, \
        private_notes, cost_code, labor_hours, internal_deadline_on, buffer_days, sort) \
    select gen_random_uuid(), $1, $2, $3, t.task_id, m.id, t.name, t.work_days, t.fixed_start_on, t.start_on, t.finish_on, \
        t.total_float_days, t.is_critical, t.is_too_early, t.client_viewable, t.public_notes, t.private_notes, t.cost_code, \
        t.labor_hours, t.internal_deadline_on, t.buffer_days, t.sort \
    from jsonb_to_recordset($4::jsonb) as t (task_id uuid, milestone_id uuid, name text, work_days int, \
        fixed_start_on date, start_on date, finish_on date, total_float_days int, is_critical boolean, is_too_early boolean, \
        client_viewable boolean, public_notes text, private_notes text, cost_code text, labor_hours numeric, \
        internal_deadline_on date, buffer_days int, sort int) \
    left join planned_milestones m on m.version_id = $3 and m.milestone_id = t.milestone_id \
    on conflict (version_id, task_id) do update set planned_milestone_id = excluded.planned_milestone_id, \
        name = excluded.name, work_days = excluded.work_days, fixed_start_on = excluded.fixed_start_on, \
        start_on = excluded.start_on, finish_on = excluded.finish_on, total_float_days = excluded.total_float_days, \
        is_critical = excluded.is_critical, is_too_early = excluded.is_too_early, \
        client_viewable = excluded.client_viewable, public_notes = excluded.public_notes, \
        private_notes = excluded.private_notes, cost_code = excluded.cost_code, labor_hours = excluded.labor_hours, \
        internal_deadline_on = excluded.internal_deadline_on, buffer_days = excluded.buffer_days, sort = excluded.sort";
const DELETE_TASKS: &str = "delete from planned_tasks where version_id = $1 and task_id = any($2)";
/// Of tasks that were never published, and that no other version has. After their deletion, which waits for files that are just being
/// attached.
const DETACH_FILES: &str = "\
    delete from file_attachments l using schedule_versions v \
    where v.id = $1 and l.project_id = v.project_id and l.record_kind = 'TASK' and l.record_id = any($2) \
        and not exists (select from tasks t where t.id = l.record_id) \
        and not exists (select from planned_tasks p where p.project_id = v.project_id and p.task_id = l.record_id)";
const DELETE_MILESTONES: &str = "delete from planned_milestones where version_id = $1 and milestone_id = any($2)";
const DELETE_DEPENDENCIES: &str = "\
    delete from planned_dependencies d using planned_tasks t \
    where t.version_id = $1 and t.task_id = any($2) and d.planned_task_id = t.id";
const DEPENDENCIES: &str = "\
    insert into planned_dependencies \
        (planned_task_id, predecessor_id, company_id, project_id, kind, lag_days, lag_unit) \
    select t.id, p.id, $1, $2, d.kind, d.lag_days, d.lag_unit \
    from jsonb_to_recordset($4::jsonb) as t_ (task_id uuid, dependencies jsonb) \
    join planned_tasks t on t.version_id = $3 and t.task_id = t_.task_id \
    cross join lateral jsonb_to_recordset(t_.dependencies) as d \
        (predecessor_id uuid, kind text, lag_days int, lag_unit text) \
    join planned_tasks p on p.version_id = $3 and p.task_id = d.predecessor_id";
const DELETE_ASSIGNEES: &str = "\
    delete from planned_assignees x using planned_tasks t \
    where t.version_id = $1 and t.task_id = any($2) and x.planned_task_id = t.id";
const ASSIGNEES: &str = "\
    insert into planned_assignees \
        (id, company_id, project_id, planned_task_id, project_membership_id, staff_membership_id) \
    select gen_random_uuid(), $1, $2, t.id, x.project_membership_id, x.staff_membership_id \
    from jsonb_to_recordset($4::jsonb) as t_ (task_id uuid, assignees jsonb) \
    join planned_tasks t on t.version_id = $3 and t.task_id = t_.task_id \
    cross join lateral jsonb_to_recordset(t_.assignees) as x (project_membership_id uuid, staff_membership_id uuid)";
const MOVE_ON: &str = "update schedule_versions set version = version + 1, start_on = $2::date where id = $1";

/// Writes the differences between two plans of a version, and increases its version. A fixed number of statements for any number
/// of tasks.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn save_plan(
    connection: &mut AsyncPgConnection,
    version: &OwnVersion,
    old: &VersionPlan,
    new: &VersionPlan,
) -> Result<(), StoreError> {
    let gone_tasks: Vec<Uuid> =
        old.tasks.iter().filter(|task| new.task(task.task_id).is_none()).map(|task| task.task_id.0).collect();
    delete(connection, DELETE_TASKS, version, &gone_tasks).await?;
    delete(connection, DETACH_FILES, version, &gone_tasks).await?;
    let milestones: Vec<_> = new.milestones.iter().filter(|milestone| !old.milestones.contains(milestone)).collect();
    write(connection, MILESTONES, version, &milestones).await?;
    let tasks: Vec<_> =
        new.tasks.iter().map(|task| (task, old.task(task.task_id))).filter(|(task, old)| Some(*task) != *old).collect();
    let changed: Vec<_> = tasks.iter().map(|(task, _)| task).collect();
    write(connection, TASKS, version, &changed).await?;
    let linked: Vec<_> = tasks
        .iter()
        .filter(|(task, old)| {
            old.map_or(!task.dependencies.is_empty(), |old| {
                let is_kept = |id| !gone_tasks.contains(&id);
                !old.dependencies.iter().filter(|old| is_kept(old.predecessor_id.0)).eq(&task.dependencies)
            })
        })
        .map(|(task, _)| task)
        .collect();
    delete(connection, DELETE_DEPENDENCIES, version, &ids(&linked)).await?;
    write(connection, DEPENDENCIES, version, &linked).await?;
    let assigned: Vec<_> = tasks
        .iter()
        .filter(|(task, old)| old.map_or(!task.assignees.is_empty(), |old| old.assignees != task.assignees))
        .map(|(task, _)| task)
        .collect();
    delete(connection, DELETE_ASSIGNEES, version, &ids(&assigned)).await?;
    write(connection, ASSIGNEES, version, &assigned).await?;
    let gone_milestones: Vec<Uuid> = old
        .milestones
        .iter()
        .filter(|old| new.milestones.iter().all(|new| new.milestone_id != old.milestone_id))
        .map(|milestone| milestone.milestone_id.0)
        .collect();
    delete(connection, DELETE_MILESTONES, version, &gone_milestones).await?;
    let moved = diesel::sql_query(MOVE_ON).bind::<SqlUuid, _>(version.id.0);
    moved.bind::<diesel::sql_types::Date, _>(new.start_on).execute(connection).await?;
    Ok(())
}

fn ids(tasks: &[&&portico_core::schedule::VersionTask]) -> Vec<Uuid> {
    tasks.iter().map(|task| task.task_id.0).collect()
}

async fn delete(
    connection: &mut AsyncPgConnection,
    sql: &str,
    version: &OwnVersion,
    ids: &[Uuid],
) -> Result<(), StoreError> {
    if !ids.is_empty() {
        let statement = diesel::sql_query(sql).bind::<SqlUuid, _>(version.id.0).bind::<Array<SqlUuid>, _>(ids);
        statement.execute(connection).await?;
    }
    Ok(())
}

async fn write<T: Serialize>(
    connection: &mut AsyncPgConnection,
    sql: &str,
    version: &OwnVersion,
    rows: &[T],
) -> Result<(), StoreError> {
    if !rows.is_empty() {
        let rows = serde_json::to_string(rows).map_err(|error| StoreError::Failed(error.to_string()))?;
        diesel::sql_query(sql)
            .bind::<SqlUuid, _>(version.company.0)
            .bind::<SqlUuid, _>(version.project.0)
            .bind::<SqlUuid, _>(version.id.0)
            .bind::<Text, _>(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}
