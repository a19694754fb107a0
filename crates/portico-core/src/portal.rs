//! What a project's portal shows.

text_enum! {
    /// A section of the portal that a project can switch off (PRT-1). The dashboard cannot be (PRT-2).
    pub enum Feature {
        /// Project summary, balance and quick actions.
        Dashboard = "DASHBOARD",
        /// Product choices and design decisions.
        Selections = "SELECTIONS",
        /// Contracts, change orders and files.
        Documents = "DOCUMENTS",
        /// Invoices and payments.
        Billing = "BILLING",
        /// Two-way communication.
        Messages = "MESSAGES",
        /// Work performed, with photos.
        DailyLogs = "DAILY_LOGS",
        /// Timeline and milestones.
        Schedule = "SCHEDULE",
        /// The project's team.
        Team = "TEAM",
        /// Questions, answers and process information.
        Help = "HELP",
    }
}

text_enum! {
    /// How a project shares its schedule with clients (SCH-9).
    pub enum ScheduleShare {
        /// Clients see the milestones' names and states alone.
        None = "NONE",
        /// As a calendar.
        Calendar = "CALENDAR",
        /// As a Gantt chart.
        Gantt = "GANTT",
    }
}

text_enum! {
    /// Whether a help article can be read by clients (PRT-10).
    pub enum HelpArticleState {
        /// Being written.
        Draft = "DRAFT",
        /// For clients to read.
        Published = "PUBLISHED",
    }
}
