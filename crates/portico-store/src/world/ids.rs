//! Ids that are the same in every run: made from a thing's path instead of time and chance.

use uuid::Uuid;

use crate::stable_id::{MADE_AT_MS, stable_id};

/// An id in the shape of version 7, whose random bits are the hash of the path.
pub(super) fn id_of(path: &str) -> Uuid {
    stable_id(MADE_AT_MS, &blake3::hash(path.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_version_7_and_the_same_in_every_run() {
        let id = id_of("alderbrook/maple-street/task/v2/Frame walls");
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(id, id_of("alderbrook/maple-street/task/v2/Frame walls"));
        assert_ne!(id, id_of("alderbrook/maple-street/task/v1/Frame walls"));
        assert_eq!(id.to_string(), "019b76da-a800-7bb1-8e9b-9be2f739a4b7");
    }
}
