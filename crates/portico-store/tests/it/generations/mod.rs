//! How generations change, by SQL alone: with which changes and commits, without contention between writers.

mod catalogue;
mod commits;
mod roll_ups;
mod support;
mod tables;
mod writers;
