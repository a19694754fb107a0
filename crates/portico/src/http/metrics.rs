//! `/metrics`: what is counted, for those who run the gateway. Not among the routes of callers: sizes and counts of others'
//! requests are none of theirs.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use axum::routing::get;

use super::app::App;
use crate::metrics::CONTENT_TYPE;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(tell))
}

async fn tell(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.metrics.text(&app.store, &app.gateway, &app.tiers)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    response
}
