//! What is kept between requests is never stale, never another's, and never what somebody else put there.
//!
//! Every test here asks a gateway that keeps things and one that keeps nothing, and holds them against each other.

mod support;

mod concurrent;
mod confusion;
mod failures;
mod flights;
mod kept_rights;
mod outages;
mod poison;
mod restore;
mod revoked;
mod staleness;
mod temperature;
