//! What a form takes from its sender's rate.

use std::net::IpAddr;

use super::form::FormFailure;
use crate::http::app::App;

const COST: u64 = 10;

/// Charges a network for a form, or for a look at it.
pub(super) async fn charge(app: &App, network: Option<IpAddr>) -> Result<(), FormFailure> {
    let charged = app.throttle.charge_network(network, COST).await;
    charged.map_err(|wait| FormFailure::Throttled(wait.as_secs().max(1)))
}
