//! `/portal`: the client portal in `examples/portal`, with the demo only. Installations have a frontend of their own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response};
use axum::routing::get;
use axum::{Extension, Router};
use include_dir::include_dir;
use portico_core::access::Role;
use serde_json::json;

use super::app::App;
use super::bundle::{self, Bundle, json_reply};
use super::request_id::RequestId;

static BUNDLE: Bundle =
    Bundle::new("The example portal", include_dir!("$CARGO_MANIFEST_DIR/../../examples/portal/dist"));

pub(super) const ADDRESS: &str = "/portal";
/// Client of the demo's data as whom visitors sign in: name and email address.
pub const DEMO_CLIENT: (&str, &str) = ("Ana Whitlock", "ana.whitlock@mail.example");

/// Creates the routes. All addresses below lead to the same page, whose script shows the section.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/portal", get(page))
        .route("/portal/", get(page))
        .route("/portal/{*section}", get(page))
        .route("/portal/config.json", get(config))
        .route("/portal/assets/{file}", get(file))
}

async fn page() -> Response<Body> {
    bundle::page(&BUNDLE)
}

/// Returns what the sign-in page says about the demo.
async fn config() -> Response<Body> {
    let (person, email) = DEMO_CLIENT;
    json_reply(json!({ "demo": { "person": person, "email": email, "mail": "/dev/mail" } }).to_string())
}

async fn file(id: Extension<RequestId>, Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    bundle::file(&BUNDLE, id, &name, &headers).await
}

/// Whether the portal is for callers with this role, and is served.
pub(super) fn is_for(app: &App, role: Option<Role>) -> bool {
    app.example_portal && role == Some(Role::Client)
}
