//! Shared state of the handlers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use portico_actions::{Actor, HeavyPool, Installation, Origin};
use portico_core::access::Viewer;
use portico_core::company::Hosts;
use portico_core::decisions::DecisionKeys;
use portico_core::jobs::Wake;
use portico_core::links::{LinkKey, LinkSite};
use portico_graphql::Gateway;
use portico_loader::Tiers;
use portico_store::Store;

use super::cors::Origins;
use super::files::Files;
use super::playground::tokens::Playground;
use super::proxies::Proxies;
use crate::auth::DemoTokens;
use crate::clock_source::ClockSource;
use crate::inbound_mail::InboundMail;
use crate::metrics::Metrics;
use crate::throttle::{RateLimiter, Throttle};
use crate::usage::Usage;

/// Shared state of the handlers.
#[derive(Clone)]
pub struct App {
    /// Answers operations.
    pub gateway: Gateway,
    /// The database.
    pub store: Store,
    /// Cache tiers of rows.
    pub tiers: Tiers,
    /// Source of the current time.
    pub clock: ClockSource,
    /// Whether the demo's tokens are accepted.
    pub demo_tokens: DemoTokens,
    /// Web origins whose pages may read answers.
    pub origins: Origins,
    /// Trusted proxies in front of the gateway.
    pub proxies: Proxies,
    /// Rate limiter of operations and pages.
    pub throttle: Throttle,
    /// Usage counts by application and operation.
    pub usage: Usage,
    /// Metrics of the process.
    pub metrics: Metrics,
    /// The playground, if it is served.
    pub playground: Option<Playground>,
    /// Whether the example portal is served: `demo_router` sets it.
    pub example_portal: bool,
    /// Key that verifies mailed links.
    pub links: LinkKey,
    /// Keys that sign and verify decisions.
    pub decision_keys: DecisionKeys,
    /// Site to which mailed links lead.
    pub site: LinkSite,
    /// Hosts of the installation, and the portal hosts that its configuration lists.
    pub hosts: Arc<Hosts>,
    /// Files, with their store.
    pub files: Files,
    /// Receives files by mail, if the installation does.
    pub inbound_mail: Option<InboundMail>,
    /// Counts sign-in attempts.
    pub attempts: RateLimiter,
    /// Pool for CPU-intensive work.
    pub heavy: HeavyPool,
    /// Wakes the worker after the commit of a transaction that enqueued jobs.
    pub wake: Wake,
}

impl App {
    /// Creates the actor of a request.
    pub fn actor(&self, viewer: Arc<Viewer>, origin: Origin, now: DateTime<Utc>) -> Actor {
        let installation = Installation {
            links: self.links.clone(),
            decision_keys: self.decision_keys.clone(),
            hosts: Arc::clone(&self.hosts),
            attempts: Arc::new(self.attempts.clone()),
            heavy: self.heavy.clone(),
            wake: self.wake.clone(),
            files: self.files.store.as_ref().map(|_| self.files.limits),
            scans_files: self.files.has_scanner,
            // Without a store there is nothing to which a mail could be added.
            mail_domain: self
                .inbound_mail
                .as_ref()
                .filter(|_| self.files.store.is_some())
                .map(|mail| mail.domain().clone()),
            file_links: self.files.links.clone(),
            site: self.site.clone(),
        };
        Actor::new(self.store.clone(), viewer, origin, now, installation)
    }
}
