//! Rows of schedules: the plan of each version, and the published schedule.

use std::collections::BTreeMap;

use chrono::Weekday::{Fri, Mon, Thu, Tue, Wed};
use portico_core::UnknownVariant;
use portico_core::messages::ThreadSubject;
use portico_core::schedule::{
    CalendarException, DependencyKind, Lag, LagUnit, Plan as Dates, PlanDependency, PlanTask, VersionDependency,
    VersionMilestone, VersionPlan, VersionState, VersionTask, WorkCalendar,
};
use portico_store::rows::{PlannedAssignee, PlannedDependency, PlannedMilestone, PlannedTask, Text};
use uuid::Uuid;

use super::Result;
use super::builder::add_row;
use super::project::Site;
use super::section::{Day, Section};
use super::threads::note_rows;
use crate::{add, row};

/// A version while it is read. Milestones and tasks have the same id in all versions, by their name.
#[derive(Default)]
struct Plan {
    label: String,
    version_id: Uuid,
    is_published: bool,
    milestones: Vec<PlannedMilestone>,
    tasks: Vec<(PlannedTask, i32)>,
    assignees: Vec<PlannedAssignee>,
    /// Dependencies with the names of the tasks that they are on.
    dependencies: Vec<(PlannedDependency, Text)>,
}

impl Plan {
    /// The id of a row of this version.
    fn row_id(&self, site: &mut Site<'_, '_>, kind: &str, name: &str) -> Result<Uuid> {
        site.name(&format!("planned/{}/{kind}/{name}", self.label))
    }
}

/// Adds the versions of a project's schedule.
pub(super) fn schedule_rows(site: &mut Site<'_, '_>, schedule: &mut Section) -> Result {
    let mut plans: BTreeMap<i32, Plan> = BTreeMap::new();
    schedule.each("versions", |version| {
        let number: Option<i32> = version.get("number")?;
        let mut plan = version_plan(site, version, number)?;
        if let Some(base) = version.get::<i32>("based_on")? {
            let removed: Vec<Text> = version.get("removed")?.unwrap_or_default();
            let base = plans.get(&base).ok_or_else(|| version.error("`based_on` is the number of a version above"))?;
            add_unchanged(site, &mut plan, base, &removed)?;
        }
        add_rows(site, version, &mut plan)?;
        plans.extend(number.map(|number| (number, plan)));
        Ok(())
    })?;
    baseline_rows(site, &plans);
    if let Some(name) = schedule.get::<Text>("template")? {
        let plan = plans.last_entry().ok_or_else(|| schedule.error("`template` needs a numbered version"))?.remove();
        template_row(site, &plan, &name).map_err(|error| schedule.error(&error.to_string()))?;
    }
    schedule.each("delays", |delay| delay_row(site, delay))
}

/// Adds the dates that tasks of the published schedule had in the first version.
fn baseline_rows(site: &mut Site<'_, '_>, plans: &BTreeMap<i32, Plan>) {
    let (Some(first), Some(published)) = (plans.get(&1), plans.values().find(|plan| plan.is_published)) else { return };
    for (task, _) in &first.tasks {
        let &PlannedTask { task_id, start_on, finish_on, work_days, .. } = task;
        if published.tasks.iter().any(|(known, _)| known.task_id == task_id) {
            add!(site => TaskBaseline { task_id, start_on, finish_on, work_days });
        }
    }
}

/// Adds a template of the company, with the plan of a version.
fn template_row(
    site: &mut Site<'_, '_>,
    plan: &Plan,
    name: &Text,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let milestones = plan.milestones.iter().map(|row| VersionMilestone {
        milestone_id: row.milestone_id.into(),
        name: row.name.to_string(),
        client_viewable: row.client_viewable,
        internal_target_on: None,
        sort: row.sort,
    });
    let milestone_of = |row: Uuid| plan.milestones.iter().find(|known| known.id == row).map(|known| known.milestone_id);
    let task_of = |row: Uuid| plan.tasks.iter().find(|(known, _)| known.id == row).map(|(known, _)| known.task_id);
    let mut tasks = Vec::new();
    for (row, _) in &plan.tasks {
        let mut dependencies = Vec::new();
        for (dependency, _) in plan.dependencies.iter().filter(|(known, _)| known.planned_task_id == row.id) {
            dependencies.push(VersionDependency {
                predecessor_id: task_of(dependency.predecessor_id).unwrap_or_default().into(),
                kind: dependency.kind.parse()?,
                lag_days: dependency.lag_days,
                lag_unit: dependency.lag_unit.parse()?,
            });
        }
        let has_predecessors = !dependencies.is_empty();
        tasks.push(VersionTask {
            milestone_id: row.planned_milestone_id.and_then(milestone_of).map(Into::into),
            work_days: row.work_days,
            fixed_start_on: row.fixed_start_on.filter(|_| !has_predecessors),
            finish_on: row.finish_on,
            client_viewable: row.client_viewable,
            dependencies,
            ..VersionTask::new(row.task_id.into(), row.name.to_string(), row.start_on, row.sort)
        });
    }
    let start_on = plan.tasks.iter().map(|(task, _)| task.start_on).min().unwrap_or_default();
    let content = VersionPlan { start_on, milestones: milestones.collect(), tasks };
    let task_count = i32::try_from(content.tasks.len())?;
    let id = site.name_in_company(&format!("template/{name}"))?;
    let (company_id, updated_at) = (site.ids.0, site.created_at);
    let plan = serde_json::to_string(&content)?;
    site.build.add(row!(ScheduleTemplate {
        id,
        company_id,
        name: name.clone(),
        plan,
        task_count,
        version: 1,
        updated_at,
    }));
    Ok(())
}

/// Adds a delay, of a task that is named.
fn delay_row(site: &mut Site<'_, '_>, delay: &mut Section) -> Result {
    let id = site.name_section(delay, &format!("delay/{}", delay.position))?;
    let task_id = site.find_optional(delay, "task", "task")?;
    add_row!(site, delay => ScheduleDelay { id, task_id, version: 1 })
}

fn version_plan(site: &mut Site<'_, '_>, version: &mut Section, number: Option<i32>) -> Result<Plan> {
    let label = number.map_or_else(|| "draft".to_owned(), |number| format!("v{number}"));
    let version_id = site.name_section(version, &format!("schedule/{label}"))?;
    let state: VersionState = version.require("state")?;
    let is_published = state == VersionState::Published;
    let mut plan = Plan { label, version_id, is_published, ..Plan::default() };
    version.each("milestones", |milestone| {
        let name: Text = milestone.require("name")?;
        let was: Option<Text> = milestone.get("was")?;
        let (milestone_id, _) = site.name_shared(&format!("milestone/{}", was.as_ref().unwrap_or(&name)));
        let (id, sort) = (plan.row_id(site, "milestone", &name)?, milestone.position);
        let row =
            milestone.fill(row!(PlannedMilestone { id, version_id, milestone_id, client_viewable: true, sort }))?;
        plan.milestones.push(row);
        milestone.each("tasks", |task| read_task(site, &mut plan, Some(id), task))
    })?;
    version.each("tasks", |task| read_task(site, &mut plan, None, task))?;
    Ok(plan)
}

fn read_task(site: &mut Site<'_, '_>, plan: &mut Plan, milestone: Option<Uuid>, task: &mut Section) -> Result {
    let (name, was): (Text, Option<Text>) = (task.require("name")?, task.get("was")?);
    let path = format!("task/{}", was.as_ref().unwrap_or(&name));
    let (task_id, _) = site.name_shared(&path);
    let id = plan.row_id(site, "task", &name)?;
    let sort = i32::try_from(plan.tasks.len()).unwrap_or(i32::MAX) + 1;
    let row = row!(PlannedTask {
        id,
        version_id: plan.version_id,
        task_id,
        planned_milestone_id: milestone,
        client_viewable: true,
        work_days: task.require::<Day>("start_on")?.weekdays_to(task.require("finish_on")?),
        sort,
    });
    let (mut row, percent): (_, Option<i32>) = (task.fill(row)?, task.get("percent_complete")?);
    for slug in task.get::<Vec<Text>>("assigned")?.unwrap_or_default() {
        let assignee = plan.row_id(site, "assignee", &format!("{name}/{slug}"))?;
        let trade = site.find(&format!("trade/{slug}")).ok();
        let staff = if trade.is_none() { Some(site.find_in_company(&format!("staff/{slug}"))?) } else { None };
        plan.assignees.push(row!(PlannedAssignee {
            id: assignee,
            planned_task_id: id,
            project_membership_id: trade,
            staff_membership_id: staff,
        }));
    }
    let (kind, lag_unit) = (DependencyKind::FinishToStart, LagUnit::WorkingDays);
    let plain = row!(PlannedDependency { planned_task_id: id, kind, lag_unit });
    let after: Vec<Text> = task.get("after")?.unwrap_or_default();
    let mut dependencies: Vec<_> = after.into_iter().map(|on| (plain.clone(), on)).collect();
    task.each("linked", |link| {
        let (on, row) = (link.require("to")?, link.fill(plain.clone())?);
        dependencies.push((row, on));
        Ok(())
    })?;
    if dependencies.is_empty() {
        row.fixed_start_on = Some(row.start_on);
    }
    plan.dependencies.append(&mut dependencies);
    plan.tasks.push((row, percent.unwrap_or_default()));
    if plan.is_published {
        task.path = format!("{}/{path}", site.path);
    }
    note_rows(site, (ThreadSubject::Task, task_id), &format!("{path}/notes"), task)
}

/// Adds what a draft leaves as it is in the version on which it is based.
fn add_unchanged(site: &mut Site<'_, '_>, plan: &mut Plan, base: &Plan, removed: &[Text]) -> Result {
    let version_id = plan.version_id;
    for milestone in &base.milestones {
        if plan.milestones.iter().all(|known| known.milestone_id != milestone.milestone_id) {
            let id = plan.row_id(site, "milestone", &milestone.name)?;
            plan.milestones.push(PlannedMilestone { id, version_id, ..milestone.clone() });
        }
    }
    plan.milestones.sort_by_key(|milestone| milestone.sort);
    let mut added = Vec::new();
    for (task, percent) in &base.tasks {
        let is_named = plan.tasks.iter().any(|(known, _)| known.task_id == task.task_id);
        if is_named || removed.contains(&task.name) {
            continue;
        }
        let old = task.planned_milestone_id.and_then(|id| base.milestones.iter().find(|known| known.id == id));
        let new = old.and_then(|old| plan.milestones.iter().find(|known| known.milestone_id == old.milestone_id));
        let (id, planned_milestone_id) = (plan.row_id(site, "task", &task.name)?, new.map(|new| new.id));
        for assignee in base.assignees.iter().filter(|known| known.planned_task_id == task.id) {
            let row_id = plan.row_id(site, "assignee", &assignee.id.to_string())?;
            plan.assignees.push(PlannedAssignee { id: row_id, planned_task_id: id, ..assignee.clone() });
        }
        for (dependency, on) in base.dependencies.iter().filter(|(known, _)| known.planned_task_id == task.id) {
            if removed.contains(on) {
                continue;
            }
            // By its name in this version.
            let old = base.tasks.iter().find(|(known, _)| known.name == *on);
            let new = old.and_then(|(old, _)| plan.tasks.iter().find(|(known, _)| known.task_id == old.task_id));
            let on = new.map_or(on, |(task, _)| &task.name).clone();
            plan.dependencies.push((PlannedDependency { planned_task_id: id, ..dependency.clone() }, on));
        }
        added.push((PlannedTask { id, version_id, planned_milestone_id, ..task.clone() }, *percent));
    }
    plan.tasks.append(&mut added);
    plan.tasks.sort_by_key(|(task, _)| task.start_on);
    for (sort, (task, _)) in (1..).zip(&mut plan.tasks) {
        task.sort = sort;
    }
    Ok(())
}

fn add_rows(site: &mut Site<'_, '_>, version: &mut Section, plan: &mut Plan) -> Result {
    let start_on = plan.tasks.iter().map(|(task, _)| task.start_on).min().unwrap_or_default();
    let id = plan.version_id;
    add_row!(site, version => ScheduleVersion { id, start_on, version: 1 })?;
    add_row!(site, version => ScheduleVersionInternal { version_id: id })?;
    for (dependency, on) in &mut plan.dependencies {
        let named = |task: &&(PlannedTask, i32)| task.0.name == *on;
        let known = plan.tasks.iter().find(named).map(|(task, _)| task.id);
        dependency.predecessor_id =
            known.ok_or_else(|| version.error(&format!("no task of the version is called `{on}`")))?;
    }
    compute(plan, &site.build.exceptions).map_err(|error| version.error(&error.to_string()))?;
    if plan.is_published {
        published_rows(site, plan)?;
    }
    for row in &plan.milestones {
        site.add(row.clone());
    }
    for (row, _) in &plan.tasks {
        site.add(row.clone());
    }
    for row in &plan.assignees {
        site.add(row.clone());
    }
    for (row, _) in &plan.dependencies {
        site.add(row.clone());
    }
    Ok(())
}

/// Computes floats and the critical path. Tasks that do not start as their dependencies allow get a fixed date.
fn compute(plan: &mut Plan, exceptions: &[CalendarException]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let calendar = WorkCalendar::new(&[Mon, Tue, Wed, Thu, Fri], exceptions)?;
    for (task, _) in &mut plan.tasks {
        task.work_days = calendar.work_days_between(task.start_on, task.finish_on)?;
    }
    let start_on = plan.tasks.iter().map(|(task, _)| task.start_on).min().unwrap_or_default();
    loop {
        let tasks =
            plan.tasks.iter().map(|(task, _)| plan_task(plan, task)).collect::<std::result::Result<Vec<_>, _>>()?;
        let dates = Dates::new(&calendar, start_on, &tasks)?.dates()?;
        let of_task = |id: Uuid| dates.iter().find(|dates| dates.id.0 == id);
        let moved = plan.tasks.iter_mut().map(|(task, _)| task).filter(|task| {
            task.fixed_start_on.is_none() && of_task(task.id).is_some_and(|dates| dates.start_on != task.start_on)
        });
        // Those that wait for it may start in time then.
        if let Some(first) = moved.min_by_key(|task| task.start_on) {
            first.fixed_start_on = Some(first.start_on);
            continue;
        }
        for (task, _) in &mut plan.tasks {
            let Some(dates) = of_task(task.id) else { continue };
            (task.total_float_days, task.is_critical) = (dates.total_float_days, dates.is_critical);
            task.is_too_early = dates.is_before_predecessors;
        }
        return Ok(());
    }
}

fn plan_task(plan: &Plan, task: &PlannedTask) -> std::result::Result<PlanTask, UnknownVariant> {
    let own = plan.dependencies.iter().filter(|(row, _)| row.planned_task_id == task.id);
    let dependencies = own.map(|(row, _)| {
        let lag = Lag { days: row.lag_days, unit: row.lag_unit.parse()? };
        Ok(PlanDependency { predecessor: row.predecessor_id.into(), kind: row.kind.parse()?, lag })
    });
    let &PlannedTask { work_days, fixed_start_on, .. } = task;
    Ok(PlanTask {
        id: task.id.into(),
        work_days,
        fixed_start_on,
        dependencies: dependencies.collect::<std::result::Result<_, _>>()?,
    })
}

/// Adds the published schedule: what publishing the plan writes.
fn published_rows(site: &mut Site<'_, '_>, plan: &Plan) -> Result {
    for milestone in &plan.milestones {
        let &PlannedMilestone { milestone_id, client_viewable, internal_target_on, sort, .. } = milestone;
        add!(site => Milestone { id: milestone_id, name: milestone.name.clone(), client_viewable, sort });
        if internal_target_on.is_some() {
            add!(site => MilestoneInternal { milestone_id, internal_target_on });
        }
    }
    for (task, percent_complete) in &plan.tasks {
        let milestone = plan.milestones.iter().find(|known| Some(known.id) == task.planned_milestone_id);
        let (task_id, percent_complete) = (task.task_id, *percent_complete);
        add!(site => Task {
            id: task_id, milestone_id: milestone.map(|known| known.milestone_id), name: task.name.clone(),
            start_on: task.start_on, finish_on: task.finish_on, work_days: task.work_days, percent_complete,
            client_viewable: task.client_viewable, sort: task.sort, version: 1,
        });
        add!(site => TaskInternal {
            task_id, private_notes: task.private_notes.clone(), cost_code: task.cost_code.clone(),
            labor_hours: task.labor_hours, internal_deadline_on: task.internal_deadline_on, buffer_days: task.buffer_days,
            total_float_days: Some(task.total_float_days), is_critical: Some(task.is_critical),
        });
        if let Some(public_notes) = task.public_notes.clone() {
            add!(site => TaskBrief { task_id, public_notes });
        }
    }
    let task_of = |row: Uuid| {
        let task = plan.tasks.iter().find(|(task, _)| task.id == row);
        task.map(|(task, _)| task.task_id).unwrap_or_default()
    };
    for assignee in &plan.assignees {
        let &PlannedAssignee { project_membership_id, staff_membership_id, .. } = assignee;
        let id = plan.row_id(site, "published", &assignee.id.to_string())?;
        let task_id = task_of(assignee.planned_task_id);
        add!(site => TaskAssignee { id, task_id, project_membership_id, staff_membership_id });
    }
    for (dependency, _) in &plan.dependencies {
        let (task_id, predecessor_id) = (task_of(dependency.planned_task_id), task_of(dependency.predecessor_id));
        let PlannedDependency { kind, lag_days, lag_unit, .. } = dependency.clone();
        add!(site => TaskDependency { task_id, predecessor_id, kind, lag_days, lag_unit });
    }
    Ok(())
}
