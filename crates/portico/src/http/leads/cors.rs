//! CORS of lead forms: the pages of other sites that may submit a form and read the reply.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use portico_store::StoreError;
use portico_store::leads::origins_of_form;

use super::limit;
use crate::http::app::App;
use crate::http::server::Network;

/// Time for which browsers may cache a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// Answers a preflight: whether the page may submit the form.
pub(super) async fn preflight(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST,OPTIONS"));
    if limit::charge(&app, network).await.is_ok() {
        open_to(&app, &key, web_origin(request.headers()), response.headers_mut()).await;
    }
    response
}

/// Origin of the page that sends a request, in lowercase.
pub(super) fn web_origin(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::ORIGIN)?.to_str().unwrap_or("null").to_ascii_lowercase())
}

/// Lets pages of the form's allowed origins read the reply.
pub(super) async fn open_to(app: &App, key: &str, page: Option<String>, headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(page) = page else { return };
    let origins = allowed_origins(app, key).await.unwrap_or_default();
    let Ok(value) = HeaderValue::from_str(&page) else { return };
    if origins.contains(&page) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        headers.insert(HeaderName::from_static("access-control-max-age"), MAX_AGE);
    }
}

async fn allowed_origins(app: &App, key: &str) -> Result<Vec<String>, StoreError> {
    let connection = app.store.pages().connection().await?;
    connection.transaction(async |connection| origins_of_form(connection, key).await).await
}
