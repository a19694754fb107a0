//! Schedules and milestones.

mod baseline;
mod delays;
mod drafts;
mod effects;
mod feed;
mod milestones;
mod planner;
mod progress;
mod publishing;
mod shared;
mod templates;
