//! States of schedules.

use async_graphql::Enum;
use portico_core::portal::ScheduleShare as CoreShare;
use portico_core::schedule::{
    AssigneeKind as CoreAssigneeKind, DependencyKind as CoreDependencyKind, MilestoneStatus as CoreStatus,
    VersionState as CoreState,
};
use portico_graphql_macros::gated;

/// How a schedule is meant to be shown.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ScheduleView {
    /// As a calendar.
    #[shared(CLIENT, TRADE, STAFF)]
    Calendar,
    /// As a Gantt chart.
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

/// How far a milestone is.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStatus")]
pub(crate) enum MilestoneStatus {
    /// No work has been done.
    #[shared(CLIENT, TRADE, STAFF)]
    NotStarted,
    /// Some work has been done.
    #[shared(CLIENT, TRADE, STAFF)]
    Started,
    /// All work has been done.
    #[shared(CLIENT, TRADE, STAFF)]
    Completed,
}

/// The state of a schedule version.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum VersionState {
    /// Being worked on.
    #[requires(SCHEDULE_EDIT)]
    Draft,
    /// The one that clients and trade partners see.
    #[requires(SCHEDULE_EDIT)]
    Published,
    /// Was published before.
    #[requires(SCHEDULE_EDIT)]
    Superseded,
}

/// How one task waits for another.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreDependencyKind")]
pub(crate) enum DependencyKind {
    /// It starts when the other has finished.
    #[shared(STAFF)]
    FinishToStart,
    /// It starts when the other has started.
    #[shared(STAFF)]
    StartToStart,
    /// It finishes when the other has finished.
    #[shared(STAFF)]
    FinishToFinish,
    /// It finishes when the other has started.
    #[shared(STAFF)]
    StartToFinish,
}

/// Who is assigned.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAssigneeKind")]
pub(crate) enum AssigneeKind {
    /// One of the company's own people.
    #[shared(TRADE, STAFF)]
    Team,
    /// A trade partner.
    #[shared(TRADE, STAFF)]
    Trade,
}
