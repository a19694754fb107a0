//! Schedules and milestones.

mod delays;
mod drafts;
mod milestones;
mod planner;
mod publishing;
mod shared;
