//! Schedules.

mod delays;

pub use delays::{ScheduleDelayRemove, ScheduleDelaySave};
