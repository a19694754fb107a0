//! Email addresses, which identify people across companies.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::text;

/// Maximum length of an address, in bytes (RFC 5321).
const MAX_BYTES: usize = 254;

/// The text is not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an email address, such as ana@example.com")]
pub struct NotAnAddress;

/// An address: as entered, and in the canonical form that identifies a person (ACC-1, ACC-2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    written: String,
    canonical: String,
}

impl Email {
    /// As entered, without surrounding blanks, for display.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// For delivery: the local part as entered, since it may be case-sensitive, and the domain as A-labels, which every mail server
    /// accepts.
    pub fn deliverable(&self) -> String {
        let local = self.written.rsplit_once('@').map_or("", |(local, _)| local);
        let domain = self.canonical.rsplit_once('@').map_or("", |(_, domain)| domain);
        format!("{local}@{domain}")
    }

    /// NFKC, lower case, and the domain as A-labels (IDNA, UTS 46). Unique among all people.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// For rate limits: without dots and plus suffixes, which many mailboxes ignore, so that variants count as one account
    /// (SEC-6). Never used to identify people.
    pub fn counted_as(&self) -> String {
        let (local, domain) = self.canonical.rsplit_once('@').unwrap_or((&self.canonical, ""));
        let local = local.split('+').next().unwrap_or_default().replace('.', "");
        format!("{local}@{domain}")
    }
}

impl FromStr for Email {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let written: String = text::trim(text).nfkc().collect();
        // Invisible characters would let two addresses look alike.
        if written.chars().any(|letter| text::is_blank(letter.encode_utf8(&mut [0; 4])) || text::is_unfit(letter)) {
            return Err(NotAnAddress);
        }
        let (local, domain) = written.rsplit_once('@').ok_or(NotAnAddress)?;
        // Quoted local parts and IP addresses are valid, but used by attackers only.
        if local.contains(['"', '\\', '<', '>', '(', ')', ',', ';', ':', '@']) || domain.starts_with('[') {
            return Err(NotAnAddress);
        }
        // Full stops of East Asian keyboards separate labels as well.
        let domain = domain.replace(['\u{3002}', '\u{ff61}'], ".");
        let written = format!("{local}@{domain}");
        let domain = idna::domain_to_ascii_strict(&domain).map_err(|_| NotAnAddress)?;
        let canonical = format!("{}@{domain}", local.to_lowercase().nfkc().collect::<String>());
        let is_known = domain.contains('.') && !is_number(&domain) && email_address::EmailAddress::is_valid(&canonical);
        if !is_known || canonical.len() > MAX_BYTES || written.len() > MAX_BYTES {
            return Err(NotAnAddress);
        }
        Ok(Self { written, canonical })
    }
}

/// Whether a host ends in a decimal or hexadecimal number: an IP address, or invalid.
fn is_number(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x");
    last.bytes().all(|digit| digit.is_ascii_digit())
        || hex.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        text.parse::<Email>().ok().map(|email| email.canonical().to_owned())
    }

    #[test]
    fn spellings_of_one_address_are_equal() {
        // ACC-1, SEC-17: letter case, full-width letters, and the two forms of an international domain.
        for (one, other) in [
            ("Ana@Example.com", "ana@example.com"),
            (" ana@example.com ", "ana@example.com"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"),
            ("ａｎａ@example.com", "ana@example.com"),
            ("cafe\u{301}@example.com", "café@example.com"),
            ("ana@example。com", "ana@example.com"),
            ("ana@example｡com", "ana@example.com"),
            ("ana＠example．com", "ana@example.com"),
            ("\u{202a}ana@example.com\u{202c}", "ana@example.com"),
        ] {
            assert!(canonical(one).is_some(), "{one}");
            assert_eq!(canonical(one), canonical(other), "{one} and {other}");
        }
        assert_ne!(
            canonical("ana@example.com"),
            canonical("а\u{6e}a@example.com"),
            "a Cyrillic letter is another letter"
        );
        assert_ne!(canonical("a.na@example.com"), canonical("ana@example.com"), "dots may tell mailboxes apart");
    }

    #[test]
    fn mail_uses_the_domain_a_label() {
        // ROB-7
        for (text, deliverable, written) in [
            ("x@bücher.example", "x@xn--bcher-kva.example", "x@bücher.example"),
            ("Ana.B@Example.COM", "Ana.B@example.com", "Ana.B@Example.COM"),
            ("ana@例え。テスト", "ana@xn--r8jz45g.xn--zckzah", "ana@例え.テスト"),
            ("josé@bücher.example", "josé@xn--bcher-kva.example", "josé@bücher.example"),
        ] {
            let email = text.parse::<Email>().unwrap();
            assert_eq!((email.deliverable().as_str(), email.written()), (deliverable, written));
        }
    }

    #[test]
    fn mailbox_variants_count_as_one() {
        let counted = |text: &str| text.parse::<Email>().map(|email| email.counted_as());
        for variant in ["A.N.A@example.com", "ana+1@example.com", "an.a+x+y@EXAMPLE.com"] {
            assert_eq!(counted(variant), counted("ana@example.com"), "{variant}");
        }
    }

    #[test]
    fn invalid_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "ana@@example.com",
            "a na@example.com",
            "ana@example.com\r\nBcc: eve@example.com",
            "\"a b\"@example.com",
            "ana@[127.0.0.1]",
            "a<b>@example.com",
            "ana\u{200b}@example.com",
            "ana\u{3164}@example.com",
            "ana\u{ad}@example.com",
            "a\u{2066}na@example.com",
            "a@1.2.3.4",
            "a@[1.2.3.4]",
            "a@b.123",
            "a@b.0x7f",
            "a@１.2.3.4",
            "a@[IPv6:::1]",
            "a@b.example.",
            "ana\0@example.com",
            "a,b@example.com",
            "ana@exa mple.com",
            &long,
        ] {
            assert_eq!(wrong.parse::<Email>(), Err(NotAnAddress), "{wrong:?}");
        }
    }
}
