//! HTTP layer over the gateway.
//!
//! async-graphql's handlers accept bodies of any size and type, run mutations by GET and always answer 200. This layer
//! implements what callers are promised (API-1, SEC-4) instead.

mod app;
mod branding;
mod bundle;
mod calendar;
mod caller;
mod cors;
mod decision_keys;
mod dev_mail;
mod example_portal;
mod fields;
mod files;
mod graphql;
mod health;
mod host;
mod https_only;
mod inbound_mail;
mod leads;
mod link;
mod media;
mod metrics;
mod operation_limit;
mod own_form;
mod paced;
mod page;
mod page_limit;
mod permits;
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
mod sign_in_code;
mod stalled;
mod texts;
mod time_limit;
mod trace;
mod unread;
mod visit;

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
pub use example_portal::DEMO_CLIENT;
pub use files::Files;
pub use playground::Playground;
use portal_hosts::PortalHosts;
pub use proxies::{NotANetwork, Proxies};
pub use request_log::Statements;
use request_log::logged;
pub use server::serve;

/// Creates the routes for callers.
pub fn router(app: App) -> Router {
    public(app, Router::new())
}

/// Creates the routes of the demo, with `/portal`, `/metrics` and `/dev/mail`. Only the demo's own machine may reach it: a reader of
/// the mail can sign in by its links.
pub fn demo_router(app: App, mail: MailFolder) -> Router {
    let app = App { example_portal: true, ..app };
    public(app, metrics::routes().merge(dev_mail::routes(mail)).merge(example_portal::routes()))
}

/// Creates the routes for operators, at an address that callers cannot reach.
pub fn private_router(app: App) -> Router {
    with_common_layers(with_shared_routes(app, metrics::routes()))
}

fn public(app: App, more: Router<Arc<App>>) -> Router {
    let origins = cors::layer(&app.origins);
    let hosts = PortalHosts::new(app.store.clone(), Arc::clone(&app.hosts));
    let require_https = axum::middleware::from_fn_with_state(https_only::is_wanted(&app.site), https_only::require);
    let show_refusals = |app| axum::middleware::from_fn_with_state(app, refusal_page::show);
    let (with_branding, without_branding) = (show_refusals(Some(Arc::new(app.clone()))), show_refusals(None));
    // Separate from the other routes: each form has its own CORS rules.
    let forms = logged(&app.metrics, before_handlers(leads::routes())).with_state(Arc::new(app.clone()));
    let resolve_client_ip = axum::middleware::from_fn_with_state(app.proxies.clone(), proxies::resolve_client_ip);
    let routes = more
        .route("/graphql", get(graphql::handle).post(graphql::handle).fallback(graphql::wrong_method))
        .merge(calendar::routes())
        .merge(decision_keys::routes())
        .merge(leads::pages())
        .merge(link::routes())
        .merge(session::routes())
        .merge(sign_in::routes())
        .merge(page::routes())
        .merge(playground::routes(app.playground.as_ref()));
    let (file_routes, files) = (files::router(&app), app.files.clone());
    let mails = inbound_mail::router(&app);
    let mark_portals = axum::middleware::from_fn_with_state(hosts, portal_hosts::mark);
    let all = with_shared_routes(app, routes).merge(mails).layer(origins).layer(mark_portals.clone()).merge(forms);
    // The outermost layer, so that even a preflight over plain HTTP is refused.
    let all = all.layer(with_branding).layer(CompressionLayer::new());
    // Not compressed: lengths and ranges are those of the bytes.
    let all = files::guard_own_host(all.merge(file_routes.layer(mark_portals)), &files);
    let all = all.layer(resolve_client_ip).layer(require_https);
    with_common_layers(all).layer(without_branding)
}

/// Adds the layers of all requests, at any address.
fn with_common_layers(routes: Router) -> Router {
    routes.layer(axum::middleware::from_fn(host::check)).layer(axum::middleware::from_fn(unread::drain))
}

/// Adds the layers between request log and handlers: decoding of bodies, uniform refusals, and the time limit.
fn before_handlers(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    let decode = (
        RequestDecompressionLayer::new(),
        MapRequestLayer::new(|request: Request<DecompressionBody<Body>>| request.map(Body::new)),
    );
    let routes = routes.layer(DefaultBodyLimit::disable()).layer(decode);
    routes.layer(axum::middleware::from_fn(reply::replace_refusals)).layer(axum::middleware::from_fn(time_limit::end))
}

/// Adds the routes and layers that public and private addresses share.
fn with_shared_routes(app: App, routes: Router<Arc<App>>) -> Router {
    let routes = routes
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(reply::not_found)
        .method_not_allowed_fallback(reply::wrong_method);
    let routes = before_handlers(routes).layer(axum::middleware::from_fn(texts::refuse_unfit));
    logged(&app.metrics, routes).with_state(Arc::new(app))
}
