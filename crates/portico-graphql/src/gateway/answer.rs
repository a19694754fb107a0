//! An answer: data, and errors with nothing in them that is not the caller's.

use std::cmp::Ordering;

use async_graphql::{PathSegment, Response, ServerError};
use bytes::Bytes;
use portico_audience::Introspection;
use portico_loader::Tally;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Ready;
use crate::error::{ApiError, ErrorCode, sentence};

/// At most so many errors are told.
const MAX_ERRORS: usize = 20;

/// The answer to an operation.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// `data`, as JSON; none if the operation was refused.
    data: Option<Bytes>,
    errors: Vec<Value>,
    extensions: Map<String, Value>,
    /// The codes of the errors, without repetition.
    pub codes: Vec<ErrorCode>,
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// What it cost; none if it was refused before that was known.
    pub cost: Option<u64>,
    /// What it took.
    pub tally: Tally,
    /// Cookies to be set.
    pub cookies: Vec<String>,
    /// Whether it was asked for in a way in which it cannot be answered: a change by GET.
    pub is_wrong_method: bool,
    /// Whether it had been kept.
    pub was_kept: bool,
    /// Whether it is kept from now on.
    pub is_kept: bool,
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
        if let Some(cost) = self.extensions.get_mut("cost").and_then(Value::as_object_mut) {
            cost.insert("throttleStatus".to_owned(), status);
        }
    }

    /// Adds to `extensions.trace` what the operation took, for those who may know.
    pub fn tell_trace(&mut self) {
        let tally = &self.tally;
        let hits = json!({
            "answer": self.was_kept,
            "memory": tally.from_memory,
            "redis": tally.from_redis,
            "others": tally.from_others,
        });
        let trace = json!({
            "statements": tally.statements,
            "batches": tally.batches,
            "keys": tally.keys,
            "hits": hits,
            "read": tally.from_database,
        });
        self.extensions.insert("trace".to_owned(), trace);
    }

    /// Whether the operation was refused: there is no `data` at all.
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

    /// The whole body, for whoever looks into it.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.to_bytes()).unwrap_or_default()
    }

    /// `data` of an answer without errors: what can be kept.
    pub(super) fn faultless(&self) -> Option<&Bytes> {
        self.data.as_ref().filter(|_| self.errors.is_empty())
    }

    /// A defect of ours, told to the log alone.
    pub(super) fn defect(text: &str, request_id: &str) -> Self {
        tracing::error!(request_id, error = text, "an operation failed");
        Self::error(ErrorCode::Internal, sentence(ErrorCode::Internal), request_id)
    }

    pub(super) fn refused(errors: Vec<Value>, code: ErrorCode) -> Self {
        Self { errors, codes: vec![code], ..Self::default() }
    }

    /// Puts the errors of another refusal first.
    pub(super) fn prepend(&mut self, first: Self) {
        self.errors.splice(0..0, first.errors);
        self.codes.splice(0..0, first.codes);
    }

    pub(super) fn of(response: Response, ready: &Ready, tally: Tally) -> Self {
        let cookies = response.http_headers.get_all("set-cookie").iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()).map(str::to_owned).collect();
        let (admitted, request_id) = (&ready.admitted, ready.request_id.as_str());
        let mut codes = Vec::new();
        let mut told: Vec<_> = response.errors.iter().collect();
        // In the order of the answer: items of a list fail in whichever order their rows come, which is chance.
        told.sort_by(|one, other| by_place(&one.path, &other.path));
        // A place that fails for the same reason in several selections fails once: how many of them had been tried before it was
        // given up is chance as well.
        told.dedup_by(|later, first| (&later.path, reason(later)) == (&first.path, reason(first)));
        let errors: Vec<_> =
            told.into_iter().take(MAX_ERRORS).map(|error| redacted(error, request_id, &mut codes)).collect();
        let data = match &admitted.introspection {
            None => serde_json::to_vec(&response.data),
            Some(introspection) => with_introspection(&response.data.into_json().unwrap_or_default(), introspection),
        };
        // Writing JSON into memory cannot fail.
        let data = data.unwrap_or_else(|_| b"null".to_vec());
        Self { errors, codes, cookies, ..Self::with_data(data.into(), ready, tally) }
    }

    /// An answer without errors.
    pub(super) fn with_data(data: Bytes, ready: &Ready, tally: Tally) -> Self {
        let admitted = &ready.admitted;
        let cost = json!({ "requestedQueryCost": admitted.cost, "maximumCost": ready.maximum_cost });
        Self {
            data: Some(data),
            extensions: Map::from_iter([("cost".to_owned(), cost)]),
            operation: admitted.plan.operation_name().map(str::to_owned),
            cost: Some(admitted.cost),
            tally,
            ..Self::default()
        }
    }
}

/// Orders two paths: items by their number, fields by their name.
fn by_place(one: &[PathSegment], other: &[PathSegment]) -> Ordering {
    let of_steps = one.iter().zip(other).map(|steps| match steps {
        (PathSegment::Index(one), PathSegment::Index(other)) => one.cmp(other),
        (PathSegment::Field(one), PathSegment::Field(other)) => one.cmp(other),
        (PathSegment::Index(_), PathSegment::Field(_)) => Ordering::Less,
        (PathSegment::Field(_), PathSegment::Index(_)) => Ordering::Greater,
    });
    of_steps.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&other.len()))
}

/// What an error of ours says.
fn reason(error: &ServerError) -> Option<String> {
    error.source::<ApiError>().map(ApiError::message)
}

/// Begins the next member of the body.
fn open(body: &mut Vec<u8>, name: &[u8]) {
    body.push(if body.is_empty() { b'{' } else { b',' });
    body.extend_from_slice(name);
}

fn put<T: Serialize>(body: &mut Vec<u8>, name: &[u8], value: &T) {
    open(body, name);
    // Writing JSON into memory cannot fail.
    let _ = serde_json::to_writer(body, value);
}

/// Writes data with what the document answered, which is JSON already. The executor was given placeholders, so that the
/// keys stand in the order of the operation.
fn with_introspection(data: &Value, introspection: &Introspection) -> serde_json::Result<Vec<u8>> {
    let Value::Object(data) = data else { return serde_json::to_vec(data) };
    let told: usize = introspection.iter().map(|(_, json)| json.len()).sum();
    let mut body = Vec::with_capacity(told + 256);
    for (key, value) in data {
        body.push(if body.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut body, key)?;
        body.push(b':');
        match introspection.get(key) {
            Some(json) => body.extend_from_slice(json.as_bytes()),
            None => serde_json::to_writer(&mut body, value)?,
        }
    }
    if body.is_empty() {
        body.push(b'{');
    }
    body.push(b'}');
    Ok(body)
}

/// An error of ours by its code and sentence; anything else is a defect, and its text stays here.
fn redacted(error: &ServerError, request_id: &str, codes: &mut Vec<ErrorCode>) -> Value {
    let known = error.source::<ApiError>();
    let (code, message) = match known {
        Some(known) => (known.code(), known.message()),
        None => (ErrorCode::Internal, sentence(ErrorCode::Internal).to_owned()),
    };
    match known {
        // The caller's own: a refusal, a reused key, an ended session.
        Some(
            ApiError::BadInput { .. }
            | ApiError::CursorInvalid { .. }
            | ApiError::NotForViewer { .. }
            | ApiError::OtherThanBefore
            | ApiError::NotSignedIn,
        ) => {}
        Some(busy @ (ApiError::Contended | ApiError::Overloaded)) => {
            tracing::warn!(request_id, error = ?busy, "a field was refused while others were served");
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_in_the_order_of_the_answer() {
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
        shuffled.sort_by(|one, other| by_place(one, other));
        assert_eq!(shuffled, ordered);
    }
}
