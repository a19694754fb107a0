//! What readers are told of changes.

mod changes_tell;

pub(crate) use changes_tell::ToldByRequest;
