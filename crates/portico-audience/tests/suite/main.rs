//! The whole crate from outside, over one library with its readers and clerks.

mod accepted;
mod bounds;
mod common;
mod cost;
mod cut;
mod introspection;
mod mutations_of_text;
mod normal;
mod nulls;
mod unknown_names;
mod variables;
