//! Ranges of bytes and conditions of a download (RFC 9110, sections 13 and 14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// The part of a content that a request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// This range, which is not empty.
    Range(Range<u64>),
    /// A range beyond the end.
    Unsatisfiable,
}

/// Reads `Range` and `If-Range`. Several ranges, and those that cannot be read, are answered with the whole.
pub(super) fn wanted_part(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let mut sent = headers.get_all(header::RANGE).iter();
    let (Some(range), None) = (sent.next(), sent.next()) else { return Part::Whole };
    // The range is of another content than the one at hand.
    let is_of_other = headers.get(header::IF_RANGE).is_some_and(|condition| condition.as_bytes() != etag.as_bytes());
    if is_of_other {
        return Part::Whole;
    }
    range.to_str().ok().and_then(|range| parse(range, size)).unwrap_or(Part::Whole)
}

fn parse(text: &str, size: u64) -> Option<Part> {
    let (unit, range) = text.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let range = match (number(first)?, number(last)?) {
        (None, None) => return None,
        (None, Some(length)) => size.saturating_sub(length)..size,
        (Some(first), None) => first..size,
        (Some(first), Some(last)) if last < first => return None,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
    };
    Some(if range.is_empty() { Part::Unsatisfiable } else { Part::Range(range) })
}

/// A number of digits only. `Some(None)` for an omitted one; numbers beyond all sizes are beyond the end.
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

/// Whether the caller has this content already (`If-None-Match`, by weak comparison).
pub(in crate::http) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const ETAG: &str = "\"0123456789abcdef0123456789abcdef\"";

    fn headers(sent: &[(header::HeaderName, &str)]) -> HeaderMap {
        sent.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a value"))).collect()
    }

    #[test]
    fn one_range_is_read() {
        let part = |range: &str, size| wanted_part(&headers(&[(header::RANGE, range)]), ETAG, size);
        for (range, expected) in [
            ("bytes=0-0", Part::Range(0..1)),
            ("bytes=0-9", Part::Range(0..10)),
            ("bytes=5-", Part::Range(5..10)),
            ("bytes=9-", Part::Range(9..10)),
            ("bytes=-3", Part::Range(7..10)),
            ("bytes=-99", Part::Range(0..10)),
            ("bytes=2-99", Part::Range(2..10)),
            ("bytes=2-99999999999999999999999", Part::Range(2..10)),
            ("Bytes= 2-3 ", Part::Range(2..4)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=10-11", Part::Unsatisfiable),
            ("bytes=99999999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        for ignored in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=3-2",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=1-2,4-5",
            "lines=1-2",
            "bytes=1e3-",
            "bytes=1--2",
            "bytes=0x1-",
        ] {
            assert_eq!(part(ignored, 10), Part::Whole, "{ignored}");
        }
    }

    #[test]
    fn range_of_other_content_is_ignored() {
        let part =
            |condition| wanted_part(&headers(&[(header::RANGE, "bytes=1-2"), (header::IF_RANGE, condition)]), ETAG, 10);
        assert_eq!(part(ETAG), Part::Range(1..3));
        for other in ["\"other\"", &format!("W/{ETAG}"), "Fri, 27 Nov 2026 10:00:00 GMT"] {
            assert_eq!(part(other), Part::Whole, "{other}");
        }
    }

    #[test]
    fn known_content_is_recognized() {
        let known = |condition: &str| is_known(&headers(&[(header::IF_NONE_MATCH, condition)]), ETAG);
        assert!(known(ETAG) && known("*") && known(&format!("W/{ETAG}")) && known(&format!("\"a\", {ETAG}")));
        assert!(!known("\"a\"") && !known("") && !known("0123456789abcdef0123456789abcdef"));
        assert!(!is_known(&HeaderMap::new(), ETAG));
    }
}
