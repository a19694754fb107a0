//! Schedules and milestones.

mod delays;
mod drafts;
mod effects;
mod feed;
mod milestones;
mod planner;
mod publishing;
mod shared;
mod templates;
