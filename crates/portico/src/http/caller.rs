//! The actor of a request outside `/graphql`.

use std::sync::Arc;

use axum::Extension;
use axum::http::{HeaderMap, header};
use portico_actions::{Actor, Origin};
use portico_core::access::Viewer;

use super::app::App;
use super::server::Network;

/// Maximum length of a stored device name, in characters.
const MAX_DEVICE: usize = 200;

/// Name of the caller's device, shown in the list of sessions.
pub(super) fn device_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(MAX_DEVICE).collect())
}

/// Creates the actor of a request to a page.
pub(super) fn actor_as(viewer: Viewer, app: &App, network: Option<Extension<Network>>, headers: &HeaderMap) -> Actor {
    let network = network.map(|Extension(Network(address))| address);
    let origin = Origin { network, device: device_of(headers) };
    app.actor(Arc::new(viewer), origin, (app.clock)().moment())
}
