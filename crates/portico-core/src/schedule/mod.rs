//! Schedules, their milestones and tasks; working days, and dates that follow from dependencies.

mod calendar;
mod delay;
mod difference;
mod lag;
mod order;
mod plan;
#[cfg(test)]
mod tests;
mod version;

pub use calendar::{CalendarError, CalendarException, DateOutOfRange, MAX_EXCEPTIONS, SUPPORTED_DATES, WorkCalendar};
pub use delay::{DelayCause, MAX_DELAY_DAYS};
pub use difference::{Outsider, ScheduleItem, SeenChange, SeenItem, SeenPlan};
pub use lag::{Lag, MAX_LAG_DAYS};
pub use plan::{MAX_WORK_DAYS, Plan, PlanDependency, PlanError, PlanTask, PlannedDates};
pub use version::{VersionAssignee, VersionDependency, VersionMilestone, VersionPlan, VersionTask};

text_enum! {
    /// A schedule version's state: drafts are numbered when they are published (STA-5).
    pub enum VersionState {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Current version, for clients and trade partners.
        Published = "PUBLISHED",
        /// Replaced by a later version.
        Superseded = "SUPERSEDED",
    }
}

text_enum! {
    /// Roll-up of all tasks of a milestone (MIL-2, MIL-5).
    pub enum MilestoneStatus {
        /// All its tasks are at 0 %.
        NotStarted = "NOT_STARTED",
        /// Some work has been done.
        Started = "STARTED",
        /// All its tasks are at 100 %.
        Completed = "COMPLETED",
    }
}

text_enum! {
    /// Kind of dependency between two tasks.
    pub enum DependencyKind {
        /// The task starts after the predecessor finishes.
        FinishToStart = "FINISH_TO_START",
        /// The task starts after the predecessor starts.
        StartToStart = "START_TO_START",
        /// The task finishes after the predecessor finishes.
        FinishToFinish = "FINISH_TO_FINISH",
        /// The task finishes after the predecessor starts.
        StartToFinish = "START_TO_FINISH",
    }
}

text_enum! {
    /// Unit of the lag of a dependency (MR-22).
    pub enum LagUnit {
        /// Working days of the company's calendar.
        WorkingDays = "WORKING_DAYS",
        /// Days of the week, working or not, such as those in which concrete cures.
        ElapsedDays = "ELAPSED_DAYS",
    }
}

text_enum! {
    /// Kind of assignee of a task.
    pub enum AssigneeKind {
        /// Member of the team.
        Team = "TEAM",
        /// A trade partner.
        Trade = "TRADE",
    }
}
