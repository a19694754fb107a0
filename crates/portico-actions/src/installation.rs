//! What an installation gives to its actions.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use portico_core::company::Hosts;
use portico_core::mail::Wake;
use portico_core::people::{LinkKey, LinkSite};

use crate::HeavyPool;

/// How often something may be tried: so often at once, and then once in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryRate {
    /// How often at once.
    pub at_once: u32,
    /// How long until once more.
    pub then_every: Duration,
}

/// Counts tries. Behind it stands whatever all gateways share, or the memory of this one; never anything that a caller sends.
pub trait Tries: Send + Sync {
    /// Counts one, or says how long to wait until it would be let through.
    fn count(&self, whose: String, rate: TryRate) -> BoxFuture<'_, Result<(), Duration>>;
}

/// What an installation gives to its actions.
#[derive(Clone)]
pub struct Installation {
    /// Knows the links that were mailed.
    pub links: LinkKey,
    /// The hosts to which links lead.
    pub hosts: Arc<Hosts>,
    /// Counts tries.
    pub tries: Arc<dyn Tries>,
    /// Does what keeps a processor busy.
    pub heavy: HeavyPool,
    /// Tells the worker that there is mail to be sent.
    pub wake: Wake,
    /// Where the pages of portals are.
    pub site: LinkSite,
}
