//! Schedules: versions, milestones and tasks.

mod delay;
mod delay_mutations;
mod enums;
mod milestone;
mod task;
mod version;

pub(crate) use delay::{ScheduleDelay, delays_of};
pub(crate) use delay_mutations::ScheduleDelayMutations;
pub(crate) use milestone::Milestone;
pub(crate) use task::Task;
pub(crate) use version::{Schedule, ScheduleVersion};
