//! Why outsiders see what they see, and what they would see of a portal that is set otherwise. For staff.

mod access;
mod document;
mod preview;
mod subject;

pub(crate) use access::{AccessExplanation, explain_access};
pub(crate) use document::has as document_has;
pub(crate) use preview::{VisibilityPreview, preview_visibility};
