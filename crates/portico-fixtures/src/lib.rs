//! Generated rows: the demo's in [`world`], databases of any size in [`seed`], and those that tests add.
//!
//! Both fill the row structs of `portico-store` and use one `COPY` path, [`Rows::insert`] and its transaction in
//! `load.rs`.

mod column;
mod decisions;
mod load;
pub mod seed;
pub mod world;

use uuid::{Builder, Uuid};

pub use column::IntoColumn;
pub use decisions::{Chain, DecisionRows, demo_decision_keys};
pub use load::{LoadError, Rows};
pub use portico_store::rows;

/// The time in ids whose order does not matter: the start of 2026, in milliseconds since 1970.
const MADE_AT_MS: u64 = 1_767_225_600_000;

/// An id in the format of UUID version 7, the same in every run: ordered by the time, then by the hash.
fn stable_id(made_at_ms: u64, hash: &blake3::Hash) -> Uuid {
    let mut bits = [0; 10];
    bits.copy_from_slice(&hash.as_bytes()[..10]);
    Builder::from_unix_timestamp_millis(made_at_ms, &bits).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_later() {
        for name in ["a", "b", "c", "d"] {
            let hash = blake3::hash(name.as_bytes());
            assert!(stable_id(MADE_AT_MS, &hash) < stable_id(MADE_AT_MS + 1, &blake3::hash(b"")), "{name}");
        }
    }
}
