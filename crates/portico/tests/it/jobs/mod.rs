//! Jobs: the queue and its workers.

mod kinds;
mod queue;
mod worker;
