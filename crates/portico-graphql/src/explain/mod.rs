//! Explanations for staff of what clients and trade partners see, and a preview of other portal settings.

mod access;
mod document;
mod preview;
mod subject;

pub(crate) use access::{AccessExplanation, explain_access};
pub(crate) use document::has as document_has;
pub(crate) use preview::{VisibilityPreview, preview_visibility};
