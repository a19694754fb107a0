//! `/.well-known/jwks.json`: the public keys that verify decisions, as a JSON Web Key Set (RFC 7517).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use axum::routing::get;

use super::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/.well-known/jwks.json", get(show))
}

async fn show(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.decision_keys.jwk_set()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    response
}
