//! Projects.

mod changes;
mod creation;
mod isolation;
mod setup;
