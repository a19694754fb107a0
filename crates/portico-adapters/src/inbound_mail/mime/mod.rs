//! The format of mail: headers (RFC 5322) and parts (RFC 2045 to 2049, RFC 2231).

mod encoding;
mod headers;
mod parameters;
mod parts;
mod words;

pub(super) use headers::{HEADER_BYTES, HEADERS, Header, Headers, TooManyHeaders};
pub(super) use parameters::Parameters;
pub(super) use parts::{Container, DEPTH, PARTS, Part, TooManyParts, leaves};
pub(super) use words::{charset_text, decoded_words};
