//! Email addresses, by which people are known across companies.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

/// The longest address, in bytes (RFC 5321).
const MAX_BYTES: usize = 254;

/// The text is not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct NotAnAddress;

/// An address: as its owner writes it, and in the one form by which two spellings are known to be the same person (ACC-1,
/// ACC-2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    written: String,
    canonical: String,
}

impl Email {
    /// As it was written, without blanks around it: where mail is sent.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Compatible forms of letters made one (NFKC), lower case, and the domain in the form that is sent over the wire
    /// (IDNA, UTS 46). Unique among all people.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// What attempts are counted by: many mailboxes ignore dots and what follows a plus, so that whoever varies these tries
    /// the same account (SAFETY A27). Never used to tell people apart.
    pub fn counted_as(&self) -> String {
        let (local, domain) = self.canonical.rsplit_once('@').unwrap_or((&self.canonical, ""));
        let local = local.split('+').next().unwrap_or_default().replace('.', "");
        format!("{local}@{domain}")
    }
}

impl FromStr for Email {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let written: String = text.trim().nfkc().collect();
        // What cannot be seen would let two addresses look alike.
        if written.chars().any(|letter| letter.is_control() || letter.is_whitespace() || is_invisible(letter)) {
            return Err(NotAnAddress);
        }
        let (local, domain) = written.rsplit_once('@').ok_or(NotAnAddress)?;
        // Quoted names and addresses of machines are allowed in mail, and used by nobody but attackers.
        if local.contains(['"', '\\', '<', '>', '(', ')', ',', ';', ':', '@']) || domain.starts_with('[') {
            return Err(NotAnAddress);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnAddress)?;
        let canonical = format!("{}@{domain}", local.to_lowercase().nfkc().collect::<String>());
        let is_known = domain.contains('.') && email_address::EmailAddress::is_valid(&canonical);
        if !is_known || canonical.len() > MAX_BYTES || written.len() > MAX_BYTES {
            return Err(NotAnAddress);
        }
        Ok(Self { written, canonical })
    }
}

/// Joiners, directions and other marks that take no room.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        text.parse::<Email>().ok().map(|email| email.canonical().to_owned())
    }

    #[test]
    fn spellings_of_one_address_have_one_canonical_form() {
        // ACC-1, A88: letter case, full-width letters, and the two forms of an international domain.
        for (one, other) in [
            ("Ana@Example.com", "ana@example.com"),
            (" ana@example.com ", "ana@example.com"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"),
            ("ａｎａ@example.com", "ana@example.com"),
            ("cafe\u{301}@example.com", "café@example.com"),
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
    fn what_varies_within_a_mailbox_is_counted_as_one() {
        let counted = |text: &str| text.parse::<Email>().map(|email| email.counted_as());
        for variant in ["A.N.A@example.com", "ana+1@example.com", "an.a+x+y@EXAMPLE.com"] {
            assert_eq!(counted(variant), counted("ana@example.com"), "{variant}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
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
            "ana\0@example.com",
            "a,b@example.com",
            "ana@exa mple.com",
            &long,
        ] {
            assert_eq!(wrong.parse::<Email>(), Err(NotAnAddress), "{wrong:?}");
        }
    }
}
