//! Operations as sent by callers and as passed to the executor.

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;
use portico_audience::{Admitted, OperationRequest};
use serde_json::{Map, Value};

/// Larger operations, in bytes, are not admitted on the threads that serve all requests.
const LARGE: usize = 2_048;

/// Operation of a caller.
#[derive(Clone, Default)]
pub struct Question {
    /// The text.
    pub query: String,
    /// The operation to run.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Value>,
    /// Bytes of the variables as received.
    pub variable_bytes: usize,
    /// The request id of the log.
    pub request_id: String,
}

/// Omits the text and the variables, which may hold passwords.
impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { operation_name, request_id, .. } = self;
        let mut question = f.debug_struct("Question");
        question.field("operation_name", operation_name).field("request_id", request_id).finish_non_exhaustive()
    }
}

impl Question {
    /// The request for admission.
    pub(super) fn request(&self) -> OperationRequest<'_> {
        OperationRequest {
            query: &self.query,
            operation_name: self.operation_name.as_deref(),
            variables: &self.variables,
            variable_bytes: self.variable_bytes,
        }
    }

    /// Whether admission may take long, judged before parsing.
    pub fn is_large(&self) -> bool {
        self.bytes() > LARGE || self.query.contains("__schema") || self.query.contains("__type(")
    }

    /// Bytes to be read.
    pub(super) fn bytes(&self) -> usize {
        self.query.len().saturating_add(self.variable_bytes)
    }
}

/// The admitted operation, printed from the admitted tree, and parsed once while the plan is cached.
pub(super) fn prepared(admitted: &Admitted) -> async_graphql::Request {
    let plan = &admitted.plan;
    let parsed: &Option<ExecutableDocument> = plan.prepared(|text| async_graphql::parser::parse_query(text).ok());
    let variables = Variables::from_json(Value::Object(admitted.variables.clone()));
    let mut request = async_graphql::Request::new(plan.text()).variables(variables);
    if let Some(parsed) = parsed {
        request.set_parsed_query(parsed.clone());
    }
    request
}
