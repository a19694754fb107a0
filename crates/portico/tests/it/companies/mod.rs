//! Companies and their staff.

mod creation;
pub(crate) mod staff;
mod work_calendar;
