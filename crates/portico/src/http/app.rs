//! What handlers work with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use portico_actions::{Actor, HeavyPool, Installation, Origin};
use portico_core::access::Viewer;
use portico_core::company::Hosts;
use portico_core::jobs::Wake;
use portico_core::links::{LinkKey, LinkSite};
use portico_graphql::Gateway;
use portico_loader::Tiers;
use portico_store::Store;

use super::cors::Origins;
use super::playground::tokens::Playground;
use super::proxies::Proxies;
use crate::auth::DemoTokens;
use crate::clock_source::ClockSource;
use crate::metrics::Metrics;
use crate::throttle::{RateLimiter, Throttle};
use crate::usage::Usage;

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// Answers operations.
    pub gateway: Gateway,
    /// The database.
    pub store: Store,
    /// Where rows are kept.
    pub tiers: Tiers,
    /// The time.
    pub clock: ClockSource,
    /// Whether the demo's tokens are known.
    pub demo_tokens: DemoTokens,
    /// The web origins whose pages may read answers.
    pub origins: Origins,
    /// The proxies before the gateway.
    pub proxies: Proxies,
    /// How much each actor may ask for.
    pub throttle: Throttle,
    /// Who asks for what.
    pub usage: Usage,
    /// What is counted.
    pub metrics: Metrics,
    /// The playground, where it is served.
    pub playground: Option<Playground>,
    /// Knows the links that were sent by mail.
    pub links: LinkKey,
    /// Where they lead.
    pub site: LinkSite,
    /// The hosts of the installation, and those of companies' portals that count.
    pub hosts: Arc<Hosts>,
    /// Counts attempts to get in.
    pub attempts: RateLimiter,
    /// Does what keeps a processor busy.
    pub heavy: HeavyPool,
    /// Wakes the worker: to be called when a transaction has committed that wrote jobs.
    pub wake: Wake,
}

impl App {
    /// Somebody who acts, now.
    pub fn actor(&self, viewer: Arc<Viewer>, origin: Origin, now: DateTime<Utc>) -> Actor {
        let installation = Installation {
            links: self.links.clone(),
            hosts: Arc::clone(&self.hosts),
            attempts: Arc::new(self.attempts.clone()),
            heavy: self.heavy.clone(),
            wake: self.wake.clone(),
            site: self.site.clone(),
        };
        Actor::new(self.store.clone(), viewer, origin, now, installation)
    }
}
