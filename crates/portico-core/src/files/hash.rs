//! SHA-256 of content that arrives in several requests.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

/// Hash of the bytes received so far. Its state is stored after each object, so that no byte is read again from the store.
#[derive(Clone, Default)]
pub struct ContentHash(Sha256);

impl ContentHash {
    /// The hash of no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The state, from which [`resume`](Self::resume) continues: hexadecimal digits.
    ///
    /// It holds up to 63 bytes of the content in clear, so it is no value for callers.
    pub fn state(&self) -> String {
        HEXLOWER.encode(&self.0.serialize())
    }

    /// Continues from a state; none if it is damaged.
    pub fn resume(state: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(state.as_bytes()).ok()?;
        let state = SerializedState::<Sha256>::try_from(bytes.as_slice()).ok()?;
        Sha256::deserialize(&state).ok().map(Self)
    }

    /// The hash: 64 lower-case hexadecimal digits.
    pub fn finish(self) -> String {
        HEXLOWER.encode(&self.0.finalize())
    }
}

impl std::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentHash(..)")
    }
}

/// Canonical form of a SHA-256 that a caller sends: 64 lower-case hexadecimal digits; none for another text.
pub fn canonical(text: &str) -> Option<String> {
    let bytes: [u8; 32] = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?.try_into().ok()?;
    Some(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> String {
        let mut hash = ContentHash::new();
        hash.update(bytes);
        hash.finish()
    }

    #[test]
    fn hash_is_sha_256() {
        assert_eq!(of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(of(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn state_continues_at_every_byte() {
        let bytes: Vec<u8> = (0..300_u32).map(|place| (place * 7 % 256) as u8).collect();
        for cut in 0..bytes.len() {
            let mut first = ContentHash::new();
            first.update(&bytes[..cut]);
            let mut second = ContentHash::resume(&first.state()).expect("a state");
            second.update(&bytes[cut..]);
            assert_eq!(second.finish(), of(&bytes), "cut at {cut}");
        }
    }

    #[test]
    fn damaged_state_is_refused() {
        let state = ContentHash::new().state();
        for wrong in ["", "00", &state[2..], &format!("{state}00"), &state.replacen('0', "x", 1)] {
            assert!(ContentHash::resume(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn sent_hash_has_64_digits() {
        let hash = of(b"abc");
        assert_eq!(canonical(&hash.to_uppercase()).as_deref(), Some(hash.as_str()));
        assert_eq!(canonical(&format!(" {hash}\n")).as_deref(), Some(hash.as_str()));
        for wrong in ["", "abc", &hash[1..], &format!("{hash}0"), &hash.replace('b', "g")] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }
}
