//! Rate limit of lead forms.

use std::net::IpAddr;

use super::form::FormFailure;
use crate::http::app::App;

const COST: u64 = 10;

/// Charges a network for submitting a form or for viewing it.
pub(super) async fn charge(app: &App, network: Option<IpAddr>) -> Result<(), FormFailure> {
    let charged = app.throttle.charge_network(network, COST).await;
    charged.map_err(|wait| FormFailure::Throttled(wait.as_secs().max(1)))
}
