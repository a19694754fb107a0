//! Pages with scripts, which `script/setup` bundles and the compiler embeds: the playground and the example portal.
//!
//! They load no third-party files: users enter tokens and codes into them.

mod assets;
mod reply;

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderMap, Response, header};
use axum::response::IntoResponse;

use super::reply::not_found;
use super::request_id::RequestId;
pub(super) use assets::Bundle;
pub(super) use reply::json_reply;
use reply::{guarded, put};

/// Creates the reply with the page itself.
pub(super) fn page(bundle: &'static Bundle) -> Response<Body> {
    let mut response = Response::new(Body::from(bundle.page().into_owned()));
    put(response.headers_mut(), header::CONTENT_TYPE, "text/html; charset=utf-8");
    guarded(response)
}

/// Creates the reply with a file of the page.
pub(super) async fn file(
    bundle: &'static Bundle,
    id: Extension<RequestId>,
    name: &str,
    headers: &HeaderMap,
) -> Response<Body> {
    match bundle.reply(name, headers) {
        Some(response) => guarded(response),
        None => not_found(id).await.into_response(),
    }
}
