//! One line in the log for each request, with neither variables nor tokens in it, even for one whose handler panics; what
//! is counted; and the headers that each reply has.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use portico_core::id::new_uuid;

use super::reply::{LogFields, panicked};
use super::request_id::RequestId;
use crate::metrics::{Metrics, RequestSample};

/// The longest operation name that the log repeats, in characters.
const MAX_NAME: usize = 64;
/// Whose requests are counted.
const COUNTED: &str = "/graphql";
/// For what is no page, should a browser show it as one.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many statements the answer took: for whoever asks within the process. It never leaves by the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statements(pub u64);

pub(super) async fn write(State(metrics): State<Metrics>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let id = new_uuid().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The path alone: a query string may hold anything.
    let path = without_token(request.uri().path()).to_owned();
    let mut response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(request_id = id, "a handler panicked");
        panicked(&id)
    });
    put_headers(&mut response, &id);
    let told = response.extensions_mut().remove::<LogFields>().unwrap_or_default();
    response.extensions_mut().insert(Statements(told.request_counts.statements));
    let took = started.elapsed();
    if path == COUNTED {
        metrics.count_request(&seen(&told), took);
    }
    let codes: Vec<_> = told.codes.iter().map(|code| code.as_str()).collect();
    let operation: String = told.operation.unwrap_or_default().chars().take(MAX_NAME).collect();
    tracing::info!(
        request_id = id,
        %method,
        path,
        status = response.status().as_u16(),
        ms = took.as_millis(),
        role = told.role.unwrap_or_default(),
        operation,
        cost = told.cost.unwrap_or_default(),
        statements = told.request_counts.statements,
        kept = told.was_kept,
        errors = codes.join(","),
        "request"
    );
    response
}

/// What stands in a path behind these opens something, or names whose form it is.
const BEFORE_TOKENS: [&str; 2] = ["/auth/link/", "/leads/"];

/// A path without what may open an account: a link that was looked at and not used yet still works.
pub(super) fn without_token(path: &str) -> &str {
    BEFORE_TOKENS.into_iter().find(|before| path.starts_with(before)).unwrap_or(path)
}

fn seen(told: &LogFields) -> RequestSample<'_> {
    RequestSample {
        audience: told.role,
        operation: told.operation.as_deref(),
        codes: &told.codes,
        request_counts: told.request_counts,
        was_kept: told.was_kept,
        is_kept: told.is_kept,
    }
}

pub(super) fn put_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    // Only what is the same for everybody says otherwise: the playground's files.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Authorization, Cookie, Accept"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages have a policy of their own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
}
