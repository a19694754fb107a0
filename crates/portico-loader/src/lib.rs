//! Batched reads.
//!
//! Resolvers ask a [`Loader`] for typed keys, one at a time. [`Loader::drive`] runs the operation until it is blocked
//! on answers: then all keys of this level of the query are known, and each type of key is loaded by one statement. The
//! number of statements depends on the shape of an operation, never on the length of a list.
//!
//! The modules, each of which uses only those before it: `key` and `tiers` (the caches), `generation_tracker`
//! (cacheability of answers), `cache_reader`, `group` (keys of one type in a level), `batcher` (keys of the request,
//! and their answers), `read_through` (process memory, Redis, then the database), `loader` (the parts together),
//! `drive`.
//!
//! All reads of a request in PostgreSQL are from one snapshot. Rows are cached under the generation of their owner, so
//! a cache hit is never stale.
//!
//! A loader belongs to one request and one viewer, and checks each row again before it returns it: rows that are not
//! visible to the viewer are dropped here even if the database's views or a cache returned them.

pub mod accounts;
pub mod activity;
mod batcher;
mod cache_reader;
pub mod calendar;
pub mod changes;
pub mod company;
pub mod contacts;
pub mod decisions;
mod drive;
pub mod explain;
pub mod files;
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
mod pages;
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
