//! Rate limits: leaky buckets of cost (API-6).
//!
//! Each limited request adds its cost to the bucket of its key, which leaks at a steady rate. A request that would
//! overflow it is refused, with the time until it fits. One [`RateLimiter`] counts operations, sign-in attempts, pages
//! and forms, which differ in key, rate and cost only. Buckets are in Redis if configured, shared by all gateways, and
//! otherwise in memory, also while Redis does not answer.

mod limiter;
mod memory;
mod operations;
mod rate;
mod redis;

pub use limiter::RateLimiter;
pub use operations::{Rates, Throttle};
pub use rate::{Admission, Rate};
pub use redis::RedisBuckets;
