//! Time limit of requests, for handlers that wait for a database that does not answer.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use axum::middleware::Next;
use portico_core::limits;
use portico_graphql::ErrorCode;

use super::media::MediaType;
use super::reply::refused;
use super::request_id::RequestId;

/// Ends requests at the time limit: 503, as a page for browsers (`refusal_page`).
///
/// Forms run in a task of their own: if the caller disconnects or the time limit ends the request, their change still completes or
/// rolls back.
pub(super) async fn end(request: Request, next: Next) -> Response<Body> {
    let request_id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.clone()).unwrap_or_default();
    let is_form = request.method() == Method::POST;
    // These have the same limit and answer it themselves, in their own format.
    let is_own = request.uri().path() == "/graphql" || (is_form && request.uri().path().starts_with("/leads/"));
    let limit = if is_own { limits::REQUEST + limits::BRANDING * 2 } else { limits::REQUEST };
    let answer = async {
        if is_own || !is_form {
            return next.run(request).await;
        }
        match tokio::spawn(next.run(request)).await {
            Ok(response) => response,
            // The request log answers panics.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => unavailable(&request_id),
            },
        }
    };
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(request_id, "a request ended at its time limit");
            unavailable(&request_id)
        }
    }
}

fn unavailable(request_id: &str) -> Response<Body> {
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable);
    refused(status, code, code.message(), MediaType::Json, request_id)
}
