//! Whether the gateway lives, and whether it can answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::app::App;

/// The process runs.
pub(super) async fn live() -> Response<Body> {
    told(StatusCode::OK, r#"{"status":"live"}"#)
}

/// The database answers.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response<Body> {
    match app.store.ping().await {
        Ok(()) => told(StatusCode::OK, r#"{"status":"ready"}"#),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let mut response = told(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"unavailable"}"#);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

fn told(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
