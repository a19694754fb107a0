//! Schedules: drafts, their publication, and progress.

mod delays;
mod draft;
mod draft_create;
mod draft_discard;
mod draft_update;
mod milestone_save;
mod refused_plan;
mod schedule_publish;
mod schedule_shift;
mod schedule_templates;
mod task_progress;
mod task_save;

pub use delays::{ScheduleDelayRemove, ScheduleDelaySave};
pub(crate) use draft::reschedule_drafts;
pub(crate) use draft_create::create_draft;
pub use draft_create::{DraftBasis, ScheduleDraftCreate};
pub use draft_discard::ScheduleDraftDiscard;
pub use draft_update::ScheduleDraftUpdate;
pub use milestone_save::{MilestoneDelete, MilestoneSave};
pub use schedule_publish::{PublishedSchedule, SchedulePublish};
pub use schedule_shift::{ScheduleShift, ShiftedSchedule};
pub use schedule_templates::{ScheduleTemplateDelete, ScheduleTemplateSave};
pub use task_progress::TaskProgressSet;
pub use task_save::{TaskDelete, TaskDependencyDraft, TaskSave};
