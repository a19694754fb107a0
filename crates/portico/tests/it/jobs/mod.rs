//! Jobs: the queue and its workers.

mod fair;
mod kinds;
mod queue;
mod worker;
