//! People: who asks.

mod enums;
mod viewer;

pub(crate) use enums::Permission;
pub(crate) use viewer::ViewerNode;
