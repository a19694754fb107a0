//! An answer: data, and errors with nothing in them that is not the caller's.

use async_graphql::{PathSegment, Response, ServerError};
use portico_loader::Loader;
use serde_json::{Map, Value, json};

use super::Ready;
use crate::error::{ApiError, ErrorCode, sentence};

/// At most so many errors are told.
const MAX_ERRORS: usize = 20;

/// The answer to an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body: `data`, `errors`, `extensions`.
    pub body: Value,
    /// The codes of the errors, without repetition.
    pub codes: Vec<ErrorCode>,
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// What it cost; none if it was refused before that was known.
    pub cost: Option<u64>,
    /// How many statements it took.
    pub statements: u64,
}

impl Answer {
    /// An answer that is an error and nothing else.
    pub fn error(code: ErrorCode, message: &str, request_id: &str) -> Self {
        let error = json!({ "message": message, "extensions": { "code": code.as_str(), "requestId": request_id } });
        Self::refused(vec![error], code)
    }

    /// Adds the caller's rate to `extensions.cost`. How much of it is left stands in the headers: the same question has the
    /// same body, whenever it is asked.
    pub fn tell_rate(&mut self, maximum: u64, restored_per_second: u64) {
        let status = json!({ "maximumAvailable": maximum, "restoreRate": restored_per_second });
        if let Some(cost) = self.body.pointer_mut("/extensions/cost").and_then(Value::as_object_mut) {
            cost.insert("throttleStatus".to_owned(), status);
        }
    }

    /// A defect of ours, told to the log alone.
    pub(super) fn defect(text: &str, request_id: &str) -> Self {
        tracing::error!(request_id, error = text, "an operation failed");
        Self::error(ErrorCode::Internal, sentence(ErrorCode::Internal), request_id)
    }

    pub(super) fn refused(errors: Vec<Value>, code: ErrorCode) -> Self {
        Self { body: json!({ "errors": errors }), codes: vec![code], operation: None, cost: None, statements: 0 }
    }

    pub(super) fn of(response: Response, ready: &Ready, loader: &Loader) -> Self {
        let (admitted, request_id) = (&ready.admitted, ready.request_id.as_str());
        let mut codes = Vec::new();
        let errors: Vec<_> =
            response.errors.iter().take(MAX_ERRORS).map(|error| redacted(error, request_id, &mut codes)).collect();
        let mut data = response.data.into_json().unwrap_or_default();
        if let (Value::Object(data), Some(introspection)) = (&mut data, &admitted.introspection) {
            put_introspection(data, introspection);
        }
        let mut body = Map::new();
        if !errors.is_empty() {
            body.insert("errors".to_owned(), Value::Array(errors));
        }
        body.insert("data".to_owned(), data);
        let cost = json!({ "cost": { "requestedQueryCost": admitted.cost, "maximumCost": ready.maximum_cost } });
        body.insert("extensions".to_owned(), cost);
        Self {
            body: Value::Object(body),
            codes,
            operation: admitted.plan.operation_name().map(str::to_owned),
            cost: Some(admitted.cost),
            statements: loader.statements(),
        }
    }
}

/// The executor was given placeholders, so that the keys stand in the order of the operation.
fn put_introspection(data: &mut Map<String, Value>, introspection: &Map<String, Value>) {
    for (key, value) in introspection {
        if let Some(placeholder) = data.get_mut(key) {
            *placeholder = value.clone();
        }
    }
}

/// An error of ours by its code and sentence; anything else is a defect, and its text stays here.
fn redacted(error: &ServerError, request_id: &str, codes: &mut Vec<ErrorCode>) -> Value {
    let known = error.source::<ApiError>();
    let (code, message) = match known {
        Some(known) => (known.code(), known.message()),
        None => (ErrorCode::Internal, sentence(ErrorCode::Internal).to_owned()),
    };
    match known {
        Some(ApiError::BadInput { .. } | ApiError::CursorInvalid { .. } | ApiError::NotForViewer { .. }) => {}
        Some(known) => tracing::error!(request_id, error = ?known, "a field failed"),
        None => tracing::error!(request_id, error = error.message, "a field failed in an unforeseen way"),
    }
    if !codes.contains(&code) {
        codes.push(code);
    }
    let mut extensions = Map::new();
    extensions.insert("code".to_owned(), json!(code.as_str()));
    extensions.insert("requestId".to_owned(), json!(request_id));
    if let Some(ApiError::NotForViewer { missing: Some(permission), .. }) = known {
        extensions.insert("missingPermission".to_owned(), json!(permission.as_str()));
    }
    // No locations: the executor's are those of the admitted text, which is not the caller's. The path tells where.
    let path: Vec<_> = error
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Field(name) => json!(name),
            PathSegment::Index(index) => json!(index),
        })
        .collect();
    json!({ "message": message, "path": path, "extensions": extensions })
}
