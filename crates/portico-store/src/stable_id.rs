//! Ids that are the same in every run, for worlds that are: made from what a thing is called instead of time and chance.

use uuid::{Builder, Uuid};

/// The moment that such ids carry unless their order matters: the start of 2026, in milliseconds since 1970.
pub(crate) const MADE_AT_MS: u64 = 1_767_225_600_000;

/// An id in the shape of version 7: ordered by the moment, in milliseconds since 1970, and then by the first bits of the
/// hash of what the thing is called.
pub(crate) fn stable_id(made_at_ms: u64, hash: &blake3::Hash) -> Uuid {
    let mut bits = [0; 10];
    bits.copy_from_slice(&hash.as_bytes()[..10]);
    Builder::from_unix_timestamp_millis(made_at_ms, &bits).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_moment_sorts_later_whatever_the_name() {
        for name in ["a", "b", "c", "d"] {
            let hash = blake3::hash(name.as_bytes());
            assert!(stable_id(MADE_AT_MS, &hash) < stable_id(MADE_AT_MS + 1, &blake3::hash(b"")), "{name}");
        }
    }
}
