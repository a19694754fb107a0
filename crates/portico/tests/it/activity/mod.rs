//! The audit log: what is recorded, in which order.

mod audited;
mod order;
