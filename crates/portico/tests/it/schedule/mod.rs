//! Schedules and milestones.

mod milestones;
mod publishing;
mod shared;
