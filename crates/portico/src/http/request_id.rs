//! The id of a request.

/// Id of a request, in the log and in the reply.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);
