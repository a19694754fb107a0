//! Schedules: versions, milestones and tasks.

mod enums;
mod milestone;
mod planned;
mod task;
mod version;

pub(crate) use milestone::Milestone;
pub(crate) use task::Task;
pub(crate) use version::{Schedule, ScheduleVersion};
