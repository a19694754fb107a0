//! API keys.

mod creation;
mod rights;
