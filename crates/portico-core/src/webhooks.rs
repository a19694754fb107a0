//! Signatures of webhooks, as Standard Webhooks 1.0 defines them: HMAC-SHA-256 over id, time and body.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, BASE64_NOPAD};
use ring::hmac;
use subtle::ConstantTimeEq;

/// Maximum difference between the time of a signature and of its check.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// Maximum number of signatures of a request: a sender that replaces its key sends two.
const SIGNATURES: usize = 8;
/// Start of the text form of keys.
const PREFIX: &str = "whsec_";
/// Version of symmetric signatures.
const VERSION: &str = "v1,";

/// Key of a sender and a receiver.
#[derive(Clone)]
pub struct WebhookKey(hmac::Key);

impl std::fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookKey([REDACTED])")
    }
}

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not a key: use `whsec_` and 24 to 64 random bytes in base64, as by `echo whsec_$(openssl rand -base64 32)`"
)]
pub struct NotAKey;

/// Headers of a signed request.
#[derive(Debug, Clone, Copy)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: &'a str,
    /// `webhook-signature`: signatures separated by spaces, of which one must be valid.
    pub signature: &'a str,
}

impl SignedHeaders<'_> {
    /// Whether the time is about now, so that the body is worth reading.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let at = self.timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        at.is_some_and(|at: DateTime<Utc>| now.signed_duration_since(at).abs() <= TOLERANCE)
    }
}

impl WebhookKey {
    /// Parses the text form, `whsec_` and base64.
    ///
    /// # Errors
    ///
    /// [`NotAKey`] for any other text.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(NotAKey)?;
        let encoded = encoded.trim_end_matches('=');
        let bytes = BASE64_NOPAD.decode(encoded.as_bytes()).map_err(|_| NotAKey)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(NotAKey);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The signature of a request.
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8]) -> String {
        let mut signing = self.signing(id, &at.timestamp().to_string());
        signing.update(body);
        format!("{VERSION}{}", BASE64.encode(signing.sign().as_ref()))
    }

    /// Whether a request was signed with this key, at about this time.
    pub fn is_signed(&self, headers: SignedHeaders<'_>, body: &[u8], now: DateTime<Utc>) -> bool {
        let SignedHeaders { id, timestamp, signature } = headers;
        // A dot in the id could be taken for the one after it.
        if !headers.is_fresh(now) || id.is_empty() || id.contains('.') {
            return false;
        }
        let mut signing = self.signing(id, timestamp);
        signing.update(body);
        let expected = BASE64.encode(signing.sign().as_ref());
        let given = signature.split(' ').filter_map(|one| one.strip_prefix(VERSION));
        // In constant time: the time would tell how much of a forged signature is right.
        given.take(SIGNATURES).any(|given| bool::from(given.as_bytes().ct_eq(expected.as_bytes())))
    }

    fn signing(&self, id: &str, timestamp: &str) -> hmac::Context {
        let mut signing = hmac::Context::with_key(&self.0);
        for part in [id, ".", timestamp, "."] {
            signing.update(part.as_bytes());
        }
        signing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn signature_is_that_of_the_specification() {
        let key = WebhookKey::parse(KEY).expect("a key");
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let signature = key.sign(id, at(1_614_265_330), body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let headers = SignedHeaders { id, timestamp: "1614265330", signature: &signature };
        assert!(key.is_signed(headers, body, at(1_614_265_330)));
        let among = format!("v1a,xyz v1,AAAA {signature}");
        assert!(key.is_signed(SignedHeaders { signature: &among, ..headers }, body, at(1_614_265_600)));
    }

    #[test]
    fn other_requests_are_not_signed() {
        let key = WebhookKey::parse(KEY).expect("a key");
        let other = WebhookKey::parse(&format!("whsec_{}", BASE64.encode(&[7; 32]))).expect("a key");
        let signature = key.sign("a", at(1_000), b"body");
        let headers = SignedHeaders { id: "a", timestamp: "1000", signature: &signature };
        assert!(key.is_signed(headers, b"body", at(1_300)));
        assert!(!key.is_signed(headers, b"body", at(1_301)), "it is late");
        assert!(!key.is_signed(headers, b"body", at(699)), "it is early");
        assert!(!key.is_signed(headers, b"Body", at(1_000)), "another body");
        assert!(!other.is_signed(headers, b"body", at(1_000)), "another key");
        for wrong in [
            SignedHeaders { id: "b", ..headers },
            SignedHeaders { id: "", ..headers },
            SignedHeaders { timestamp: "1001", ..headers },
            SignedHeaders { timestamp: "", ..headers },
            SignedHeaders { timestamp: "99999999999999999999", ..headers },
            SignedHeaders { signature: "", ..headers },
            SignedHeaders { signature: "v1,", ..headers },
            SignedHeaders { signature: &signature[3..], ..headers },
        ] {
            assert!(!key.is_signed(wrong, b"body", at(1_000)), "{wrong:?}");
        }
        // `a` at 1000 with the body `5.body` is not `a.1000` at 5.
        let shifted = key.sign("a", at(1_000), b"5.body");
        let headers = SignedHeaders { id: "a.1000", timestamp: "5", signature: &shifted };
        assert!(!key.is_signed(headers, b"body", at(5)));
    }

    #[test]
    fn short_keys_are_refused() {
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            assert_eq!(WebhookKey::parse(wrong).err(), Some(NotAKey), "{wrong}");
        }
        assert_eq!(format!("{:?}", WebhookKey::parse(KEY)), "Ok(WebhookKey([REDACTED]))");
    }
}
