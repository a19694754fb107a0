//! The demo's world and seeded ones, in a real database.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail where they stand")]

mod seed;
mod world;
