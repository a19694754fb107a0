//! Health checks: liveness and readiness.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::app::App;

/// Reports that the process runs.
pub(super) async fn live() -> Response<Body> {
    json_reply(StatusCode::OK, r#"{"status":"live"}"#)
}

/// Reports whether the database answers.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response<Body> {
    match app.store.ping().await {
        Ok(()) => json_reply(StatusCode::OK, r#"{"status":"ready"}"#),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let mut response = json_reply(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"unavailable"}"#);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

fn json_reply(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
