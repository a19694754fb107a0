//! Consent to electronic records and signatures (EXP-4).

use chrono::{DateTime, Utc};

/// A person's consent to a version of the text about electronic records. It is given by an act of its own, never by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Version of the text.
    pub version: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was withdrawn; none while it is in force. Signatures before that stay.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Whether a person has consented to a version of the text, and has not withdrawn that.
pub fn has_consented(consents: &[Consent], version: &str) -> bool {
    consents.iter().any(|consent| consent.version == version && consent.withdrawn_at.is_none())
}
