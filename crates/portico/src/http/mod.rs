//! HTTP: a thin layer of our own over the gateway.
//!
//! The stock handlers take bodies of any size and type, run mutations by GET and answer 200 to everything; what callers
//! are promised (API-1, SEC-4) is kept here instead.

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
mod paced;
mod page;
mod playground;
mod portal_hosts;
mod proxies;
mod read;
mod refusal_page;
mod reply;
mod request_log;
mod server;
mod session;
mod texts;
mod unread;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::Request;
use axum::routing::get;
use chrono::{DateTime, Utc};
use portico_actions::{Actor, HeavyPool, Installation, Origin};
use portico_adapters::mail::MailFolder;
use portico_core::clock::Clock;
use portico_core::company::Hosts;
use portico_core::jobs::Wake;
use portico_core::people::{LinkKey, LinkSite, Viewer};
use portico_graphql::Gateway;
use portico_loader::Tiers;
use portico_store::Store;
use tower::util::MapRequestLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};

use crate::auth::DemoTokens;
use crate::metrics::Metrics;
use crate::throttle::{RateLimiter, Throttle};
use crate::usage::Usage;
pub use cors::Origins;
pub(crate) use cors::{CLIENT_NAME, CLIENT_VERSION};
pub use playground::Playground;
use portal_hosts::PortalHosts;
pub use proxies::{NotANetwork, Proxies};
pub use request_log::Statements;
pub use server::serve;

/// Where each request takes the time from.
pub type ClockSource = Arc<dyn Fn() -> Clock + Send + Sync>;

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// Answers operations.
    pub gateway: Gateway,
    /// The database.
    pub store: Store,
    /// Where rows are kept.
    pub tiers: Tiers,
    /// The time.
    pub clock: ClockSource,
    /// Whether the demo's tokens are known.
    pub demo_tokens: DemoTokens,
    /// The web origins whose pages may read answers.
    pub origins: Origins,
    /// The proxies before the gateway.
    pub proxies: Proxies,
    /// How much each actor may ask for.
    pub throttle: Throttle,
    /// Who asks for what.
    pub usage: Usage,
    /// What is counted.
    pub metrics: Metrics,
    /// The playground, where it is served.
    pub playground: Option<Playground>,
    /// Knows the links that were sent by mail.
    pub links: LinkKey,
    /// Where they lead.
    pub site: LinkSite,
    /// The hosts of the installation, and those of companies' portals that count.
    pub hosts: Arc<Hosts>,
    /// Counts attempts to get in.
    pub attempts: RateLimiter,
    /// Does what keeps a processor busy.
    pub heavy: HeavyPool,
    /// Wakes the worker: to be called when a transaction has committed that wrote jobs.
    pub wake: Wake,
}

impl App {
    /// Somebody who acts, now.
    pub fn actor(&self, viewer: Arc<Viewer>, origin: Origin, now: DateTime<Utc>) -> Actor {
        let installation = Installation {
            links: self.links.clone(),
            hosts: Arc::clone(&self.hosts),
            attempts: Arc::new(self.attempts.clone()),
            heavy: self.heavy.clone(),
            wake: self.wake.clone(),
            site: self.site.clone(),
        };
        Actor::new(self.store.clone(), viewer, origin, now, installation)
    }
}

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
    let forms = leads::routes(&app);
    let resolve_client_ip = axum::middleware::from_fn_with_state(app.proxies.clone(), proxies::resolve_client_ip);
    let routes = more
        .route("/graphql", get(graphql::handle).post(graphql::handle).fallback(graphql::wrong_method))
        .merge(link::routes())
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
fn before_handlers<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let decode = (
        RequestDecompressionLayer::new(),
        MapRequestLayer::new(|request: Request<DecompressionBody<Body>>| request.map(Body::new)),
    );
    routes.layer(DefaultBodyLimit::disable()).layer(decode).layer(axum::middleware::from_fn(reply::in_our_words))
}

/// What each address has, public or not.
fn answering(app: App, routes: Router<Arc<App>>) -> Router {
    let routes = routes
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(reply::not_found)
        .method_not_allowed_fallback(reply::wrong_method);
    before_handlers(routes)
        .layer(axum::middleware::from_fn(texts::refuse_unfit))
        .layer(axum::middleware::from_fn_with_state(app.metrics.clone(), request_log::write))
        .with_state(Arc::new(app))
}
