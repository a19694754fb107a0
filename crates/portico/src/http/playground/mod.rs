//! The playground: the page at `/`, its files, configuration and examples.
//!
//! Users enter tokens into this page, so it loads no third-party files (`docs/decisions/0005-playground.md`). Its examples
//! depend on the token: operations of other roles would show an outsider fields that are not in the outsider's schema.

mod examples;
pub(super) mod tokens;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::Redirect;
use axum::routing::get;
use axum::{Extension, Router};
use include_dir::include_dir;
use portico_graphql::ErrorCode;

use super::app::App;
use super::bundle::{self, Bundle, json_reply};
use super::graphql;
use super::media::MediaType;
use super::reply::{answered, refused};
use super::request_id::RequestId;
use super::server::Network;
use super::session;
use crate::auth::{SignedInRequest, authenticate, is_meant};
use crate::throttle::Admission;
pub use tokens::Playground;

static BUNDLE: Bundle = Bundle::new("The playground", include_dir!("$CARGO_MANIFEST_DIR/playground/dist"));

/// Cost of a request for the examples.
const COST: u64 = 50;

/// Creates the routes of the playground. Where it is not served, `/` alone, which leads to the page of the session: a
/// frontend that a proxy serves there takes precedence.
pub(super) fn routes(playground: Option<&Playground>) -> Router<Arc<App>> {
    let start = if playground.is_some() { get(page) } else { get(async || Redirect::to(session::ADDRESS)) };
    let routes = Router::new().route("/", start);
    let Some(playground) = playground else { return routes };
    let config = playground.config();
    routes
        .route("/playground/config.json", get(async move || json_reply(config.clone())))
        .route("/playground/examples.json", get(examples))
        .route("/playground/{file}", get(file))
}

async fn page() -> Response<Body> {
    bundle::page(&BUNDLE)
}

async fn file(id: Extension<RequestId>, Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    bundle::file(&BUNDLE, id, &name, &headers).await
}

/// Returns the examples that the caller's role schema admits. They are charged like operations; over the limit, the list
/// is empty.
async fn examples(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
) -> Response<Body> {
    let signed_in = match authenticate(&app.store, &headers, app.demo_tokens).await {
        // Otherwise pages of other sites could charge the account of the cookie.
        Ok(SignedInRequest { by_cookie: true, .. }) if !is_meant(&headers) => {
            let message = "requests with a cookie need the header `X-Portal-Request: 1`";
            return refused(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message, MediaType::Json, &request_id);
        }
        other => other,
    };
    match signed_in.map(|SignedInRequest { viewer, .. }| viewer) {
        Ok(viewer) => match app.throttle.pour(&viewer, network.map(|Extension(network)| network.0), COST).await {
            Some((_, Admission { fits: false, .. })) => json_reply("[]".to_owned()),
            _ => json_reply(examples::admitted(&app.gateway, &viewer)),
        },
        Err(error) => answered(graphql::not_signed_in(&app, &error, &request_id), MediaType::Json, None),
    }
}
