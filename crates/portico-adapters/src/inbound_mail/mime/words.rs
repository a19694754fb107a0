//! Text in headers: charsets, and encoded words (RFC 2047).

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;

/// Maximum length of an encoded word, in bytes. Clients exceed the 75 of the standard.
const WORD_BYTES: usize = 2_000;

/// Text of bytes without a charset: UTF-8, or the charset of old clients in America and Western Europe.
pub(in crate::inbound_mail) fn text_of(bytes: &[u8]) -> String {
    match (str::from_utf8(bytes), charset_decoder(b"windows-1252")) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Some(decode)) => decode(bytes),
        (Err(_), None) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Text of bytes in a charset. An unknown one is ignored.
pub(in crate::inbound_mail) fn charset_text(charset: &str, bytes: &[u8]) -> String {
    // Also under the name of ASCII, which has no other letters.
    let is_unicode = ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| charset.eq_ignore_ascii_case(name));
    match charset_decoder(charset.as_bytes()) {
        Some(decode) if !is_unicode => decode(bytes),
        _ => text_of(bytes),
    }
}

/// The text with its encoded words decoded.
///
/// Adjacent words of one charset are decoded together: clients cut them inside a letter, and inside a quoted string.
pub(in crate::inbound_mail) fn decoded_words(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let word = EncodedWord::read(from);
        let is_adjacent = word.is_some() && pending.is_some() && before.trim().is_empty();
        if !is_adjacent {
            flush(&mut decoded, pending.take());
            decoded.push_str(before);
        }
        let Some(word) = word else {
            decoded.push_str("=?");
            rest = &from[2..];
            continue;
        };
        rest = word.rest;
        match &mut pending {
            Some((charset, bytes)) if word.continues(charset) => bytes.extend(word.bytes),
            _ => flush(&mut decoded, pending.replace((word.charset, word.bytes))),
        }
    }
    flush(&mut decoded, pending);
    decoded.push_str(rest);
    decoded
}

fn flush(decoded: &mut String, word: Option<(&str, Vec<u8>)>) {
    if let Some((charset, bytes)) = word {
        decoded.push_str(&charset_text(charset, &bytes));
    }
}

struct EncodedWord<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    rest: &'a str,
}

impl<'a> EncodedWord<'a> {
    /// Whether it is decoded together with a word of a charset before it. With escape sequences, each word begins in ASCII.
    fn continues(&self, charset: &str) -> bool {
        self.charset.eq_ignore_ascii_case(charset) && !charset.to_ascii_lowercase().starts_with("iso-2022")
    }

    /// Reads the word at the beginning: `=?charset*language?encoding?text?=`.
    fn read(text: &'a str) -> Option<Self> {
        let (near, _) = text.split_at(text.floor_char_boundary(WORD_BYTES));
        let (charset, near) = near.strip_prefix("=?")?.split_once('?')?;
        let (encoding, near) = near.split_once('?')?;
        let (encoded, near) = near.split_once("?=")?;
        let rest = &text[text.floor_char_boundary(WORD_BYTES) - near.len()..];
        let charset = charset.split('*').next().filter(|name| !name.is_empty() && !name.contains(' '))?;
        let bytes = match encoding {
            "B" | "b" => base64_decode(encoded.as_bytes())?,
            "Q" | "q" => unquoted(encoded),
            _ => return None,
        };
        Some(Self { charset, bytes, rest })
    }
}

/// Decodes `Q`, in which an underscore is a space.
fn unquoted(text: &str) -> Vec<u8> {
    let spaced: Vec<u8> = text.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
    unescaped(&spaced, b'=')
}

/// Replaces an escape character and two hexadecimal digits by their byte. Others stay.
pub(super) fn unescaped(bytes: &[u8], escape: u8) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        let value = (*byte == escape).then(|| hex(after.get(..2)?)).flatten();
        plain.push(value.unwrap_or(*byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    plain
}

/// The byte of two hexadecimal digits.
fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low] = digits else { return None };
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_decoded() {
        for (text, decoded) in [
            ("plan.pdf", "plan.pdf"),
            ("=?utf-8?Q?Gr=C3=B6=C3=9Fe_1.pdf?=", "Größe 1.pdf"),
            ("=?iso-8859-1*de?q?Gr=F6=DFe?= (=?US-ASCII?Q?a?=)", "Größe (a)"),
            ("=?windows-1252?Q?=93Caf=E9=94?=", "“Café”"),
            // A letter whose bytes are in two words.
            ("=?UTF-8?B?R3LD?=\t =?utf-8?B?tsOfZQ==?=", "Größe"),
            ("=?iso-2022-jp?B?GyRCP14bKEI=?= =?ISO-2022-JP?B?GyRCTEwbKEIucGRm?=", "図面.pdf"),
            ("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?= b", "aé b"),
            ("a =?utf-8?Q?b?= c", "a b c"),
            // Not encoded words.
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("a =? b ?= c", "a =? b ?= c"),
            ("=?utf-8?B?!?=", "=?utf-8?B?!?="),
            ("=?unknown-9?Q?a=E9?=", "aé"),
            ("=?utf-8?Q?a=4?=", "a=4"),
            ("=?", "=?"),
            ("=??Q?a?=", "=??Q?a?="),
        ] {
            assert_eq!(decoded_words(text), decoded, "{text}");
        }
    }

    #[test]
    fn text_without_charset_is_read() {
        assert_eq!(text_of("Größe".as_bytes()), "Größe");
        assert_eq!(text_of(b"Gr\xf6\xdfe \x93a\x94"), "Größe “a”");
    }
}
