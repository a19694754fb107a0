//! Rate limit of pages: each view is charged to the network's bucket.

use std::net::IpAddr;

use super::app::App;

/// Cost of a page view.
pub(super) const PAGE_COST: u64 = 20;

/// Charges a page view. Returns the seconds to wait if the network exceeds its rate.
pub(super) async fn charge(app: &App, network: Option<IpAddr>, cost: u64) -> Result<(), u64> {
    let charged = app.throttle.charge_network(network, cost).await;
    charged.map_err(|wait| (wait.as_secs_f64().ceil() as u64).max(1))
}
