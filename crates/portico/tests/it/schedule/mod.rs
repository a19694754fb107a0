//! Schedules and milestones.

mod drafts;
mod milestones;
mod planner;
mod publishing;
mod shared;
