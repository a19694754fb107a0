//! Schedules and milestones.

mod delays;
mod milestones;
mod publishing;
mod shared;
