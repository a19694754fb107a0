//! The playground: the page at `/`, its files, and what it is told.
//!
//! A token is typed into this page, so nothing of others is loaded into it (`docs/decisions/0005-playground.md`), and
//! what it is told depends on the token as well: the operations of other roles would tell an outsider of fields that do
//! not exist for them.

mod assets;
mod examples;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use portico_fixtures::world::{DemoToken, World};
use serde_json::{Value, json};

use super::media::MediaType;
use super::reply::{answered, not_found};
use super::request_log::RequestId;
use super::server::Network;
use super::{App, graphql};
use crate::auth::{SignedInRequest, authenticate};
use crate::throttle::Admission;

/// What the page may do: run, show and ask what comes from this address, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a look at the examples costs its caller.
const COST: u64 = 50;

/// A playground, and the tokens that it offers.
#[derive(Debug, Clone, Default)]
pub struct Playground {
    /// Whoever opens the page can read them.
    tokens: Arc<[Value]>,
}

impl Playground {
    /// One that knows no token, as everywhere but in the demo.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that offers the demo's tokens, one for each role.
    pub fn for_demo(world: &World) -> Self {
        let offered = |known: &DemoToken| {
            json!({
                "token": known.token,
                "role": known.role.as_str(),
                "person": known.person,
                "about": known.about,
            })
        };
        Self { tokens: world.tokens_of_roles().map(offered).collect() }
    }
}

/// The playground's addresses; none, where it is not served.
pub(super) fn routes(playground: Option<&Playground>) -> Router<Arc<App>> {
    let Some(playground) = playground else { return Router::new() };
    let config = json!({ "endpoint": "/graphql", "tokens": &*playground.tokens }).to_string();
    Router::new()
        .route("/", get(page))
        .route("/playground/config.json", get(async move || json_reply(config.clone())))
        .route("/playground/examples.json", get(examples))
        .route("/playground/{file}", get(file))
}

async fn page() -> Response<Body> {
    let mut response = Response::new(Body::from(assets::page()));
    put(response.headers_mut(), header::CONTENT_TYPE, "text/html; charset=utf-8");
    guarded(response)
}

async fn file(id: Extension<RequestId>, Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    match assets::reply(&name, &headers) {
        Some(response) => guarded(response),
        None => not_found(id).await.into_response(),
    }
}

/// The examples that the caller's own schema admits. They come out of the same bucket as operations; an empty one shows none.
async fn examples(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
) -> Response<Body> {
    match authenticate(&app.store, &headers, app.demo_tokens).await.map(|SignedInRequest { viewer, .. }| viewer) {
        Ok(viewer) => match app.throttle.pour(&viewer, network.map(|Extension(network)| network.0), COST).await {
            Some((_, Admission { fits: false, .. })) => json_reply("[]".to_owned()),
            _ => json_reply(examples::admitted(&app.gateway, &viewer)),
        },
        Err(error) => answered(graphql::not_signed_in(&app, &error, &request_id), MediaType::Json, None),
    }
}

fn json_reply(body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    put(response.headers_mut(), header::CONTENT_TYPE, "application/json; charset=utf-8");
    guarded(response)
}

fn guarded(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    put(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, header::REFERRER_POLICY, "no-referrer");
    response
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
