//! What readers are told of changes.

mod changes_tell;

pub use changes_tell::ChangesTell;
