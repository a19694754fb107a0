//! PostgreSQL access, through diesel.
//!
//! [`Store::read_as`] is the only way to read: it uses the login of the viewer's audience, whose role view contains
//! that audience's rows, and scopes every statement by the viewer's session. Pools are private.

pub mod accounts;
pub mod activity;
mod address;
mod by_key;
pub mod calendar;
pub mod changes;
mod children;
pub mod company;
mod connect;
pub mod contacts;
pub mod decisions;
mod differences;
mod error;
pub mod explain;
pub mod files;
mod fragment;
pub mod generations;
mod health;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod leads;
pub mod links;
pub mod mail;
pub mod memberships;
pub mod messages;
pub mod migrate;
mod page;
mod pool;
pub mod portal;
pub mod projects;
mod read_session;
mod registration;
pub mod retention;
pub mod role_view;
pub mod rows;
pub mod schedule;
mod schema;
mod search;
pub mod selections;
pub mod sessions;
mod sqlstate;
pub mod support;
pub mod tables;
mod version;
mod visible;
mod writer;

pub use diesel_async::AsyncPgConnection;
pub use differences::Differences;
pub use error::StoreError;
pub use health::{PoolHealth, PoolWaits};
pub use pool::{Database, Login, PoolSizes, Statements};
pub use read_session::{ReadSession, RoleLogins, Store};
pub use version::DatabaseVersion;
pub use visible::Visible;
pub use writer::{Writer, WriterConnection};
