//! A private PostgreSQL and Redis for the demo and for tests.
//!
//! The servers are the machine's own binaries, run as ordinary child processes in a state folder of
//! their own. They listen on unix sockets only, so they can neither collide with a server that the
//! machine already runs nor be reached from outside.
//! For tests of TLS, `TlsPostgres` and `TlsRedis` (feature `tls`) also listen on `127.0.0.1`,
//! with certificates of their own.
//!
//! Everything here blocks. Asynchronous callers start and stop a [`Stack`] on a thread that may
//! block (`tokio::task::spawn_blocking`).
//!
//! ```no_run
//! use portico_devstack::{Stack, StackOptions};
//!
//! let stack = Stack::start(&StackOptions::demo())?;
//! let maintenance = stack.database_url("postgres");
//! // connect, `CREATE DATABASE portico`, serve ...
//! stack.stop();
//! # Ok::<(), portico_devstack::DevstackError>(())
//! ```

#[cfg(feature = "tls")]
mod certificates;
mod discover;
mod error;
mod pooler;
mod postgres;
mod process;
mod programs;
mod redis;
mod stack;
mod state;
mod sweep;
#[cfg(feature = "tls")]
mod tls;
mod user;

#[cfg(feature = "tls")]
pub use certificates::{Certificates, ServerCertificate};
pub use discover::{PostgresBinaries, RedisBinary, SearchPath, find_postgres, find_redis};
pub use error::DevstackError;
pub use pooler::{Pooler, PoolerOptions};
pub use postgres::{Durability, PostgresAddress, SUPERUSER};
pub use stack::{RedisMode, Stack, StackOptions, StateLocation};
pub use state::default_state_folder;
#[cfg(feature = "tls")]
pub use tls::{TlsPostgres, TlsRedis};
pub use user::ServiceUser;
