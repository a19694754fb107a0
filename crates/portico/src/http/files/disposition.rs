//! `Content-Disposition` and the types that are sent as themselves.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of `attr-char` in RFC 8187 beside letters and digits.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Type of all content that a browser could run, or that is not known.
const UNKNOWN: &str = "application/octet-stream";

/// Types that are sent as themselves. None of them can run a script at the gateway's host, least of all as an attachment.
const SENT: [&str; 18] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    PDF,
    MP4,
    WEBM,
    "video/quicktime",
    "application/zip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
];
/// Types that browsers show safely.
const SHOWN: [&str; 7] = ["image/jpeg", "image/png", "image/gif", "image/webp", PDF, MP4, WEBM];
pub(super) const PDF: &str = "application/pdf";
const MP4: &str = "video/mp4";
const WEBM: &str = "video/webm";

/// The type in the header.
pub(super) fn sent_type(media_type: &str) -> &'static str {
    if media_type == "text/plain" {
        return "text/plain; charset=utf-8";
    }
    SENT.into_iter().find(|known| *known == media_type).unwrap_or(UNKNOWN)
}

/// Whether browsers may show content of this type.
pub(super) fn is_shown(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

/// Whether it is a video that browsers show.
pub(super) fn is_video(media_type: &str) -> bool {
    [MP4, WEBM].contains(&media_type)
}

/// `attachment` or `inline` with the name, in ASCII for old programs and in full (RFC 6266, RFC 8187).
pub(in crate::http) fn disposition(kind: &str, name: &str) -> HeaderValue {
    let is_plain = |letter: char| matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\' | '%');
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let mut text = format!("{kind}; filename=\"{plain}\"");
    if plain != name {
        text.push_str(&format!("; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED)));
    }
    // Of printable ASCII only, so it is a value.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_in_full() {
        for (name, text) in [
            ("plan.pdf", "attachment; filename=\"plan.pdf\""),
            ("a; b='c'.pdf", "attachment; filename=\"a; b='c'.pdf\""),
            ("Küche 1.pdf", "attachment; filename=\"K_che 1.pdf\"; filename*=UTF-8''K%C3%BCche%201.pdf"),
            ("100 %.pdf", "attachment; filename=\"100 _.pdf\"; filename*=UTF-8''100%20%25.pdf"),
            ("a\"b\\c\r\nd", "attachment; filename=\"a_b_c__d\"; filename*=UTF-8''a%22b%5Cc%0D%0Ad"),
            ("設計(1)*.pdf", "attachment; filename=\"__(1)*.pdf\"; filename*=UTF-8''%E8%A8%AD%E8%A8%88%281%29%2A.pdf"),
        ] {
            assert_eq!(disposition("attachment", name), text, "{name:?}");
        }
    }

    #[test]
    fn what_could_run_is_sent_as_unknown() {
        for active in
            ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript", "", "image/heif"]
        {
            assert_eq!(sent_type(active), UNKNOWN, "{active}");
            assert!(!is_shown(active), "{active}");
        }
        assert_eq!(sent_type("image/jpeg"), "image/jpeg");
        assert_eq!(sent_type("text/plain"), "text/plain; charset=utf-8");
        assert!(!is_shown("text/plain") && !is_shown("video/quicktime"));
        assert!([PDF, MP4, WEBM].into_iter().all(|ty| is_shown(ty) && sent_type(ty) == ty));
    }
}
