//! Access: viewers, roles, audiences and permissions.

mod audience;
mod permission;
mod viewer;

pub use audience::{Audience, Role};
pub use permission::{Permission, PermissionSet};
pub use viewer::{Membership, Person, ProjectScope, ViewedBy, Viewer, ViewerScope};
