//! Rate limit of operations and of pages for visitors, per audience.

use std::net::IpAddr;
use std::time::Duration;

use portico_core::access::{Audience, Viewer};
use portico_core::network;

use super::limiter::RateLimiter;
use super::rate::{Admission, Rate};
use super::redis::RedisBuckets;

/// Rates per audience.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// For callers without a token, per network.
    pub public: Rate,
    /// Per client and trade partner.
    pub outsiders: Rate,
    /// Per member of staff and API key.
    pub staff: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            public: Rate { capacity: 2_000, per_second: 100 },
            outsiders: Rate { capacity: 50_000, per_second: 2_000 },
            staff: Rate { capacity: 200_000, per_second: 10_000 },
        }
    }
}

/// Rate limiter of operations.
#[derive(Clone)]
pub enum Throttle {
    /// Disabled.
    Off,
    /// Enabled.
    On {
        /// The rates.
        rates: Rates,
        /// The buckets.
        limiter: RateLimiter,
    },
}

impl Throttle {
    /// Limits all callers, with the default rates.
    pub fn on(redis: Option<RedisBuckets>) -> Self {
        Self::On { rates: Rates::default(), limiter: RateLimiter::new(redis) }
    }

    /// Adds the cost of an operation to the caller's bucket. `None` if limits are disabled.
    ///
    /// The owner of the token, or else the network of the request, determines the bucket. Request headers do not.
    pub async fn pour(&self, viewer: &Viewer, network: Option<IpAddr>, cost: u64) -> Option<(Rate, Admission)> {
        let Self::On { rates, limiter } = self else { return None };
        let rate = match viewer.audience() {
            Audience::Public => rates.public,
            Audience::Client | Audience::Trade if viewer.viewed_by.is_none() => rates.outsiders,
            // Staff who view a client's portal share one bucket with their own requests.
            _ => rates.staff,
        };
        let key = bucket_key(viewer, network);
        Some((rate, limiter.pour(&key, rate, cost).await))
    }

    /// Adds a cost to the bucket of a visitor's network.
    ///
    /// # Errors
    ///
    /// The time to wait if the cost does not fit.
    pub async fn charge_network(&self, network: Option<IpAddr>, cost: u64) -> Result<(), Duration> {
        match self.pour(&Viewer::public(), network, cost).await {
            Some((_, Admission { fits: false, retry_after, .. })) => Err(retry_after),
            _ => Ok(()),
        }
    }
}

fn bucket_key(viewer: &Viewer, address: Option<IpAddr>) -> String {
    match viewer.charged() {
        Some((role, id)) => format!("actor:{role:?}:{id}"),
        None => format!("network:{}", network::name_of(address)),
    }
}
