//! Whether signatures cover all that decides how a mail is read.
//!
//! A signature covers the headers that it names, and anyone who has a signed mail can change or add others. Without this check, a header
//! `Content-Disposition: attachment` above a signed letter would make the letter a file in the name of its author.

use portico_core::files::hash::ContentHash;
use portico_core::network::is_dns_name;

use super::alignment::are_aligned;
use super::tags::Tags;
use crate::inbound_mail::mime::{Header, Headers, Parameters};

/// Headers that decide what the parts of a mail are.
const STRUCTURE: [&str; 3] = ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"];
/// Headers with the recipients that the author named.
const RECIPIENTS: [&str; 2] = ["To", "Cc"];
/// Multiparts that clients compose.
const COMPOSED: [&str; 3] = ["multipart/mixed", "multipart/alternative", "multipart/related"];
/// Further headers of which a mail has one at most (RFC 5322, section 3.6; RFC 2045).
const OTHERS: [&str; 4] = ["From", "Date", "Message-ID", "MIME-Version"];

/// Whether no header that decides is there twice: a program that verifies reads the lowest, and one that shows the topmost.
pub(super) fn is_single(headers: &Headers<'_>) -> bool {
    let mut names = STRUCTURE.iter().chain(&RECIPIENTS).chain(&OTHERS);
    names.all(|name| headers.named(name).nth(1).is_none())
}

/// Whether a signature with these headers covers recipients and structure.
///
/// Some providers do not sign `Content-Type`. It is then enough that the body begins and ends with the boundary that it names: another
/// boundary would not be the first line of the signed body, and a letter does not end like a multipart. Of a digest, texts are mails.
pub(super) fn is_covered(signs: impl Fn(&str) -> bool, headers: &Headers<'_>, body: &[u8]) -> bool {
    let is_signed = |name: &&str| signs(name) || !headers.has(name);
    RECIPIENTS.iter().all(&is_signed) && (STRUCTURE.iter().all(is_signed) || begins_with_boundary(headers, body))
}

fn begins_with_boundary(headers: &Headers<'_>, body: &[u8]) -> bool {
    let content_type = Parameters::read(&headers.first("Content-Type").unwrap_or_default());
    let boundary = content_type.literal("boundary").map(str::trim_end).filter(|boundary| !boundary.is_empty());
    let first = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).find(|line| !line.is_empty());
    let (Some(boundary), Some(rest)) = (boundary, first.and_then(|line| line.strip_prefix(b"--"))) else {
        return false;
    };
    let end = format!("--{boundary}--");
    let is_closed = body.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_end() == end.as_bytes());
    COMPOSED.contains(&content_type.value.as_str()) && rest == boundary.as_bytes() && is_closed
}

/// Headers that the signatures of a domain's organization name, valid or not. One that cannot be read, or does not cover the body, names none.
struct Named(Vec<Vec<String>>);

impl Named {
    fn of(headers: &Headers<'_>, domain: &str) -> Self {
        let names = |header: &Header<'_>| {
            // One that cannot be read as a whole may be the one that the trusted server has verified. With `l`, the body is not covered.
            let tags = Tags::read(&header.text()).filter(|tags| !header.is_cut() && tags.get("l").is_none());
            let signer = tags.as_ref().and_then(|tags| tags.get("d")).filter(|signer| is_dns_name(signer));
            let (Some(tags), Some(signer)) = (&tags, signer) else { return Some(Vec::new()) };
            let names = || tags.get("h").unwrap_or_default().split(':').map(str::to_owned).collect();
            are_aligned(signer, domain).then(names)
        };
        Self(headers.named("DKIM-Signature").filter_map(names).collect())
    }

    fn all_name(&self, name: &str) -> bool {
        self.0.iter().all(|names| names.iter().any(|other| other.eq_ignore_ascii_case(name)))
    }
}

/// Whether each signature of the sender's organization covers the mail. Without any, the trusted server has seen the mail come from there.
pub(super) fn is_covered_by_all(headers: &Headers<'_>, body: &[u8], domain: &str) -> bool {
    let named = Named::of(headers, domain);
    named.0.is_empty() || is_covered(|name| named.all_name(name), headers, body)
}

/// What identifies a mail of this sender, whatever was added to it since it was signed: SHA-256 over the sender and the body without white
/// space. Of a mail without a signature also over its date and id.
pub(super) fn identity(headers: &Headers<'_>, body: &[u8], from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut hash = ContentHash::new();
    hash.update(from.as_bytes());
    // With a signature, each of them could be changed that it does not name, and another signature could be added that names less.
    if Named::of(headers, domain).0.is_empty() {
        for name in ["Date", "Message-ID"] {
            hash.update(format!("\n{name}:{}", headers.first(name).unwrap_or_default()).as_bytes());
        }
    }
    hash.update(b"\n");
    // Programs that pass a mail on may change blanks and line ends, as far as a signature allows.
    for word in body.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        hash.update(word);
        hash.update(b" ");
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(signed: &[&str], mail: &str) -> bool {
        let headers = Headers::split(mail.as_bytes()).expect("few headers");
        let signs = |name: &str| signed.iter().any(|other| other.eq_ignore_ascii_case(name));
        is_single(&headers) && is_covered(signs, &headers, &mail.as_bytes()[headers.body_at..])
    }

    const ALL: [&str; 6] = ["from", "to", "cc", "content-type", "content-transfer-encoding", "content-disposition"];

    #[test]
    fn signed_structure_is_covered() {
        let mail = "From: a\nTo: b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nHello\n";
        assert!(covers(&ALL, mail));
        assert!(covers(&["from", "to"], "From: a\nTo: b\n\nHello\n"), "a plain text");
        for missing in ["to", "content-type", "content-disposition"] {
            let signed: Vec<_> = ALL.into_iter().filter(|name| *name != missing).collect();
            assert!(!covers(&signed, mail), "{missing}");
        }
        assert!(!covers(&ALL, &format!("Content-Type: image/png\n{mail}")), "a second type above the signed one");
        assert!(!covers(&ALL, &format!("To: c\n{mail}")));
    }

    #[test]
    fn unsigned_boundary_is_the_first_line() {
        let with = |boundary: &str| {
            format!(
                "From: a\nTo: b\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--real\n\nLook:\n--eve\n\n--real--\n"
            )
        };
        assert!(covers(&["from", "to"], &with("real")));
        for other in ["eve", "rea", "real--", ""] {
            assert!(!covers(&["from", "to"], &with(other)), "{other}");
        }
        assert!(!covers(&["from", "to"], "From: a\nTo: b\nContent-Type: text/plain\n\n--real\n"), "no multipart");
    }

    #[test]
    fn digests_and_open_multiparts_are_not_covered() {
        let with = |subtype: &str, end: &str| {
            format!("From: a\nTo: b\nContent-Type: multipart/{subtype}; boundary=b\n\n--b\n\nForwarded\n{end}\n")
        };
        for subtype in ["mixed", "alternative", "related"] {
            assert!(covers(&["from", "to"], &with(subtype, "--b--")), "{subtype}");
            assert!(!covers(&["from", "to"], &with(subtype, "")), "{subtype} without an end");
        }
        for subtype in ["digest", "report", "x"] {
            assert!(!covers(&["from", "to"], &with(subtype, "--b--")), "{subtype}");
        }
    }

    #[test]
    fn unreadable_signatures_cover_nothing() {
        let covered = |signature: &str| {
            let mail =
                format!("DKIM-Signature: {signature}\nFrom: a\nTo: b\nContent-Disposition: attachment\n\nHello\n");
            let headers = Headers::split(mail.as_bytes()).expect("few headers");
            is_covered_by_all(&headers, b"Hello\n", "mail.example")
        };
        assert!(covered("d=mail.example; h=from:to:content-disposition; b=x"));
        assert!(covered("d=elsewhere.example; h=from; b=x"), "a forwarder's");
        let padded = format!("v=1;{}d=mail.example; h=from:to:content-disposition", " ".repeat(33_000));
        for other in [
            &*padded,
            "d=mail.example; h=from; b=x",
            "d=mail.example.; h=from:to:content-disposition",
            "z=a; z=b; d=mail.example; h=from:to:content-disposition",
            "d=mail.example; h=from:to:content-disposition; l=0",
            "h=from",
            "",
        ] {
            assert!(!covered(other), "{}", &other[..other.len().min(80)]);
        }
    }

    #[test]
    fn identity_outlives_additions() {
        let identity = |mail: &str| {
            let headers = Headers::split(mail.as_bytes()).expect("few headers");
            identity(&headers, &mail.as_bytes()[headers.body_at..], "ana@mail.example")
        };
        let signature = "DKIM-Signature: d=mail.example; h=from:date; b=x\n";
        let mail = format!("{signature}Date: Friday\nMessage-ID: <1>\n\nTwo  files\r\n");
        let added = format!(
            "X-N: 1\nDKIM-Signature: d=mail.example; h=from\n{}",
            mail.replace("<1>", "<2>").replace("  ", " ")
        );
        assert_eq!(identity(&mail), identity(&added));
        assert_ne!(identity(&mail), identity(&mail.replace("Two", "Three")));
        assert_ne!(identity(&mail), identity(&mail.replace("Two  files", "Twofiles")));
        let unsigned = "Message-ID: <1>\n\nTwo files\n";
        assert_ne!(identity(unsigned), identity(&unsigned.replace("<1>", "<2>")), "by a trusted server alone");
    }
}
