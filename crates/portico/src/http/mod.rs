//! HTTP: a thin layer of our own over the gateway.
//!
//! The stock handlers take bodies of any size and type, run mutations by GET and answer 200 to everything; what callers
//! are promised (API: errors; SAFETY section 2) is kept here instead.

mod graphql;
mod health;
mod reply;
mod request_line;
mod server;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use portico_graphql::Gateway;
use portico_store::Store;
use tower_http::catch_panic::CatchPanicLayer;

use crate::auth::DemoTokens;
pub use request_line::Statements;
pub use server::serve;

/// The largest body, in bytes (SAFETY section 2).
pub const MAX_BODY: usize = 256 * 1024;
/// The longest that a request may take (SAFETY section 2).
pub const DEADLINE: Duration = Duration::from_secs(10);

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// Answers operations.
    pub gateway: Gateway,
    /// The database.
    pub store: Store,
    /// Whether the demo's tokens are known.
    pub demo_tokens: DemoTokens,
}

/// All routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/graphql", axum::routing::post(graphql::post).fallback(graphql::wrong_method))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(reply::not_found)
        .method_not_allowed_fallback(reply::wrong_method)
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(reply::panicked))
        .layer(axum::middleware::from_fn(request_line::write))
        .with_state(app)
}
