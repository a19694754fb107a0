//! Reads the operation of a request: the body of a POST, or the query string of a GET (GraphQL over HTTP).

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use portico_core::limits::{BODY_BYTES, JSON_NESTING};
use portico_graphql::{ErrorCode, Question};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fields::{BadFields, Fields};
use super::media::ContentType;

/// Rejection of a request without an operation: status, code and message.
pub(super) type Unreadable = (StatusCode, ErrorCode, String);

/// Parameters of a request. Unknown ones are ignored.
#[derive(Deserialize)]
struct Parameters {
    query: String,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
    // Not used, but the specification requires an object.
    #[serde(default, rename = "extensions")]
    _extensions: Option<Map<String, Value>>,
}

impl Parameters {
    /// Converts to the operation; `bytes` is the size of text and variables together.
    fn into_question(self, bytes: usize, request_id: &str) -> Question {
        Question {
            variable_bytes: bytes.saturating_sub(self.query.len()),
            query: self.query,
            operation_name: self.operation_name,
            variables: self.variables.unwrap_or_default(),
            request_id: request_id.to_owned(),
        }
    }
}

const NOT_AN_OPERATION: &str = "the request is not an operation: it needs `query`, a string; it may have `operationName`, a string, and \
     `variables` and `extensions`, objects; batches are not supported";

fn unreadable(status: StatusCode, message: impl Into<String>) -> Unreadable {
    (status, ErrorCode::BadUserInput, message.into())
}

/// Reads the operation in a body.
pub(super) async fn from_body(headers: &HeaderMap, body: Body, request_id: &str) -> Result<Question, Unreadable> {
    if !is_json(headers) {
        return Err(unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json"));
    }
    let bytes = Limited::new(body, BODY_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("the body is larger than {BODY_BYTES} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message)
        } else {
            let message =
                "the body could not be read: it is incomplete, or not in the encoding that `Content-Encoding` names";
            unreadable(StatusCode::BAD_REQUEST, message)
        }
    })?;
    let bytes = bytes.to_bytes();
    // Parts that are not read must be UTF-8 as well.
    let text = str::from_utf8(&bytes).map_err(|_| unreadable(StatusCode::BAD_REQUEST, "the body is not UTF-8"))?;
    let parameters: Parameters = serde_json::from_str(text).map_err(|error| {
        // The parser's own message may quote the request.
        let what = if is_too_deep(&error) {
            too_deep("the body")
        } else if error.is_data() {
            NOT_AN_OPERATION.to_owned()
        } else {
            "the body is not JSON".to_owned()
        };
        unreadable(StatusCode::BAD_REQUEST, what)
    })?;
    if !is_object(text) {
        return Err(unreadable(StatusCode::BAD_REQUEST, NOT_AN_OPERATION));
    }
    Ok(parameters.into_question(bytes.len(), request_id))
}

/// Whether JSON is an object. Serde also reads a struct from a list of its values in the order of its fields.
fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads the operation in a query string. Variables and extensions are JSON.
pub(super) fn from_uri(uri: &Uri, request_id: &str) -> Result<Question, Unreadable> {
    let bad = |message: &str| unreadable(StatusCode::BAD_REQUEST, message);
    let wrong = |error: BadFields| bad(&format!("the query string cannot be read: {error}"));
    let mut fields = Fields::read(uri.query().unwrap_or_default().as_bytes()).map_err(wrong)?;
    let mut take = |name| fields.take(name).map_err(wrong);
    let object = |text: Option<String>, name: &str| match text.as_deref() {
        None | Some("" | "null") => Ok(None),
        Some(text) => serde_json::from_str(text).map(Some).map_err(|error| {
            let what = format!("`{name}`");
            bad(&if is_too_deep(&error) { too_deep(&what) } else { format!("{what} is not a JSON object") })
        }),
    };
    let parameters = Parameters {
        query: take("query")?.ok_or_else(|| bad(NOT_AN_OPERATION))?,
        operation_name: take("operationName")?.filter(|name| !name.is_empty()),
        variables: object(take("variables")?, "variables")?,
        _extensions: object(take("extensions")?, "extensions")?,
    };
    Ok(parameters.into_question(uri.query().map_or(0, str::len), request_id))
}

/// Whether JSON nests deeper than the parser reads. The parser distinguishes this error by its message only.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

fn too_deep(what: &str) -> String {
    format!("{what} is nested too deeply: lists and objects may nest {JSON_NESTING} levels deep")
}

/// Whether the content type is JSON in UTF-8. Browsers send this type across sites only after a preflight.
fn is_json(headers: &HeaderMap) -> bool {
    let ContentType { name, parameters } = ContentType::of(headers);
    let mut charsets = parameters.iter().filter_map(|part| part.strip_prefix("charset="));
    name == "application/json" && charsets.all(|charset| charset.trim_matches('"') == "utf-8")
}
