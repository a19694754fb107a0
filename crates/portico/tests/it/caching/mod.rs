//! What is kept between requests is never stale, never another's, and never what somebody else put there.
//!
//! Every test here asks a gateway that keeps things and one that keeps nothing, and holds them against each other.

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
