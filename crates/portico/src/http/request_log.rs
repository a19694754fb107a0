//! Request log: one line per request, without variables and tokens, also when the handler panics. Counts the request in the
//! metrics and sets the headers that all replies share.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::Router;
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

/// Maximum length of a logged operation name, in characters.
const MAX_NAME: usize = 64;
/// Path whose requests are counted in the metrics.
const COUNTED: &str = "/graphql";
/// Content security policy of replies that are not pages. A browser may render them.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Number of statements that the answer took. An extension of the response within the process, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statements(pub u64);

/// Adds the request log around all layers that answer.
pub(super) fn logged<S: Clone + Send + Sync + 'static>(metrics: &Metrics, routes: Router<S>) -> Router<S> {
    routes.layer(axum::middleware::from_fn_with_state(metrics.clone(), write))
}

async fn write(State(metrics): State<Metrics>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let id = new_uuid().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // Without the query string, which may contain anything.
    let path = without_token(request.uri().path()).to_owned();
    let mut response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(request_id = id, "a handler panicked");
        panicked(&id)
    });
    put_headers(&mut response, &id);
    let fields = response.extensions_mut().remove::<LogFields>().unwrap_or_default();
    response.extensions_mut().insert(Statements(fields.request_counts.statements));
    let took = started.elapsed();
    if path == COUNTED {
        metrics.count_request(&sample_of(&fields), took);
    }
    let codes: Vec<_> = fields.codes.iter().map(|code| code.as_str()).collect();
    let operation: String = fields.operation.unwrap_or_default().chars().take(MAX_NAME).collect();
    tracing::info!(
        request_id = id,
        %method,
        path,
        status = response.status().as_u16(),
        ms = took.as_millis(),
        role = fields.role.unwrap_or_default(),
        operation,
        cost = fields.cost.unwrap_or_default(),
        statements = fields.request_counts.statements,
        cached = fields.was_cached,
        errors = codes.join(","),
        "request"
    );
    response
}

/// Prefixes of paths with a link token, form key or feed.
const BEFORE_TOKENS: [&str; 5] = ["/auth/link/", "/leads/", "/files/", "/uploads/", "/calendar/"];

/// Removes the token from a path: a link that was opened but not used yet still works.
pub(super) fn without_token(path: &str) -> &str {
    BEFORE_TOKENS.into_iter().find(|before| path.starts_with(before)).unwrap_or(path)
}

fn sample_of(fields: &LogFields) -> RequestSample<'_> {
    RequestSample {
        audience: fields.role,
        operation: fields.operation.as_deref(),
        codes: &fields.codes,
        request_counts: fields.request_counts,
        was_cached: fields.was_cached,
        is_cached: fields.is_cached,
    }
}

pub(super) fn put_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    // Only replies that are the same for all callers set their own: the playground's files.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Authorization, Cookie, Accept"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages set their own policy.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
}
