//! Projects: how they begin, and what is said of them.

mod draft;
mod project_create;
mod project_update;

pub(crate) use draft::CheckedProject;
pub use draft::{AddressDraft, ClientOfProject, ProjectDraft};
pub use project_create::ProjectCreate;
pub use project_update::{AddressChange, ProjectUpdate};
