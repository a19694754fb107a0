//! Rate limits: leaky buckets of cost (API-6).
//!
//! What is limited pours a cost into the bucket of its key, which leaks at a steady rate; what would make it overflow is refused,
//! with the time after which it will fit. There is one mechanism, [`RateLimiter`], for operations, for attempts to sign in, and for
//! pages and forms: they differ in key, rate and cost alone.

mod limiter;
mod memory;
mod operations;
mod rate;
mod redis;

pub use limiter::RateLimiter;
pub use operations::{Rates, Throttle};
pub use rate::{Admission, Rate};
pub use redis::RedisBuckets;
