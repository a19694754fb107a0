//! Schedules and milestones.

mod baseline;
mod delays;
mod drafts;
mod feed;
mod milestones;
mod planner;
mod publishing;
mod shared;
mod templates;
