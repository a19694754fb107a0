//! Schedules: versions, milestones and tasks.

mod change;
mod delay;
mod delay_mutations;
mod draft_mutations;
mod enums;
mod milestone;
mod planned;
mod task;
mod task_mutations;
mod template;
mod version;

pub(crate) use delay::{ScheduleDelay, delays_of};
pub(crate) use delay_mutations::ScheduleDelayMutations;
pub(crate) use draft_mutations::ScheduleDraftMutations;
pub(crate) use milestone::Milestone;
pub(crate) use task::Task;
pub(crate) use task_mutations::TaskMutations;
pub(crate) use template::{ScheduleTemplate, ScheduleTemplateMutations, templates_of};
pub(crate) use version::{Schedule, ScheduleVersion};
