//! Keys that sign the newest hash of a chain (Ed25519, RFC 8032), and those that verify it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{Head, canonical};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The key that signs, and all keys that verify. The default has none: nothing can be signed.
#[derive(Clone, Default)]
pub struct DecisionKeys(Arc<Keys>);

#[derive(Default)]
struct Keys {
    signer: Option<(String, Ed25519KeyPair)>,
    /// Public keys by their id: the signer's, and former ones.
    public: BTreeMap<String, Vec<u8>>,
}

/// Omits the private key.
impl fmt::Debug for DecisionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DecisionKeys").field(&self.0.public.keys().collect::<Vec<_>>()).finish()
    }
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is not a PEM block with a private key.
    #[error("is not a private key in PEM: create one with `openssl genpkey -algorithm ed25519`")]
    NotPem,
    /// The key is of another algorithm, or damaged.
    #[error("is not an Ed25519 key in PKCS#8: create one with `openssl genpkey -algorithm ed25519`")]
    NotEd25519,
    /// The text is not a JSON Web Key Set of Ed25519 keys.
    #[error(
        "is not a JSON Web Key Set of Ed25519 keys: save the one that the gateway serves at /.well-known/jwks.json"
    )]
    NotJwks,
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureFault {
    /// No key has this id.
    UnknownKey,
    /// The key did not sign this hash.
    Wrong,
}

impl DecisionKeys {
    /// The key pair in a PEM file, as OpenSSL writes it.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] if it is not one.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        let (_, after) = pem.split_once(BEGIN).ok_or(KeyFault::NotPem)?;
        let (body, _) = after.split_once(END).ok_or(KeyFault::NotPem)?;
        let body: String = body.split_whitespace().collect();
        let der = BASE64.decode(body.as_bytes()).map_err(|_| KeyFault::NotPem)?;
        // Not checked against a public key, which OpenSSL does not write.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| KeyFault::NotEd25519)?;
        Ok(Self::of_pair(pair))
    }

    /// The key pair of a seed, for demos and tests.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] never, for 32 bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFault> {
        Ok(Self::of_pair(Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::NotEd25519)?))
    }

    fn of_pair(pair: Ed25519KeyPair) -> Self {
        let public = pair.public_key().as_ref().to_vec();
        let id = key_id(&public);
        Self(Arc::new(Keys { signer: Some((id.clone(), pair)), public: BTreeMap::from([(id, public)]) }))
    }

    /// The same with former keys, which verify earlier signatures: a JSON Web Key Set.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] if the text is not one.
    pub fn with_former(self, jwks: &str) -> Result<Self, KeyFault> {
        let set: Value = serde_json::from_str(jwks).map_err(|_| KeyFault::NotJwks)?;
        let keys = set["keys"].as_array().ok_or(KeyFault::NotJwks)?;
        let mut public = self.0.public.clone();
        for key in keys {
            let x = key["x"].as_str().filter(|_| key["crv"] == "Ed25519").ok_or(KeyFault::NotJwks)?;
            let bytes = BASE64URL_NOPAD.decode(x.as_bytes()).map_err(|_| KeyFault::NotJwks)?;
            if bytes.len() != 32 {
                return Err(KeyFault::NotJwks);
            }
            public.insert(key_id(&bytes), bytes);
        }
        let keys = Arc::try_unwrap(self.0).map_err(|_| KeyFault::NotJwks)?;
        Ok(Self(Arc::new(Keys { signer: keys.signer, public })))
    }

    /// Whether there is a key that signs.
    pub fn can_sign(&self) -> bool {
        self.0.signer.is_some()
    }

    /// Signs the newest hash. Returns the id of the key and the signature, in base64url; none without a key.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn sign(&self, head: Head<'_>) -> serde_json::Result<Option<(String, String)>> {
        let Some((id, pair)) = &self.0.signer else { return Ok(None) };
        let signature = pair.sign(head.canonical()?.as_bytes());
        Ok(Some((id.clone(), BASE64URL_NOPAD.encode(signature.as_ref()))))
    }

    /// Verifies a signature of the newest hash.
    ///
    /// # Errors
    ///
    /// [`SignatureFault`] if it is not accepted.
    pub fn verify(&self, head: Head<'_>, key: &str, signature: &str) -> Result<(), SignatureFault> {
        let public = self.0.public.get(key).ok_or(SignatureFault::UnknownKey)?;
        let text = head.canonical().map_err(|_| SignatureFault::Wrong)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| SignatureFault::Wrong)?;
        let public = UnparsedPublicKey::new(&ED25519, public);
        public.verify(text.as_bytes(), &signature).map_err(|_| SignatureFault::Wrong)
    }

    /// All public keys, the signer's first, as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub fn jwk_set(&self) -> String {
        let signer = self.0.signer.as_ref().map(|(id, _)| id);
        let (first, others): (Vec<_>, Vec<_>) = self.0.public.iter().partition(|(id, _)| Some(*id) == signer);
        let key = |(id, public): (&String, &Vec<u8>)| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id,
                "x": BASE64URL_NOPAD.encode(public),
            })
        };
        let keys: Vec<_> = first.into_iter().chain(others).map(key).collect();
        json!({ "keys": keys }).to_string()
    }
}

/// The id of a public key: its JWK thumbprint (RFC 7638).
fn key_id(public: &[u8]) -> String {
    let key = json!({ "crv": "Ed25519", "kty": "OKP", "x": BASE64URL_NOPAD.encode(public) });
    let key = canonical(&key).unwrap_or_default();
    BASE64URL_NOPAD.encode(digest(&SHA256, key.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ProjectId;

    const PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";

    fn head(hash: &str) -> Head<'_> {
        Head { project: ProjectId(uuid::Uuid::nil()), position: 1, hash }
    }

    #[test]
    fn key_id_is_the_jwk_thumbprint() {
        // The key and thumbprint of RFC 8037, appendix A.
        let x = BASE64URL_NOPAD.decode(b"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(key_id(&x), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn former_keys_verify_after_a_rotation() {
        // SEL-2
        let former = DecisionKeys::from_pem(PEM).unwrap();
        let (key, signature) = former.sign(head("a")).unwrap().unwrap();
        let saved = former.jwk_set();
        let rotated = DecisionKeys::from_seed(&[1; 32]).unwrap();
        assert_eq!(rotated.verify(head("a"), &key, &signature), Err(SignatureFault::UnknownKey));
        let rotated = rotated.with_former(&saved).unwrap();
        assert_eq!(rotated.verify(head("a"), &key, &signature), Ok(()));
        assert_eq!(rotated.verify(head("b"), &key, &signature), Err(SignatureFault::Wrong));
        assert_ne!(rotated.sign(head("a")).unwrap().unwrap().0, key);
        assert!(!format!("{former:?}").contains("pair"));
    }

    #[test]
    fn faulty_keys_are_refused() {
        assert_eq!(DecisionKeys::from_pem("").err(), Some(KeyFault::NotPem));
        assert_eq!(DecisionKeys::from_pem(&PEM.replace("MC4C", "MC4D")).err(), Some(KeyFault::NotEd25519));
        for jwks in ["", "{}", r#"{"keys":[{"x":"AA"}]}"#, r#"{"keys":[{"crv":"Ed25519","x":"AA"}]}"#] {
            let keys = DecisionKeys::from_pem(PEM).unwrap();
            assert_eq!(keys.with_former(jwks).err(), Some(KeyFault::NotJwks), "{jwks}");
        }
    }
}
