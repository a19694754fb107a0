//! Schedules and milestones.

mod feed;
mod milestones;
mod publishing;
mod shared;
