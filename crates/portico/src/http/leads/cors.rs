//! CORS of lead forms: the pages of other sites that may submit a form and read the reply.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use portico_store::StoreError;
use portico_store::leads::origins_of_form;

use super::COST;
use crate::http::app::App;
use crate::http::page_limit;
use crate::http::visit::Visit;

/// Time for which browsers may cache a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// Answers a preflight: whether the page may submit the form.
pub(super) async fn preflight(Path(key): Path<String>, visit: Visit) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST,OPTIONS"));
    if page_limit::charge(&visit.app, visit.network, COST).await.is_ok() {
        allow_origin(&visit.app, &key, web_origin(&visit.headers), response.headers_mut()).await;
    }
    response
}

/// Origin of the page that sends a request, in lowercase.
pub(super) fn web_origin(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::ORIGIN)?.to_str().unwrap_or("null").to_ascii_lowercase())
}

/// Lets pages of the form's allowed origins read the reply. All pages may read that a form is closed or does not exist: so a
/// company's own page can show it, and the reply does not reveal which of the two it is.
pub(super) async fn allow_origin(app: &App, key: &str, web_origin: Option<String>, headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = web_origin else { return };
    let is_allowed = match allowed_origins(app, key).await {
        Ok(Some(allowed)) => allowed.contains(&origin),
        Ok(None) => true,
        Err(_) => false,
    };
    let Ok(value) = HeaderValue::from_str(&origin) else { return };
    if is_allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        headers.insert(HeaderName::from_static("access-control-max-age"), MAX_AGE);
    }
}

/// The allowed origins of an open form; none for other keys.
async fn allowed_origins(app: &App, key: &str) -> Result<Option<Vec<String>>, StoreError> {
    let connection = app.store.pages().connection().await?;
    connection.transaction(async |connection| origins_of_form(connection, key).await).await
}
