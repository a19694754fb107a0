//! Schedules: versions, milestones and tasks.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{
    MilestoneId, PlannedMilestoneId, PlannedTaskId, ProjectId, ScheduleDelayId, ScheduleVersionId, TaskId,
};
use portico_core::page::{Paged, Slice};
pub use portico_store::schedule::{
    MilestoneInternalsRow, MilestoneRow, PlannedAssigneeRow, PlannedDependencyRow, PlannedMilestoneRow, PlannedTaskRow,
    ScheduleDelayRow, ScheduleTemplateRow, ScheduleVersionInternalsRow, ScheduleVersionRow, TaskAssigneeRow,
    TaskBaselineRow, TaskBriefRow, TaskDependencyRow, TaskInternalsRow, TaskRow,
};
use portico_store::schedule::{
    assignees_of_planned_tasks, assignees_of_tasks, baselines_of_tasks, briefs_of_tasks, count_planned_tasks,
    count_tasks_of_projects, delays_by_id, delays_of_projects, dependencies_of_planned_tasks, dependencies_of_tasks,
    internals_of_milestones, internals_of_tasks, internals_of_versions, milestones_by_id, milestones_in_projects,
    milestones_of_projects, planned_milestones_in_projects, planned_milestones_of_versions, planned_tasks_in_projects,
    planned_tasks_of_versions, published_versions, tasks_by_id, tasks_in_projects, tasks_of_projects,
    templates_of_companies, versions_by_id, versions_of_projects,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

use crate::gather::{loads_many, loads_one, page_each};
use crate::{CachePolicy, Key};

loads_one! {
    /// A schedule version.
    VersionById(ScheduleVersionId) => ScheduleVersionRow, versions_by_id, by id
}
loads_one! {
    /// A project's published schedule version.
    PublishedVersion(of project) => ScheduleVersionRow, published_versions, by project_id
}
loads_many! {
    /// A project's schedule versions: drafts first, then the newest.
    VersionsOfProject(of project) => ScheduleVersionRow, versions_of_projects, by project_id
}
loads_one! {
    /// Columns of a version for staff only.
    InternalsOfVersion(in project, ScheduleVersionId) => ScheduleVersionInternalsRow, internals_of_versions, by version_id
}
loads_many! {
    /// A company's templates of schedules, by name.
    TemplatesOfCompany(of company) => ScheduleTemplateRow, templates_of_companies, by company_id
}
loads_one! {
    /// A milestone.
    MilestoneById(MilestoneId) => MilestoneRow, milestones_by_id, by id
}
loads_many! {
    /// A project's milestones, in sort order.
    MilestonesOfProject(of project) => MilestoneRow, milestones_of_projects, by project_id
}
loads_many! {
    /// Milestones in a version's plan, in sort order.
    MilestonesOfVersion(in project, ScheduleVersionId) => PlannedMilestoneRow, planned_milestones_of_versions, by version_id
}
loads_one! {
    /// A milestone in a version's plan.
    PlannedMilestoneIn(in project, PlannedMilestoneId) => PlannedMilestoneRow, planned_milestones_in_projects, by id
}
loads_one! {
    /// A task in a version's plan.
    PlannedTaskIn(in project, PlannedTaskId) => PlannedTaskRow, planned_tasks_in_projects, by id
}
loads_many! {
    /// A planned task's assignees.
    AssigneesOfPlannedTask(in project, PlannedTaskId) => PlannedAssigneeRow, assignees_of_planned_tasks, by planned_task_id
}
loads_many! {
    /// A planned task's predecessors.
    DependenciesOfPlannedTask(in project, PlannedTaskId) => PlannedDependencyRow, dependencies_of_planned_tasks, by planned_task_id
}
loads_one! {
    /// Columns of a milestone for staff only.
    InternalsOfMilestone(in project, MilestoneId) => MilestoneInternalsRow, internals_of_milestones, by milestone_id
}
loads_one! {
    /// A milestone of a project.
    MilestoneIn(in project, MilestoneId) => MilestoneRow, milestones_in_projects, by id
}
loads_one! {
    /// A task of a project.
    TaskIn(in project, TaskId) => TaskRow, tasks_in_projects, by id
}
loads_one! {
    /// A task.
    TaskById(TaskId) => TaskRow, tasks_by_id, by id
}
loads_one! {
    /// Columns of a task for staff only.
    InternalsOfTask(in project, TaskId) => TaskInternalsRow, internals_of_tasks, by task_id
}
loads_one! {
    /// A task's dates in the first published schedule.
    BaselineOfTask(in project, TaskId) => TaskBaselineRow, baselines_of_tasks, by task_id
}
loads_one! {
    /// A task's notes for trade partners and staff.
    BriefOfTask(in project, TaskId) => TaskBriefRow, briefs_of_tasks, by task_id
}
loads_many! {
    /// A task's assignees.
    AssigneesOfTask(in project, TaskId) => TaskAssigneeRow, assignees_of_tasks, by task_id
}
loads_many! {
    /// A task's predecessors.
    DependenciesOfTask(in project, TaskId) => TaskDependencyRow, dependencies_of_tasks, by task_id
}
loads_one! {
    /// A delay.
    ScheduleDelayById(ScheduleDelayId) => ScheduleDelayRow, delays_by_id, by id
}
loads_many! {
    /// A project's delays, by first day.
    DelaysOfProject(of project) => ScheduleDelayRow, delays_of_projects, by project_id
}

/// A page of a project's tasks, in schedule order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TasksOfProject {
    /// The project.
    pub project: ProjectId,
    /// The slice.
    pub slice: Slice,
}

impl Key for TasksOfProject {
    type Value = Arc<Paged<Arc<TaskRow>>>;

    const KIND: &'static str = "TasksOfProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<ProjectId>> = HashMap::new();
        for key in keys {
            by_slice.entry(key.slice).or_default().push(key.project);
        }
        let mut pages = HashMap::new();
        for (slice, projects) in by_slice {
            let rows = tasks_of_projects(session, projects, &slice).await?;
            let of_project =
                page_each(rows, session.viewer(), &slice, |row| Self { project: row.project_id, slice: slice.clone() });
            pages.extend(of_project);
        }
        Ok(pages)
    }
}

/// The number of a project's tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct TaskCount(pub ProjectId);

impl Key for TaskCount {
    type Value = i64;

    const KIND: &'static str = "TaskCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.0))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let counts = count_tasks_of_projects(session, keys.iter().map(|key| key.0).collect()).await?;
        Ok(counts.into_iter().map(|(project, count)| (Self(project), count)).collect())
    }
}

/// A page of the tasks in a version's plan, in sort order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PlannedTasksOfVersion {
    /// The version's project.
    pub project: ProjectId,
    /// The version.
    pub version: ScheduleVersionId,
    /// The slice.
    pub slice: Slice,
}

impl Key for PlannedTasksOfVersion {
    type Value = Arc<Paged<Arc<PlannedTaskRow>>>;

    const KIND: &'static str = "PlannedTasksOfVersion";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<(ProjectId, ScheduleVersionId)>> = HashMap::new();
        for key in keys {
            by_slice.entry(key.slice).or_default().push((key.project, key.version));
        }
        let mut pages = HashMap::new();
        for (slice, versions) in by_slice {
            let rows = planned_tasks_of_versions(session, versions, &slice).await?;
            let of_version = page_each(rows, session.viewer(), &slice, |row| Self {
                project: row.project_id,
                version: row.version_id,
                slice: slice.clone(),
            });
            pages.extend(of_version);
        }
        Ok(pages)
    }
}

/// The number of tasks in a version's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct PlannedTaskCount(pub ProjectId, pub ScheduleVersionId);

impl Key for PlannedTaskCount {
    type Value = i64;

    const KIND: &'static str = "PlannedTaskCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.0))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let counts = count_planned_tasks(session, keys.iter().map(|key| (key.0, key.1)).collect()).await?;
        let counts: HashMap<_, _> = counts.into_iter().collect();
        Ok(keys.into_iter().filter_map(|key| counts.get(&key.1).map(|count| (key, *count))).collect())
    }
}
