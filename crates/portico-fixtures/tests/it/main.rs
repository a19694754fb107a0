//! Tests of the demo and of seeded worlds in a real database.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic at their location")]

mod seed;
mod world;
