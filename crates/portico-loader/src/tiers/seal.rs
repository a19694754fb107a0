//! Sealed answers in Redis, authenticated together with their names.
//!
//! A value that Portico did not write, or wrote under another name or in another encoding, does not open and is a miss.
//! So Redis is trusted to keep secrets, but not to return correct values.

use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

/// Version of the encoding: postcard, after this byte and the seal.
const VERSION: u8 = 1;
/// Length of a seal, in bytes.
const SEAL: usize = 16;

/// A sealed answer with its name.
pub(crate) struct Sealed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The key of all seals. Gateways that share a Redis have the same key.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// Derives the key from the installation's secret.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key("portico 2026 kept rows", secret))
    }

    fn seal(&self, name: &str, payload: &[u8]) -> [u8; SEAL] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes()).update(payload);
        let mut seal = [0; SEAL];
        hasher.finalize_xof().fill(&mut seal);
        seal
    }

    /// Seals an encoded answer under its name.
    pub(crate) fn close(&self, name: &str, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + SEAL + payload.len());
        bytes.push(VERSION);
        bytes.extend(self.seal(name, payload));
        bytes.extend(payload);
        bytes
    }

    /// Opens an answer; none if it was not sealed under this name with this key.
    pub(crate) fn open<T: DeserializeOwned>(&self, name: &str, bytes: &[u8]) -> Option<T> {
        let (version, rest) = bytes.split_first()?;
        let (seal, payload) = rest.split_at_checked(SEAL)?;
        if *version != VERSION || !bool::from(seal.ct_eq(&self.seal(name, payload))) {
            return None;
        }
        postcard::from_bytes(payload).ok()
    }
}

/// Encodes an answer compactly.
pub(crate) fn encode<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_opens_under_its_own_name_only() {
        let key = SealKey::from_secret(b"one");
        let payload = encode(&vec![1_i64, -7]).unwrap();
        let sealed = key.close("a", &payload);
        assert_eq!(key.open::<Vec<i64>>("a", &sealed), Some(vec![1, -7]));
        assert_eq!(key.open::<Vec<i64>>("b", &sealed), None, "another name");
        assert_eq!(SealKey::from_secret(b"two").open::<Vec<i64>>("a", &sealed), None, "another installation");
        for index in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[index] ^= 1;
            assert_eq!(key.open::<Vec<i64>>("a", &touched), None, "byte {index}");
            assert_eq!(key.open::<Vec<i64>>("a", &sealed[..index]), None, "cut at {index}");
        }
    }
}
