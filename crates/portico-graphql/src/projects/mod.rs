//! Projects, their locations and their teams.

mod enums;
mod input;
mod list;
mod location;
mod mutations;
mod project;
mod setup_mutations;
mod team;

pub(crate) use enums::ClientRelationship;
pub(crate) use input::{MoneyInput, ProjectCreateInput};
pub(crate) use list::{DateFilter, ProjectConnection, ProjectFilter, ProjectSortKey, search_words, sort_position};
pub(crate) use location::Location;
pub(crate) use mutations::{ProjectMutations, project};
pub(crate) use project::Project;
pub(crate) use setup_mutations::ProjectSetupMutations;
pub(crate) use team::TeamMember;
