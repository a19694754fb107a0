//! Portals.

text_enum! {
    /// Section of a portal that a project can disable (PRT-1), except the dashboard (PRT-2).
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

/// Message for a list of sections without the dashboard, which cannot be disabled (PRT-2).
pub const DASHBOARD_REQUIRED: &str = "must include DASHBOARD: the dashboard cannot be disabled";

text_enum! {
    /// How a project shares its schedule with clients (SCH-9).
    pub enum ScheduleShare {
        /// Not shared; clients see names and status of milestones.
        None = "NONE",
        /// As a calendar.
        Calendar = "CALENDAR",
        /// As a Gantt chart.
        Gantt = "GANTT",
    }
}

text_enum! {
    /// Publication state of a help article (PRT-10).
    pub enum HelpArticleState {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Published for clients.
        Published = "PUBLISHED",
    }
}
