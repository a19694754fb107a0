//! The limit on pages for people: each takes something from its network's rate.

use axum::Extension;

use super::app::App;
use super::server::Network;

/// What a look at a page takes.
const COST: u64 = 20;

/// For how many seconds a network that has opened too many pages has to wait.
pub(super) async fn is_flooded(app: &App, network: Option<&Extension<Network>>) -> Option<u64> {
    let network = network.map(|Extension(Network(address))| *address);
    let wait = app.throttle.charge_network(network, COST).await.err()?;
    Some((wait.as_secs_f64().ceil() as u64).max(1))
}
