//! The id of a request.

/// The id of a request, by which the log and the caller speak of it.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);
