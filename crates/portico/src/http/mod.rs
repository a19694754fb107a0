//! HTTP: a thin layer of our own over the gateway.
//!
//! The stock handlers take bodies of any size and type, run mutations by GET and answer 200 to everything; what callers
//! are promised (API-1, SEC-4) is kept here instead.

mod app;
mod branding;
mod caller;
mod cors;
mod dev_mail;
mod fields;
mod graphql;
mod health;
mod host;
mod https_only;
mod leads;
mod link;
mod media;
mod metrics;
mod own_form;
mod paced;
mod page;
mod page_limit;
mod playground;
mod portal_hosts;
mod proxies;
mod read;
mod refusal_page;
mod reply;
mod request_id;
mod request_log;
mod server;
mod session;
mod sign_in;
mod texts;
mod trace;
mod unread;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::Request;
use axum::routing::get;
use portico_adapters::mail::MailFolder;
use tower::util::MapRequestLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};

pub use app::App;
pub use cors::Origins;
pub use playground::Playground;
use portal_hosts::PortalHosts;
pub use proxies::{NotANetwork, Proxies};
pub use request_log::Statements;
pub use server::serve;

/// All routes that callers have.
pub fn router(app: App) -> Router {
    public(app, Router::new())
}

/// The same with `/metrics` and `/dev/mail`, for a demo that only its own machine reaches: whoever reads others' mail is let in
/// by their links.
pub fn demo_router(app: App, mail: MailFolder) -> Router {
    public(app, metrics::routes().merge(dev_mail::routes(mail)))
}

/// The routes for those who run the gateway, at an address that callers do not reach.
pub fn private_router(app: App) -> Router {
    around_all(answering(app, metrics::routes()))
}

fn public(app: App, more: Router<Arc<App>>) -> Router {
    let origins = cors::layer(&app.origins);
    let hosts = PortalHosts::new(app.store.clone(), Arc::clone(&app.hosts));
    let closed = axum::middleware::from_fn_with_state(https_only::is_wanted(&app.site), https_only::keep);
    let shown = |app| axum::middleware::from_fn_with_state(app, refusal_page::show);
    let (in_branding, plainly) = (shown(Some(Arc::new(app.clone()))), shown(None));
    // Beside the rest: a form has pages of its own that may send it.
    let forms = logged(&app, before_handlers(leads::routes())).with_state(Arc::new(app.clone()));
    let resolve_client_ip = axum::middleware::from_fn_with_state(app.proxies.clone(), proxies::resolve_client_ip);
    let routes = more
        .route("/graphql", get(graphql::handle).post(graphql::handle).fallback(graphql::wrong_method))
        .merge(leads::pages())
        .merge(link::routes())
        .merge(session::routes())
        .merge(sign_in::routes())
        .merge(page::routes())
        .merge(playground::routes(app.playground.as_ref()));
    let mark_portals = axum::middleware::from_fn_with_state(hosts, portal_hosts::mark);
    let all = answering(app, routes).layer(origins).layer(mark_portals).merge(forms);
    // The outermost, so that even a preflight is not answered in clear.
    around_all(all.layer(in_branding).layer(CompressionLayer::new()).layer(resolve_client_ip).layer(closed))
        .layer(plainly)
}

/// What every request passes, whatever its address.
fn around_all(routes: Router) -> Router {
    routes.layer(axum::middleware::from_fn(host::check)).layer(axum::middleware::from_fn(unread::drain))
}

/// What stands between the log's line and a handler: bodies are decoded, and each refusal is one of ours.
fn before_handlers(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    let decode = (
        RequestDecompressionLayer::new(),
        MapRequestLayer::new(|request: Request<DecompressionBody<Body>>| request.map(Body::new)),
    );
    routes.layer(DefaultBodyLimit::disable()).layer(decode).layer(axum::middleware::from_fn(reply::in_our_words))
}

/// Writes the log's line, outside of all that answers.
fn logged(app: &App, routes: Router<Arc<App>>) -> Router<Arc<App>> {
    routes.layer(axum::middleware::from_fn_with_state(app.metrics.clone(), request_log::write))
}

/// What each address has, public or not.
fn answering(app: App, routes: Router<Arc<App>>) -> Router {
    let routes = routes
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(reply::not_found)
        .method_not_allowed_fallback(reply::wrong_method);
    let routes = before_handlers(routes).layer(axum::middleware::from_fn(texts::refuse_unfit));
    logged(&app, routes).with_state(Arc::new(app))
}
