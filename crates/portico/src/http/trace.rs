//! `extensions.trace`: what an operation took, for staff.

use axum::http::{HeaderMap, HeaderName};
use portico_core::access::Viewer;

/// Header that requests the trace.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-portico-trace");

/// Whether the viewer requests the trace and may read it.
pub(super) fn is_wanted(viewer: &Viewer, headers: &HeaderMap) -> bool {
    viewer.is_staff() && headers.get(HEADER).is_some_and(|wish| wish == "1")
}
