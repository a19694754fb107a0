//! Test support: a database per test in milliseconds, a gateway to ask, and the people of the demo.
//!
//! Reads go through HTTP like any request. Functions that write to the database directly begin with `db_`.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test whose set-up fails should stop with its location"
)]

mod access_layers;
mod addresses;
mod app;
mod crawl;
mod database;
mod grow;
mod hang_up;
pub mod images;
mod mail;
pub mod node;
mod operations;
mod person;
pub mod programs;
pub mod queue;
mod reply;
mod secrets;
mod shape;
pub mod videos;

pub use access_layers::{AccessLayers, LayerState};
pub use addresses::{ADDRESSES, Address};
pub use app::TestApp;
pub use crawl::{leaves, texts};
pub use database::{TestDatabase, without_user};
pub use hang_up::within_turns;
pub use mail::TestMail;
pub use operations::{Operation, mutations, operations};
pub use person::Person;
pub use reply::Reply;
pub use secrets::SecretList;
pub use shape::{FieldShape, InputShape, Shape, TypeShape};
