//! Who asks, as actions are told.

use std::sync::Arc;

use axum::Extension;
use axum::http::{HeaderMap, header};
use portico_actions::{Actor, Origin};
use portico_core::access::Viewer;

use super::app::App;
use super::server::Network;

/// The longest name of a device that is written down, in characters.
const MAX_DEVICE: usize = 200;

/// What the caller calls itself, for people who look over their own sessions.
pub(super) fn device_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(MAX_DEVICE).collect())
}

/// Somebody who acts by a page.
pub(super) fn actor_as(viewer: Viewer, app: &App, network: Option<Extension<Network>>, headers: &HeaderMap) -> Actor {
    let network = network.map(|Extension(Network(address))| address);
    let origin = Origin { network, device: device_of(headers) };
    app.actor(Arc::new(viewer), origin, (app.clock)().moment())
}
