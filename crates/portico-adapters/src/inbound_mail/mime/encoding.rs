//! Transfer encodings.

use bytes::Bytes;
use mail_parser::decoders::base64::base64_decode;

use super::headers::{LineEnd, line_at};
use super::words::unescaped;

/// How the bytes of a part are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::inbound_mail) enum Encoding {
    Identity,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    pub(super) fn named(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }

    /// The decoded bytes. Errors in the encoding are passed over, as mail clients do.
    pub(in crate::inbound_mail) fn decode(self, mail: &Bytes, body: &[u8]) -> Bytes {
        match self {
            Self::Identity => mail.slice_ref(body),
            Self::Base64 => decode_base64(body).into(),
            Self::QuotedPrintable => decode_quoted_printable(body).into(),
        }
    }
}

fn decode_base64(body: &[u8]) -> Vec<u8> {
    base64_decode(body).unwrap_or_else(|| {
        let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let digits: Vec<u8> = body.iter().copied().filter(is_digit).collect();
        base64_decode(&digits).unwrap_or_default()
    })
}

fn decode_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let line = line_at(body, at);
        let content = line.trim_ascii_end_of_line();
        let end = &line[content.len()..];
        // Blanks at the end were added on the way.
        let content = content.trim_ascii_end();
        let (content, end) = match content.strip_suffix(b"=") {
            Some(content) => (content, &[][..]),
            None => (content, end),
        };
        decoded.extend(unescaped(content, b'='));
        decoded.extend_from_slice(end);
        at += line.len();
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: &str, body: &'static [u8]) -> Vec<u8> {
        let mail = Bytes::from_static(body);
        Encoding::named(encoding).decode(&mail, &mail).to_vec()
    }

    #[test]
    fn encodings_are_decoded() {
        for (encoding, body, bytes) in [
            ("7bit", &b"a=3D\r\n"[..], &b"a=3D\r\n"[..]),
            (" BASE64 ", b"AAEC\r\n/w==\r\n", b"\x00\x01\x02\xff"),
            // A list has added a line, and a byte was lost.
            ("base64", b"AAEC\r\n_!AAEC\r\n", b"\x00\x01\x02\x00\x01\x02"),
            ("base64", b"AAECA", b"\x00\x01\x02"),
            ("Quoted-Printable", b"a=3Db=\r\nc =20 \r\nd=E9", b"a=bc  \r\nd\xe9"),
            ("quoted-printable", b"a=\n=b = =4\n=", b"a=b = =4\n"),
            ("x-unknown", b"a", b"a"),
        ] {
            assert_eq!(decoded(encoding, body), bytes, "{}", String::from_utf8_lossy(body));
        }
    }
}
