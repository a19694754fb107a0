//! Answers: data, and errors without internal details.

use std::cmp::Ordering;
use std::io;
use std::sync::Arc;

use async_graphql::{Name, PathSegment, Pos, Response, ServerError};
use bytes::Bytes;
use indexmap::IndexMap;
use portico_audience::Introspection;
use portico_core::limits::ANSWER_BYTES;
use portico_loader::RequestCounts;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Ready;
use crate::answer_size::Measured;
use crate::error::{ApiError, ErrorCode};
use crate::session_change::SessionChange;

/// Maximum number of errors in an answer.
const MAX_ERRORS: usize = 20;

/// Answer to an operation.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// `data`, as JSON; none if the operation was rejected.
    data: Option<Bytes>,
    errors: Vec<Value>,
    extensions: Map<String, Value>,
    /// The codes of the errors, without repetition.
    pub codes: Vec<ErrorCode>,
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// The cost; none if the operation was rejected before it was known.
    pub cost: Option<u64>,
    /// Statements and cache hits.
    pub request_counts: RequestCounts,
    /// Changes of the caller's session.
    pub session_changes: Vec<SessionChange>,
    /// Whether a mutation was sent by GET.
    pub is_wrong_method: bool,
    /// Whether it came from the cache.
    pub was_cached: bool,
    /// Whether it was stored in the cache.
    pub is_cached: bool,
}

impl Answer {
    /// An answer with one error and no data.
    pub fn error(code: ErrorCode, message: &str, request_id: &str) -> Self {
        let error = json!({ "message": message, "extensions": { "code": code.as_str(), "requestId": request_id } });
        Self::refused(vec![error], code)
    }

    /// Adds the caller's rate limit to `extensions.cost`. The remaining amount is in the headers, so that the same operation has
    /// the same body at any time.
    pub fn add_rate(&mut self, maximum: u64, refilled_per_second: u64) {
        let status = json!({ "maximumAvailable": maximum, "restoreRate": refilled_per_second });
        if let Some(cost) = self.extensions.get_mut("cost").and_then(Value::as_object_mut) {
            cost.insert("throttleStatus".to_owned(), status);
        }
    }

    /// Adds `extensions.trace`: statements and cache hits, for staff.
    pub fn add_trace(&mut self) {
        let request_counts = &self.request_counts;
        let hits = json!({
            "answer": self.was_cached,
            "memory": request_counts.from_memory,
            "redis": request_counts.from_redis,
        });
        let trace = json!({
            "statements": request_counts.statements,
            "batches": request_counts.batches,
            "keys": request_counts.keys,
            "hits": hits,
            "read": request_counts.from_database,
        });
        self.extensions.insert("trace".to_owned(), trace);
    }

    /// Whether the operation was rejected: there is no `data`.
    pub fn is_refused(&self) -> bool {
        self.data.is_none()
    }

    /// The whole body.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.data.as_ref().map_or(0, Bytes::len) + 256);
        if !self.errors.is_empty() {
            put(&mut body, b"\"errors\":", &self.errors);
        }
        if let Some(data) = &self.data {
            open(&mut body, b"\"data\":");
            body.extend_from_slice(data);
        }
        if !self.extensions.is_empty() {
            put(&mut body, b"\"extensions\":", &self.extensions);
        }
        body.push(b'}');
        body
    }

    /// The whole body, parsed.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.to_bytes()).unwrap_or_default()
    }

    /// `data` of an answer without errors, which can be cached.
    pub(super) fn faultless(&self) -> Option<&Bytes> {
        self.data.as_ref().filter(|_| self.errors.is_empty())
    }

    /// An internal error; the text is for the log.
    pub(super) fn defect(text: &str, request_id: &str) -> Self {
        tracing::error!(request_id, error = text, "an operation failed");
        Self::error(ErrorCode::Internal, ErrorCode::Internal.message(), request_id)
    }

    pub(super) fn refused(errors: Vec<Value>, code: ErrorCode) -> Self {
        Self { errors, codes: vec![code], ..Self::default() }
    }

    /// Puts the errors of another rejection first.
    pub(super) fn prepend(&mut self, first: Self) {
        self.errors.splice(0..0, first.errors);
        self.codes.splice(0..0, first.codes);
    }

    pub(super) async fn of(executed: Measured<Response>, ready: &Ready, request_counts: RequestCounts) -> Self {
        let Measured { output, bytes, changed } = executed;
        let mut response = output.unwrap_or_else(|| too_large(&changed));
        let data = match write(std::mem::take(&mut response.data), ready.admitted.introspection.clone(), bytes).await {
            Some(data) => data,
            None => {
                response.errors = too_large(&changed).errors;
                Bytes::from_static(b"null")
            }
        };
        let request_id = ready.request_id.as_str();
        let mut codes = Vec::new();
        let mut ordered: Vec<_> = response.errors.iter().collect();
        // In the order of the answer: items of a list fail in the order in which their rows arrive, which varies.
        ordered.sort_by(|one, other| by_path(&one.path, &other.path));
        // A path that fails for the same reason in several selections is listed once: how many selections ran before the failure
        // varies as well.
        ordered.dedup_by(|later, first| (&later.path, reason(later)) == (&first.path, reason(first)));
        let errors: Vec<_> =
            ordered.into_iter().take(MAX_ERRORS).map(|error| redacted(error, request_id, &mut codes)).collect();
        Self { errors, codes, ..Self::with_data(data, ready, request_counts) }
    }

    /// An answer without errors.
    pub(super) fn with_data(data: Bytes, ready: &Ready, request_counts: RequestCounts) -> Self {
        let admitted = &ready.admitted;
        let cost = json!({ "requestedQueryCost": admitted.cost, "maximumCost": ready.maximum_cost });
        Self {
            data: Some(data),
            extensions: Map::from_iter([("cost".to_owned(), cost)]),
            operation: admitted.plan.operation_name().map(str::to_owned),
            cost: Some(admitted.cost),
            request_counts,
            ..Self::default()
        }
    }
}

/// Size above which data is serialized on a blocking thread, in bytes as counted during execution.
///
/// Serializing it and freeing its values takes milliseconds, during which a runtime thread would answer no other
/// request.
const BLOCKING_BYTES: usize = 256 * 1024;

/// Serializes data as JSON; none if it is larger than [`ANSWER_BYTES`].
async fn write(data: async_graphql::Value, introspection: Option<Arc<Introspection>>, bytes: usize) -> Option<Bytes> {
    let write = move || {
        let mut body = Bounded { written: Vec::new(), most: ANSWER_BYTES };
        let written = match (introspection, &data) {
            (Some(introspection), async_graphql::Value::Object(fields)) => {
                with_introspection(&mut body, fields, &introspection)
            }
            _ => serde_json::to_writer(&mut body, &data),
        };
        written.is_ok().then(|| body.written.into())
    };
    if bytes < BLOCKING_BYTES {
        return write();
    }
    tokio::task::spawn_blocking(write).await.unwrap_or_default()
}

/// Buffer with a maximum size, in bytes.
struct Bounded {
    written: Vec<u8>,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Response of an execution whose answer is too large: an error for each mutation that was carried out, or one for all.
pub(super) fn too_large(changed: &[Name]) -> Response {
    let error = |error: ApiError| async_graphql::Error::from(error).into_server_error(Pos::default());
    if changed.is_empty() {
        return Response::from_errors(vec![error(ApiError::AnswerTooLarge)]);
    }
    let errors = changed.iter().map(|key| {
        let path = vec![PathSegment::Field(key.to_string())];
        ServerError { path, ..error(ApiError::ChangedWithoutAnswer) }
    });
    Response::from_errors(errors.collect())
}

/// Orders two paths: items by index, fields by name.
fn by_path(one: &[PathSegment], other: &[PathSegment]) -> Ordering {
    let of_steps = one.iter().zip(other).map(|steps| match steps {
        (PathSegment::Index(one), PathSegment::Index(other)) => one.cmp(other),
        (PathSegment::Field(one), PathSegment::Field(other)) => one.cmp(other),
        (PathSegment::Index(_), PathSegment::Field(_)) => Ordering::Less,
        (PathSegment::Field(_), PathSegment::Index(_)) => Ordering::Greater,
    });
    of_steps.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&other.len()))
}

/// Message of a typed error.
fn reason(error: &ServerError) -> Option<String> {
    error.source::<ApiError>().map(ApiError::message)
}

/// Starts the next member of the body.
fn open(body: &mut Vec<u8>, name: &[u8]) {
    body.push(if body.is_empty() { b'{' } else { b',' });
    body.extend_from_slice(name);
}

fn put<T: Serialize>(body: &mut Vec<u8>, name: &[u8], value: &T) {
    open(body, name);
    // Writing JSON into memory cannot fail.
    let _ = serde_json::to_writer(body, value);
}

/// Writes data with the introspection, which is JSON already. The executor got placeholders for it, so that the keys are in the
/// order of the operation.
fn with_introspection(
    mut to: impl io::Write,
    data: &IndexMap<Name, async_graphql::Value>,
    introspection: &Introspection,
) -> serde_json::Result<()> {
    let mut before = b'{';
    for (key, value) in data {
        to.write_all(&[before]).map_err(serde_json::Error::io)?;
        before = b',';
        serde_json::to_writer(&mut to, key.as_str())?;
        to.write_all(b":").map_err(serde_json::Error::io)?;
        match introspection.get(key.as_str()) {
            Some(json) => to.write_all(json.as_bytes()).map_err(serde_json::Error::io)?,
            None => serde_json::to_writer(&mut to, value)?,
        }
    }
    to.write_all(if data.is_empty() { b"{}" } else { b"}" }).map_err(serde_json::Error::io)
}

/// A typed error with its code and message; any other is an internal error, whose text goes to the log.
fn redacted(error: &ServerError, request_id: &str, codes: &mut Vec<ErrorCode>) -> Value {
    let known = error.source::<ApiError>();
    let (code, message) = match known {
        Some(known) => (known.code(), known.message()),
        None => (ErrorCode::Internal, ErrorCode::Internal.message().to_owned()),
    };
    match known {
        // Client errors.
        Some(
            ApiError::BadInput { .. }
            | ApiError::CursorInvalid { .. }
            | ApiError::NotForViewer { .. }
            | ApiError::IdempotencyMismatch
            | ApiError::AnswerTooLarge
            | ApiError::ChangedWithoutAnswer
            | ApiError::NotSignedIn,
        ) => {}
        Some(busy @ (ApiError::Conflict | ApiError::Overloaded)) => {
            tracing::warn!(request_id, error = ?busy, "a field was rejected because the server is busy");
        }
        Some(known) => tracing::error!(request_id, error = ?known, "a field failed"),
        None => tracing::error!(request_id, error = error.message, "a field failed with a foreign error"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_follow_the_answer_order() {
        let field = |name: &str| PathSegment::Field(name.to_owned());
        let ordered = [
            vec![],
            vec![field("a")],
            vec![field("a"), PathSegment::Index(2), field("z")],
            vec![field("a"), PathSegment::Index(10), field("b")],
            vec![field("a"), PathSegment::Index(10), field("c")],
            vec![field("b")],
        ];
        let mut shuffled = ordered.clone();
        shuffled.reverse();
        shuffled.sort_by(|one, other| by_path(one, other));
        assert_eq!(shuffled, ordered);
    }
}
