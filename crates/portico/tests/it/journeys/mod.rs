//! Several capabilities in a row.

mod from_nothing;
mod journey;
