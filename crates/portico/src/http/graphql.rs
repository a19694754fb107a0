//! `POST /graphql`.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use portico_core::people::Viewer;
use portico_graphql::{Answer, ErrorCode, Question};
use portico_loader::Loader;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::reply::{MediaType, answered, refused};
use super::request_line::RequestId;
use super::{App, DEADLINE, MAX_BODY};
use crate::auth::{SignInError, sign_in};

/// The body of a request (GraphQL over HTTP). What it has beyond this is not ours to mind.
#[derive(Deserialize)]
struct RequestBody {
    query: String,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
}

/// A request that holds no operation: its status, code and sentence.
type Unreadable = (StatusCode, ErrorCode, String);

/// Answers an operation, within the deadline.
pub(super) async fn post(
    State(app): State<App>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let media = MediaType::wanted(request.headers());
    match tokio::time::timeout(DEADLINE, within_deadline(app, request, media, &request_id)).await {
        Ok(response) => response,
        Err(_) => answered(Answer::error(ErrorCode::Timeout, "the request took too long", &request_id), media, None),
    }
}

async fn within_deadline(app: App, request: Request<Body>, media: MediaType, request_id: &str) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let viewer = match sign_in(&app.store, &parts.headers, app.demo_tokens).await {
        Ok(viewer) => Arc::new(viewer),
        Err(error) => return answered(not_signed_in(&error, request_id), media, None),
    };
    let body = match read(&parts.headers, body).await {
        Ok(body) => body,
        Err((status, code, message)) => return refused(status, code, &message, media, request_id),
    };
    let question = Question {
        query: body.query,
        operation_name: body.operation_name,
        variables: body.variables.unwrap_or_default(),
        request_id: request_id.to_owned(),
    };
    let answer = app.gateway.answer(Loader::new(app.store.as_seen_by(&viewer)), question).await;
    answered(answer, media, role_of(&viewer))
}

fn role_of(viewer: &Viewer) -> Option<&'static str> {
    Some(viewer.role.map_or("PUBLIC", |role| role.as_str()))
}

fn not_signed_in(error: &SignInError, request_id: &str) -> Answer {
    match error {
        SignInError::Unauthenticated => Answer::error(ErrorCode::Unauthenticated, &error.to_string(), request_id),
        SignInError::Store(error) => {
            tracing::error!(request_id, %error, "sign-in failed");
            Answer::error(
                ErrorCode::Unavailable,
                "the service is not available right now; please try again",
                request_id,
            )
        }
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<RequestBody, Unreadable> {
    if !is_json(headers) {
        let message = "the content type must be application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadUserInput, message));
    }
    let bytes = Limited::new(body, MAX_BODY).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("the body is larger than {MAX_BODY} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message)
        } else {
            (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, "the body could not be read to its end".to_owned())
        }
    })?;
    serde_json::from_slice(&bytes.to_bytes()).map_err(|error| {
        // The parser's own words may repeat what was sent.
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "the body is not an operation: it needs `query`, a string; it may have \
                `operationName`, a string, and `variables`, an object; batches are not taken"
            }
            _ => "the body is not JSON",
        };
        (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, what.to_owned())
    })
}

/// `application/json`, in UTF-8 if it says so at all. Nothing that a browser sends across sites without asking first.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts
            .filter_map(|part| part.strip_prefix("charset=").map(str::to_owned))
            .all(|charset| charset.trim_matches('"') == "utf-8")
}

/// For every other method.
pub(super) async fn wrong_method(
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
) -> Response<Body> {
    let media = MediaType::wanted(&headers);
    let message = "operations are sent by POST";
    let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message, media, &request_id);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}
