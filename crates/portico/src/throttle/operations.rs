//! The limit on operations, and on what visitors are shown, by audience.

use std::net::IpAddr;
use std::time::Duration;

use portico_core::network;
use portico_core::people::{Audience, Viewer};

use super::limiter::RateLimiter;
use super::rate::{Admission, Rate};
use super::redis::RedisBuckets;

/// The rates of the audiences.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// For callers without a token, by network.
    pub public: Rate,
    /// For each client and trade partner.
    pub outsiders: Rate,
    /// For each member of staff and each key.
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

/// Limits what callers cost.
#[derive(Clone)]
pub enum Throttle {
    /// Nobody is limited.
    Off,
    /// Everybody is.
    On {
        /// How much.
        rates: Rates,
        /// Counts it.
        limiter: RateLimiter,
    },
}

impl Throttle {
    /// Limits everybody, by the default rates.
    pub fn on(redis: Option<RedisBuckets>) -> Self {
        Self::On { rates: Rates::default(), limiter: RateLimiter::new(redis) }
    }

    /// Pours the cost of an operation into the bucket of whoever asks; none where nobody is limited.
    ///
    /// The bucket is chosen by the token's owner, or by the network that the request comes from. Nothing that a caller
    /// writes into a header has a say in it.
    pub async fn pour(&self, viewer: &Viewer, network: Option<IpAddr>, cost: u64) -> Option<(Rate, Admission)> {
        let Self::On { rates, limiter } = self else { return None };
        let rate = match viewer.audience() {
            Audience::Public => rates.public,
            Audience::Client | Audience::Trade => rates.outsiders,
            Audience::Staff | Audience::Support => rates.staff,
        };
        let key = bucket_key(viewer, network);
        Some((rate, limiter.pour(&key, rate, cost).await))
    }

    /// Charges the network of a visitor, of whom nothing else counts.
    ///
    /// # Errors
    ///
    /// How long to wait if the cost does not fit.
    pub async fn charge_network(&self, network: Option<IpAddr>, cost: u64) -> Result<(), Duration> {
        match self.pour(&Viewer::public(), network, cost).await {
            Some((_, Admission { fits: false, retry_after, .. })) => Err(retry_after),
            _ => Ok(()),
        }
    }
}

fn bucket_key(viewer: &Viewer, address: Option<IpAddr>) -> String {
    match &viewer.person {
        Some(person) => format!("actor:{:?}:{}", viewer.role, person.id),
        None => format!("network:{}", network::name_of(address)),
    }
}
