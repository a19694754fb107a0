//! Publishes the plan of a version: writes its differences to the schedule.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId, TaskId};
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::MembershipKind;
use portico_core::schedule::VersionAssignee;
use uuid::Uuid;

use super::plans::OwnVersion;
use crate::StoreError;
use crate::schema::base::{
    company_portals, project_memberships, project_portals, schedule_versions, staff_memberships, task_assignees, tasks,
};

/// Statements with the version and its project, in order. Rows that are the same are not written, so that their triggers have no
/// part in it. `version` of a task increases only with what clients see of it: its milestone counts if clients see that.
const STATEMENTS: [&str; 11] = [
    "insert into milestones as m (id, company_id, project_id, name, client_viewable, sort) \
     select milestone_id, company_id, project_id, name, client_viewable, sort from planned_milestones \
     where version_id = $1 and project_id = $2 on conflict (id) do nothing",
    "insert into tasks as t (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, client_viewable, sort) \
     select p.task_id, p.company_id, p.project_id, m.milestone_id, p.name, p.start_on, p.finish_on, p.work_days, \
        p.client_viewable, p.sort \
     from planned_tasks p left join planned_milestones m on m.id = p.planned_milestone_id \
     where p.version_id = $1 and p.project_id = $2 \
     on conflict (id) do update set milestone_id = excluded.milestone_id, name = excluded.name, start_on = excluded.start_on, \
        finish_on = excluded.finish_on, work_days = excluded.work_days, client_viewable = excluded.client_viewable, \
        sort = excluded.sort, \
        version = t.version + (( \
            (select o.id from milestones o where o.id = t.milestone_id and o.client_viewable), \
            t.name, t.start_on, t.finish_on, t.work_days) is distinct from ( \
            (select n.milestone_id from planned_milestones n \
                where n.version_id = $1 and n.milestone_id = excluded.milestone_id and n.client_viewable), \
            excluded.name, excluded.start_on, excluded.finish_on, excluded.work_days))::int \
     where (t.milestone_id, t.name, t.start_on, t.finish_on, t.work_days, t.client_viewable, t.sort, \
            (select o.id from milestones o where o.id = t.milestone_id and o.client_viewable)) is distinct from \
        (excluded.milestone_id, excluded.name, excluded.start_on, excluded.finish_on, excluded.work_days, \
            excluded.client_viewable, excluded.sort, \
            (select n.milestone_id from planned_milestones n \
                where n.version_id = $1 and n.milestone_id = excluded.milestone_id and n.client_viewable))",
    // After the tasks, whose version depends on whether clients saw their milestone.
    "update milestones m set name = p.name, client_viewable = p.client_viewable, sort = p.sort from planned_milestones p \
     where p.version_id = $1 and m.project_id = $2 and p.milestone_id = m.id \
        and (m.name, m.client_viewable, m.sort) is distinct from (p.name, p.client_viewable, p.sort)",
    "delete from tasks t where t.project_id = $2 and not exists ( \
        select from planned_tasks p where p.version_id = $1 and p.task_id = t.id)",
    "delete from milestones m where m.project_id = $2 and not exists ( \
        select from planned_milestones p where p.version_id = $1 and p.milestone_id = m.id)",
    "with wanted as (select milestone_id, company_id, project_id, internal_target_on from planned_milestones \
        where version_id = $1 and internal_target_on is not null), \
     gone as (delete from milestone_internals i where i.project_id = $2 and not exists ( \
        select from wanted w where w.milestone_id = i.milestone_id)) \
     insert into milestone_internals as i (milestone_id, company_id, project_id, internal_target_on) \
     select milestone_id, company_id, project_id, internal_target_on from wanted \
     on conflict (milestone_id) do update set internal_target_on = excluded.internal_target_on \
     where i.internal_target_on is distinct from excluded.internal_target_on",
    "insert into task_internals as i (task_id, company_id, project_id, private_notes, cost_code, labor_hours, \
        internal_deadline_on, buffer_days, total_float_days, is_critical) \
     select task_id, company_id, project_id, private_notes, cost_code, labor_hours, internal_deadline_on, buffer_days, \
        total_float_days, is_critical \
     from planned_tasks where version_id = $1 and project_id = $2 \
     on conflict (task_id) do update set private_notes = excluded.private_notes, cost_code = excluded.cost_code, \
        labor_hours = excluded.labor_hours, internal_deadline_on = excluded.internal_deadline_on, \
        buffer_days = excluded.buffer_days, total_float_days = excluded.total_float_days, is_critical = excluded.is_critical \
     where (i.private_notes, i.cost_code, i.labor_hours, i.internal_deadline_on, i.buffer_days, i.total_float_days, \
        i.is_critical) is distinct from (excluded.private_notes, excluded.cost_code, excluded.labor_hours, \
            excluded.internal_deadline_on, excluded.buffer_days, excluded.total_float_days, excluded.is_critical)",
    "with wanted as (select task_id, company_id, project_id, public_notes from planned_tasks \
        where version_id = $1 and public_notes is not null), \
     gone as (delete from task_briefs b where b.project_id = $2 and not exists ( \
        select from wanted w where w.task_id = b.task_id)) \
     insert into task_briefs as b (task_id, company_id, project_id, public_notes) \
     select task_id, company_id, project_id, public_notes from wanted \
     on conflict (task_id) do update set public_notes = excluded.public_notes \
     where b.public_notes is distinct from excluded.public_notes",
    "with wanted as (select t.task_id, x.* from planned_tasks t join planned_assignees x on x.planned_task_id = t.id \
        where t.version_id = $1), \
     gone as (delete from task_assignees a where a.project_id = $2 and not exists ( \
        select from wanted w where w.task_id = a.task_id \
            and w.project_membership_id is not distinct from a.project_membership_id \
            and w.staff_membership_id is not distinct from a.staff_membership_id)) \
     insert into task_assignees (id, company_id, project_id, task_id, project_membership_id, staff_membership_id) \
     select gen_random_uuid(), w.company_id, w.project_id, w.task_id, w.project_membership_id, w.staff_membership_id \
     from wanted w where not exists ( \
        select from task_assignees a where a.task_id = w.task_id \
            and a.project_membership_id is not distinct from w.project_membership_id \
            and a.staff_membership_id is not distinct from w.staff_membership_id)",
    "with wanted as (select t.task_id, p.task_id as predecessor, d.* from planned_tasks t \
        join planned_dependencies d on d.planned_task_id = t.id join planned_tasks p on p.id = d.predecessor_id \
        where t.version_id = $1), \
     gone as (delete from task_dependencies x where x.project_id = $2 and not exists ( \
        select from wanted w where w.task_id = x.task_id and w.predecessor = x.predecessor_id)) \
     insert into task_dependencies as x (task_id, predecessor_id, company_id, project_id, kind, lag_days, lag_unit) \
     select w.task_id, w.predecessor, w.company_id, w.project_id, w.kind, w.lag_days, w.lag_unit from wanted w \
     on conflict (task_id, predecessor_id) do update set kind = excluded.kind, lag_days = excluded.lag_days, \
        lag_unit = excluded.lag_unit \
     where (x.kind, x.lag_days, x.lag_unit) is distinct from (excluded.kind, excluded.lag_days, excluded.lag_unit)",
    "update schedule_versions set state = 'SUPERSEDED' where project_id = $2 and id <> $1 and state = 'PUBLISHED'",
];

const PUBLISH: &str = "\
    update schedule_versions v set state = 'PUBLISHED', published_at = $2, number = $3, version = version + 1 where v.id = $1";

/// After the first publication, for all of its tasks: those published later have no baseline.
const BASELINE: &str = "\
    insert into task_baselines (task_id, company_id, project_id, start_on, finish_on, work_days) \
    select task_id, company_id, project_id, start_on, finish_on, work_days from planned_tasks \
    where version_id = $1 and project_id = $2";

const NOTES: &str = "\
    insert into schedule_version_internals (version_id, company_id, project_id, publish_notes) values ($1, $2, $3, $4) \
    on conflict (version_id) do update set publish_notes = excluded.publish_notes";

/// Publishes a draft: the schedule is as in its plan, with the progress of tasks that stay; the version before is superseded.
/// Returns the draft's number. A fixed number of statements.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn publish_version(
    connection: &mut AsyncPgConnection,
    draft: &OwnVersion,
    notes: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let all = schedule_versions::table.filter(schedule_versions::project_id.eq(draft.project));
    let last: Option<i32> = all.select(diesel::dsl::max(schedule_versions::number)).first(connection).await?;
    let number = last.unwrap_or_default() + 1;
    for statement in STATEMENTS {
        let statement = diesel::sql_query(statement).bind::<SqlUuid, _>(draft.id.0);
        statement.bind::<SqlUuid, _>(draft.project.0).execute(connection).await?;
    }
    if last.is_none() {
        let baseline = diesel::sql_query(BASELINE).bind::<SqlUuid, _>(draft.id.0);
        baseline.bind::<SqlUuid, _>(draft.project.0).execute(connection).await?;
    }
    let publish = diesel::sql_query(PUBLISH).bind::<SqlUuid, _>(draft.id.0).bind::<Timestamptz, _>(now);
    publish.bind::<Integer, _>(number).execute(connection).await?;
    if notes.is_some() {
        let notes_of = diesel::sql_query(NOTES).bind::<SqlUuid, _>(draft.id.0).bind::<SqlUuid, _>(draft.company.0);
        notes_of.bind::<SqlUuid, _>(draft.project.0).bind::<Nullable<Text>, _>(notes).execute(connection).await?;
    }
    Ok(number)
}

/// How a project's schedule is shared with clients. None if the portal has no schedule.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn share_of_project(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
) -> Result<Option<ScheduleShare>, StoreError> {
    let portal = project_portals::table.find(project);
    let columns = (project_portals::schedule_share, project_portals::features);
    let row: Option<(ScheduleShare, Vec<String>)> = portal.select(columns).first(connection).await.optional()?;
    let has = |features: &[String]| features.iter().any(|feature| feature == Feature::Schedule.as_str());
    Ok(row.filter(|(_, features)| has(features)).map(|(share, _)| share))
}

/// A project's trade partners with web access.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn trades_with_access(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
) -> Result<Vec<ProjectMembershipId>, StoreError> {
    let trades = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::kind.eq(MembershipKind::Trade.as_str()))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::web_access);
    Ok(trades.order(project_memberships::id).select(project_memberships::id).load(connection).await?)
}

/// Those of some members that can be assigned: current trade partners of the project, and current staff of the company.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn assignable_members(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    members: &[VersionAssignee],
) -> Result<Vec<VersionAssignee>, StoreError> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = members
        .iter()
        .map(|member| match member {
            VersionAssignee::ProjectMembershipId(id) => id.0,
            VersionAssignee::StaffMembershipId(id) => id.0,
        })
        .collect();
    let trades = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::kind.eq(MembershipKind::Trade.as_str()))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::id.eq_any(&ids));
    let trades: Vec<ProjectMembershipId> = trades.select(project_memberships::id).load(connection).await?;
    let staff = staff_memberships::table
        .filter(staff_memberships::company_id.eq(company))
        .filter(staff_memberships::removed_at.is_null())
        .filter(staff_memberships::id.eq_any(&ids));
    let staff = staff.select(staff_memberships::id).load(connection).await?;
    let trades = trades.into_iter().map(VersionAssignee::ProjectMembershipId);
    Ok(trades.chain(staff.into_iter().map(VersionAssignee::StaffMembershipId)).collect())
}

/// The number of a project's versions.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_versions(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    let all = schedule_versions::table.filter(schedule_versions::project_id.eq(project));
    Ok(all.count().get_result(connection).await?)
}

/// The day on which a project starts, otherwise the day of a time in its time zone.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn first_day_of_project(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<NaiveDate, StoreError> {
    #[derive(QueryableByName)]
    struct Day {
        #[diesel(sql_type = Date)]
        day: NaiveDate,
    }
    let statement = "select coalesce(started_on, ($2 at time zone time_zone)::date) as day from projects where id = $1";
    let statement = diesel::sql_query(statement).bind::<SqlUuid, _>(project.0).bind::<Timestamptz, _>(now);
    Ok(statement.get_result::<Day>(connection).await?.day)
}

/// A published task, locked: its project, version and percent complete, and whether a member is assigned to it.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn lock_task(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: TaskId,
) -> Result<Option<PublishedTask>, StoreError> {
    let own = tasks::table.filter(tasks::company_id.eq(company)).filter(tasks::id.eq(id));
    let columns = (tasks::project_id, tasks::version, tasks::percent_complete, tasks::client_viewable);
    let row = own.select(columns).for_no_key_update().first(connection).await.optional()?;
    let Some((project, version, percent_complete, client_viewable)) = row else { return Ok(None) };
    let assignees = task_assignees::table.filter(task_assignees::task_id.eq(id));
    let trades: Vec<Option<ProjectMembershipId>> =
        assignees.select(task_assignees::project_membership_id).load(connection).await?;
    Ok(Some(PublishedTask {
        project,
        version,
        percent_complete,
        client_viewable,
        trades: trades.into_iter().flatten().collect(),
    }))
}

/// A task of the published schedule, as actions read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTask {
    /// Its project.
    pub project: ProjectId,
    /// Increases with every change visible to outsiders.
    pub version: i32,
    /// Percent complete, 0 to 100.
    pub percent_complete: i32,
    /// Whether clients may see it.
    pub client_viewable: bool,
    /// The trade partners assigned to it.
    pub trades: Vec<ProjectMembershipId>,
}

/// The percent complete of the tasks of a project's published schedule.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn progress_of_tasks(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
) -> Result<HashMap<TaskId, i32>, StoreError> {
    let all = tasks::table.filter(tasks::project_id.eq(project));
    let rows: Vec<(TaskId, i32)> = all.select((tasks::id, tasks::percent_complete)).load(connection).await?;
    Ok(rows.into_iter().collect())
}

/// Whether trade partners of the company report the progress of tasks that are assigned to them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn trades_report_progress(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<bool, StoreError> {
    let portal = company_portals::table.find(company).select(company_portals::trades_report_progress);
    Ok(portal.first(connection).await.optional()?.unwrap_or(false))
}

/// Sets the progress of a published task.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_progress(connection: &mut AsyncPgConnection, id: TaskId, percent: i32) -> Result<(), StoreError> {
    let change = (tasks::percent_complete.eq(percent), tasks::version.eq(tasks::version + 1));
    diesel::update(tasks::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}
