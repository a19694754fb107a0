//! Enums of schedules.

use async_graphql::Enum;
use portico_core::portal::ScheduleShare as CoreShare;
use portico_core::schedule::{
    AssigneeKind as CoreAssigneeKind, DependencyKind as CoreDependencyKind, LagUnit as CoreLagUnit,
    MilestoneStatus as CoreStatus, VersionState as CoreState,
};
use portico_graphql_macros::gated;

/// How a schedule is displayed.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ScheduleView {
    /// Calendar.
    #[shared(CLIENT, TRADE, STAFF)]
    Calendar,
    /// Gantt chart.
    #[shared(CLIENT, TRADE, STAFF)]
    Gantt,
}

impl ScheduleView {
    pub(crate) const fn of(share: CoreShare) -> Option<Self> {
        match share {
            CoreShare::None => None,
            CoreShare::Calendar => Some(Self::Calendar),
            CoreShare::Gantt => Some(Self::Gantt),
        }
    }
}

/// Progress of a milestone.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStatus")]
pub(crate) enum MilestoneStatus {
    /// No work is done.
    #[shared(CLIENT, TRADE, STAFF)]
    NotStarted,
    /// Some work is done.
    #[shared(CLIENT, TRADE, STAFF)]
    Started,
    /// All work is done.
    #[shared(CLIENT, TRADE, STAFF)]
    Completed,
}

/// State of a schedule version.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum ScheduleVersionState {
    /// Draft, visible to staff only.
    #[requires(SCHEDULE_EDIT)]
    Draft,
    /// Current version, for clients and trade partners.
    #[requires(SCHEDULE_EDIT)]
    Published,
    /// Replaced by a later version.
    #[requires(SCHEDULE_EDIT)]
    Superseded,
}

/// Kind of dependency between two tasks.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreDependencyKind")]
pub(crate) enum DependencyKind {
    /// The task starts after the predecessor finishes.
    #[shared(STAFF)]
    FinishToStart,
    /// The task starts after the predecessor starts.
    #[shared(STAFF)]
    StartToStart,
    /// The task finishes after the predecessor finishes.
    #[shared(STAFF)]
    FinishToFinish,
    /// The task finishes after the predecessor starts.
    #[shared(STAFF)]
    StartToFinish,
}

/// Unit of the lag between two tasks.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreLagUnit")]
pub(crate) enum LagUnit {
    /// Days of the company's work calendar.
    #[shared(STAFF)]
    WorkingDays,
    /// All days, such as for curing.
    #[shared(STAFF)]
    ElapsedDays,
}

/// Kind of assignee.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAssigneeKind")]
pub(crate) enum AssigneeKind {
    /// Member of the team.
    #[shared(TRADE, STAFF)]
    Team,
    /// Trade partner.
    #[shared(TRADE, STAFF)]
    Trade,
}
