//! Rate limit of pages: each view is charged to the network's bucket.

use axum::Extension;

use super::app::App;
use super::server::Network;

/// Cost of a page view.
const COST: u64 = 20;

/// Charges a page view. Returns the seconds to wait if the network has opened too many pages.
pub(super) async fn is_flooded(app: &App, network: Option<&Extension<Network>>) -> Option<u64> {
    let network = network.map(|Extension(Network(address))| *address);
    let wait = app.throttle.charge_network(network, COST).await.err()?;
    Some((wait.as_secs_f64().ceil() as u64).max(1))
}
