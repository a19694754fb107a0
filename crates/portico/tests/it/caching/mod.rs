//! Tests of caches: never stale, never another caller's, and never forged.
//!
//! Every test compares gateways with caches to one without.

mod at_once;
mod concurrent;
mod confusion;
mod failures;
mod kept_rights;
mod outages;
mod poison;
mod reset;
mod restore;
mod revoked;
mod staleness;
mod temperature;
