//! Schedules, their milestones and tasks.

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
    /// Kind of assignee of a task.
    pub enum AssigneeKind {
        /// Member of the team.
        Team = "TEAM",
        /// A trade partner.
        Trade = "TRADE",
    }
}
