//! Portals of projects.

mod help;
mod sections;
mod settings;
