//! The promises that bound a request (SAFETY section 2), in one place.
//!
//! The time that PostgreSQL gives a statement, 8 s, stands with its logins in `migrations/windows/logins.sql`.

use std::time::Duration;

/// The largest body, in bytes.
pub const BODY_BYTES: usize = 256 * 1024;
/// The most levels of lists and objects in JSON that a caller sends. The parser stops there.
pub const JSON_NESTING: usize = 127;
/// The longest operation, in bytes.
pub const OPERATION_BYTES: usize = 16 * 1024;
/// The most selections of an operation, fragments expanded.
pub const SELECTIONS: u64 = 1_000;
/// The most levels of anything that nests: selection sets, fragments expanded, and values. Admission and the executor
/// both stop there.
pub const NESTING: usize = 64;
/// The most levels of fields.
pub const DEPTH: u64 = 12;
/// The most aliases, fragments expanded.
pub const ALIASES: u64 = 30;
/// The most fields at the root.
pub const ROOT_FIELDS: u64 = 20;
/// The most fields at the root of a mutation.
pub const ROOT_MUTATIONS: u64 = 5;
/// What an operation of an outsider may cost.
pub const OUTSIDER_COST: u64 = 1_000;
/// What an operation of staff or of a key may cost.
pub const STAFF_COST: u64 = 10_000;
/// The page size when a caller names none.
pub const DEFAULT_PAGE: u32 = 25;
/// The largest page, and the most ids at once.
pub const MAX_PAGE: u32 = 100;
/// The longest that a request may take.
pub const REQUEST: Duration = Duration::from_secs(10);
/// How long a caller may take to send headers.
pub const HEADERS: Duration = Duration::from_secs(10);
/// How long a request waits for a connection to the database before it is told to come back later.
pub const CONNECTION: Duration = Duration::from_secs(2);
/// How long Redis has to answer before the gateway goes on without it.
pub const REDIS: Duration = Duration::from_millis(50);
/// How long Redis keeps rows that nobody has asked to be forgotten.
pub const REDIS_KEEPS: Duration = Duration::from_secs(3_600);
/// How long requests under way are waited for when the gateway stops.
pub const DRAIN: Duration = Duration::from_secs(30);
