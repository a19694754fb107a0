//! Projects, their places and their teams.

mod enums;
mod list;
mod location;
mod project;
mod team;

pub(crate) use list::{DateFilter, ProjectConnection, ProjectFilter, ProjectSortKey, search_words, sort_position};
pub(crate) use location::Location;
pub(crate) use project::Project;
pub(crate) use team::TeamMember;
