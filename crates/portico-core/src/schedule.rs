//! Schedules, their milestones and tasks.

text_enum! {
    /// A schedule version's state: drafts are numbered when they are published (STA-5).
    pub enum VersionState {
        /// Being worked on; staff only.
        Draft = "DRAFT",
        /// The one that clients and trades see.
        Published = "PUBLISHED",
        /// Was published before.
        Superseded = "SUPERSEDED",
    }
}

text_enum! {
    /// Derived from a milestone's tasks (MIL-2, MIL-5).
    pub enum MilestoneStatus {
        /// All its tasks stand at 0 %.
        NotStarted = "NOT_STARTED",
        /// Some work has been done.
        Started = "STARTED",
        /// All its tasks stand at 100 %.
        Completed = "COMPLETED",
    }
}

text_enum! {
    /// How one task waits for another.
    pub enum DependencyKind {
        /// It starts when the other has finished.
        FinishToStart = "FINISH_TO_START",
        /// It starts when the other has started.
        StartToStart = "START_TO_START",
        /// It finishes when the other has finished.
        FinishToFinish = "FINISH_TO_FINISH",
        /// It finishes when the other has started.
        StartToFinish = "START_TO_FINISH",
    }
}

text_enum! {
    /// Who is assigned to a task.
    pub enum AssigneeKind {
        /// One of the company's own people.
        Team = "TEAM",
        /// A trade partner.
        Trade = "TRADE",
    }
}
