//! For tests alone: a database per test in milliseconds, a gateway to ask, and the demo world's people.
//!
//! What is read goes through HTTP like anybody's request. What writes behind the gateway's back begins with `db_`.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up should stop, and say where"
)]

mod access_layers;
mod addresses;
mod app;
mod crawl;
mod database;
mod grow;
mod hang_up;
mod mail;
pub mod node;
mod operations;
mod person;
pub mod queue;
mod reply;
mod secrets;
mod shape;

pub use access_layers::{AccessLayers, LayerState};
pub use addresses::{ADDRESSES, Address};
pub use app::TestApp;
pub use crawl::{leaves, texts};
pub use database::TestDatabase;
pub use hang_up::within_turns;
pub use mail::TestMail;
pub use operations::{Operation, operations};
pub use person::Person;
pub use reply::Reply;
pub use secrets::SecretList;
pub use shape::{FieldShape, InputShape, Shape, TypeShape};
