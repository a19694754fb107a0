//! Tests of the public API, with a library schema for readers and clerks.

mod accepted;
mod bounds;
mod common;
mod corpus;
mod cost;
mod cut;
mod graphql_js;
mod introspection;
mod mutations_of_text;
mod normal;
mod nulls;
mod unknown_names;
mod variables;
