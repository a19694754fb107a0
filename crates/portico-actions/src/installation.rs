//! Services of an installation for its actions.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use portico_core::company::Hosts;
use portico_core::decisions::DecisionKeys;
use portico_core::files::limits::FileLimits;
use portico_core::files::link::FileLinks;
use portico_core::files::mail::MailDomain;
use portico_core::jobs::Wake;
use portico_core::links::{LinkKey, LinkSite};

use crate::HeavyPool;

/// Rate of attempts: a burst, then one per interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRate {
    /// Size of the burst.
    pub at_once: u32,
    /// Interval between further attempts.
    pub then_every: Duration,
}

/// Counts attempts, in a store shared by all gateways or in memory.
pub trait AttemptCounter: Send + Sync {
    /// Counts an attempt, or returns how long to wait for the next one.
    fn count(&self, whose: String, rate: AttemptRate) -> BoxFuture<'_, Result<(), Duration>>;
}

/// Services of an installation for its actions.
#[derive(Clone)]
pub struct Installation {
    /// Signs and verifies mailed links.
    pub links: LinkKey,
    /// Sign and verify decisions.
    pub decision_keys: DecisionKeys,
    /// Hosts of links.
    pub hosts: Arc<Hosts>,
    /// Counts attempts.
    pub attempts: Arc<dyn AttemptCounter>,
    /// Pool for CPU-bound work.
    pub heavy: HeavyPool,
    /// Notifies the worker of new mail.
    pub wake: Wake,
    /// Limits of files; none without a store.
    pub files: Option<FileLimits>,
    /// Whether files are withheld until a scanner has checked them.
    pub scans_files: bool,
    /// Domain of the addresses to which files are mailed; none if mail is not received.
    pub mail_domain: Option<MailDomain>,
    /// Keys of links to files, and their host.
    pub file_links: FileLinks,
    /// Base URLs of portal pages.
    pub site: LinkSite,
}
