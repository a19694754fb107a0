//! Batching reads.
//!
//! Resolvers ask a [`Loader`] for typed keys, one at a time. [`Loader::drive`] runs the operation and watches for the
//! moment at which it cannot go on by itself: then everything that this level of the query asks for is known, and each
//! kind of key leaves as one statement. How many statements an operation takes depends on its shape, never on the length
//! of a list.
//!
//! What a key asks for is looked for in the request itself, in the memory of the process, in Redis, and in PostgreSQL, in
//! this order ([`Tiers`]); all that is read in PostgreSQL is read in one snapshot. Rows are kept under the generation of
//! their owner, so that nothing that is found can be stale.
//!
//! A loader belongs to one request and to one viewer, and it looks at every row once more before it hands it out: what is
//! not the viewer's is dropped here even if the window, or what is kept, showed it.

mod batch;
pub mod company;
mod drive;
mod elsewhere;
pub mod explain;
mod gather;
mod key;
mod knowledge;
pub mod leads;
mod level;
pub mod mail;
pub mod messages;
pub mod people;
pub mod portal;
pub mod projects;
pub mod schedule;
pub mod selections;
pub mod support;
mod tally;
mod tiers;

pub use batch::Loader;
pub use key::{Key, LoadError, Loaded, Row, Source};
pub use portico_store::{SeenBy, Store, StoreError};
pub use tally::{BatchSizes, Tally};
pub use tiers::{RedisHealth, RedisLink, SealKey, Tiers};
