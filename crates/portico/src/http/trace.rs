//! `extensions.trace`, which tells staff what their operation took.

use axum::http::{HeaderMap, HeaderName};
use portico_core::access::Viewer;

/// Asks for it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-portico-trace");

/// Whether the viewer may have it, and asks for it.
pub(super) fn is_wanted(viewer: &Viewer, headers: &HeaderMap) -> bool {
    viewer.is_staff() && headers.get(HEADER).is_some_and(|wish| wish == "1")
}
