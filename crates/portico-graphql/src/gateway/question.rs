//! An operation as it comes in, and as it is handed to the executor.

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;
use portico_audience::{Admitted, OperationRequest};
use serde_json::{Map, Value};

/// Operations beyond so many bytes are not admitted on the threads that answer everybody.
const LARGE: usize = 2_048;

/// An operation, as a caller sent it.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The text.
    pub query: String,
    /// Which of the text's operations.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Value>,
    /// How many bytes the variables had when they came.
    pub variable_bytes: usize,
    /// The id under which the log knows this request.
    pub request_id: String,
}

impl Question {
    /// What is to be admitted.
    pub(super) fn request(&self) -> OperationRequest<'_> {
        OperationRequest {
            query: &self.query,
            operation_name: self.operation_name.as_deref(),
            variables: &self.variables,
            variable_bytes: self.variable_bytes,
        }
    }

    /// Whether admitting it may take more than a moment, as far as can be seen before it is read.
    pub fn is_large(&self) -> bool {
        self.bytes() > LARGE || self.query.contains("__schema") || self.query.contains("__type(")
    }

    /// How many bytes are read for it.
    pub(super) fn bytes(&self) -> usize {
        self.query.len().saturating_add(self.variable_bytes)
    }
}

/// The admitted operation, printed from the tree that was admitted, and parsed once for as long as the plan is kept.
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
