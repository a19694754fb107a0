//! Batching reads.
//!
//! Resolvers ask a [`Loader`] for typed keys, one at a time. [`Loader::drive`] runs the operation until it can do no more
//! without an answer: then everything that this level of the query asks for is known, and each type of key is loaded by one
//! statement. How many statements an operation takes depends on its shape, never on the length of a list.
//!
//! The modules, each of which uses only those before it: `key` and `tiers` (the caches), `generation_tracker` (what can be
//! cached under which name), `cache_reader`, `group` (the keys of one type in a level), `batcher` (what the request has asked
//! for, and its answers), `read_through` (process memory, Redis, then the database), `loader` (the parts together), `drive`.
//!
//! Everything that one request reads in PostgreSQL is read in one snapshot. Rows are cached under the generation of their
//! owner, so that nothing that is found can be stale.
//!
//! A loader belongs to one request and to one viewer, and checks each row again before it returns it: rows that are not the
//! viewer's are dropped here even if the database's views, or a cache, showed them.

pub mod accounts;
mod batcher;
mod cache_reader;
pub mod company;
pub mod contacts;
mod drive;
pub mod explain;
mod gather;
mod generation_tracker;
mod group;
pub mod invitations;
mod key;
pub mod keys;
pub mod leads;
mod loader;
pub mod mail;
pub mod memberships;
pub mod messages;
pub mod portal;
pub mod projects;
mod read_through;
mod request_counts;
pub mod schedule;
pub mod selections;
pub mod sessions;
pub mod support;
mod tiers;
mod uncached;

pub use key::{CachePolicy, Key, LoadError, Loaded, Row};
pub use loader::Loader;
pub use portico_store::{ReadSession, Store, StoreError};
pub use request_counts::{BatchSizes, RequestCounts};
pub use tiers::{SealKey, Tiers};
