//! Addresses in headers (RFC 5322).

use portico_core::contacts::Email;
use portico_core::text;

use super::mime::{Header, Headers, decoded_words};

/// Maximum length of a text that is shown, in characters.
const SHOWN: usize = 300;
/// Maximum number of recipients.
const RECIPIENTS: usize = 100;
/// Headers with the address to which a server delivered the mail, which may be a hidden copy, and those with what the sender wrote.
const RECIPIENT_HEADERS: [&str; 6] = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"];
/// Those with what the sender wrote.
const ADDRESSED: [&str; 2] = ["To", "Cc"];

/// An address in a header, as sent.
#[derive(Debug, PartialEq, Eq)]
struct Mailbox {
    name: String,
    address: String,
    /// Whether all programs read this address and no other: without groups, and with nothing after it.
    is_strict: bool,
}

impl Mailbox {
    /// Whether the address is written in ASCII, apart from domains with letters of other scripts. To a provider, letters that look alike are
    /// other mailboxes.
    fn has_plain_mailbox(&self) -> bool {
        let is_foreign = || self.address.parse::<Email>().is_ok_and(|email| email.canonical().contains("xn--"));
        let has_plain_local = self.address.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii());
        has_plain_local && (self.address.is_ascii() || is_foreign())
    }
}

/// Who a mail says it is from.
#[derive(Debug, Default)]
pub(super) struct Author {
    /// The address, if there is exactly one.
    pub(super) address: Option<Email>,
    pub(super) name: Option<String>,
    /// The headers, for display.
    pub(super) shown: Option<String>,
}

impl Author {
    pub(super) fn of(headers: &Headers<'_>) -> Self {
        let from: Vec<&Header<'_>> = headers.named("From").collect();
        let texts: Vec<String> = from.iter().map(|header| header.text()).collect();
        let mut mailboxes = texts.iter().flat_map(|text| mailboxes(text));
        let shown = shown(&decoded_words(&texts.join(", ")));
        match (mailboxes.next(), mailboxes.next()) {
            (Some(one), None) if from.len() == 1 && one.is_strict && one.has_plain_mailbox() && !from[0].is_cut() => {
                Self { address: one.address.parse().ok(), name: self::shown(&decoded_words(&one.name)), shown }
            }
            _ => Self { shown, ..Self::default() },
        }
    }
}

/// The canonical addresses of all recipients, each once.
pub(super) fn recipients(headers: &Headers<'_>) -> Vec<String> {
    addresses_in(headers, &RECIPIENT_HEADERS)
}

/// The canonical addresses of the recipients whom the sender named, each once.
pub(super) fn addressed(headers: &Headers<'_>) -> Vec<String> {
    addresses_in(headers, &ADDRESSED)
}

fn addresses_in(headers: &Headers<'_>, names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for header in names.iter().flat_map(|name| headers.named(name)) {
        for mailbox in mailboxes(&header.text()) {
            let Ok(email) = mailbox.address.parse::<Email>() else { continue };
            if found.iter().all(|address| address != email.canonical()) {
                found.push(email.canonical().to_owned());
            }
            if found.len() == RECIPIENTS {
                return found;
            }
        }
    }
    found
}

/// A text of a mail as one line for display, cut. None if it is blank.
pub(super) fn shown(text: &str) -> Option<String> {
    let line = text::shown(text)?;
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => Some(format!("{}…", line[..end].trim_end())),
        None => Some(line),
    }
}

/// The mailboxes of a list. Names of groups are left out.
///
/// `Ana <ana@example.com>`, `ana@example.com`, `ana@example.com (Ana)`; also, as some clients write it, with an address as the name
/// and without quotes. More than one address in angle brackets without a comma is no address.
fn mailboxes(text: &str) -> Vec<Mailbox> {
    let mut found = Vec::new();
    let mut current = Reading::default();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (current.state, letter) {
            (State::Quoted, '\\') | (State::Comment(_), '\\') => current.push_escaped(letters.next()),
            (State::Quoted, '"') => current.state = State::Plain,
            (State::Plain, '"') => {
                current.state = State::Quoted;
                current.has_quotes = true;
                current.is_loose |= current.angle.is_some();
            }
            (State::Comment(depth), '(') => current.state = State::Comment(depth + 1),
            (State::Comment(1), ')') => current.state = State::Plain,
            (State::Comment(depth), ')') => current.state = State::Comment(depth - 1),
            (State::Plain, '(') => {
                // In the middle of a word, it splits an address for some programs.
                current.is_loose |=
                    current.angle.is_none() && current.plain.ends_with(|letter: char| !letter.is_whitespace());
                current.state = State::Comment(1);
            }
            (State::Plain, '<') => current.open(),
            (State::Angle, '>') => current.state = State::Plain,
            (State::Plain, ',') => found.extend(std::mem::take(&mut current).mailbox()),
            (State::Plain, ';') => {
                current.is_loose = true;
                found.extend(std::mem::take(&mut current).mailbox());
                current.is_loose = true;
            }
            (State::Plain, ':') => current = Reading { is_loose: true, ..Reading::default() },
            (_, letter) => current.push(letter),
        }
    }
    found.extend(current.mailbox());
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Plain,
    Quoted,
    Angle,
    Comment(u32),
}

/// A mailbox that is being read.
#[derive(Debug, Default)]
struct Reading {
    state: State,
    /// Outside angle brackets and comments.
    plain: String,
    angle: Option<String>,
    comment: String,
    is_ambiguous: bool,
    /// In a group, beside other text, or not closed.
    is_loose: bool,
    has_quotes: bool,
}

impl Reading {
    fn open(&mut self) {
        self.is_ambiguous |= self.angle.is_some();
        self.angle = Some(String::new());
        self.state = State::Angle;
    }

    fn push(&mut self, letter: char) {
        match self.state {
            State::Plain | State::Quoted => {
                self.is_loose |= self.angle.is_some() && !letter.is_whitespace();
                self.plain.push(letter);
            }
            State::Angle => self.angle.get_or_insert_default().push(letter),
            State::Comment(_) => self.comment.push(letter),
        }
    }

    fn push_escaped(&mut self, letter: Option<char>) {
        letter.into_iter().for_each(|letter| self.push(letter));
    }

    fn mailbox(self) -> Option<Mailbox> {
        let plain = self.plain.trim();
        // A quoted string is a name.
        let is_strict = !self.is_loose && self.state == State::Plain && (self.angle.is_some() || !self.has_quotes);
        let mailbox = match &self.angle {
            // Two addresses: which one is meant is unknown.
            _ if self.is_ambiguous => Mailbox { name: plain.to_owned(), address: String::new(), is_strict },
            Some(angle) => Mailbox { name: plain.to_owned(), address: angle.trim().to_owned(), is_strict },
            None if plain.is_empty() && self.comment.is_empty() => return None,
            None => Mailbox { name: self.comment, address: plain.to_owned(), is_strict },
        };
        Some(mailbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(headers: &str) -> Author {
        Author::of(&Headers::split(headers.as_bytes()).expect("few headers"))
    }

    #[test]
    fn author_is_the_one_address_of_from() {
        for (from, address, name) in [
            ("Ana@Mail.Example", "ana@mail.example", None),
            ("Ana Whitlock <ana@mail.example>", "ana@mail.example", Some("Ana Whitlock")),
            ("\"Whitlock, Ana \\\"A\\\"\" <ana@mail.example>", "ana@mail.example", Some("Whitlock, Ana \"A\"")),
            ("ana@mail.example (Ana (A.) W.)", "ana@mail.example", Some("Ana A. W.")),
            ("=?utf-8?Q?Ana_Gr=C3=B6=C3=9Fe?= <ana@mail.example>", "ana@mail.example", Some("Ana Größe")),
            ("ana@mail.example <ana@mail.example>", "ana@mail.example", Some("ana@mail.example")),
            ("eve@evil.example <ana@mail.example>", "ana@mail.example", Some("eve@evil.example")),
            ("\"<eve@evil.example>,\" <ana@mail.example>", "ana@mail.example", Some("<eve@evil.example>,")),
            ("Ana\r\n <ana@mail.example>", "ana@mail.example", Some("Ana")),
            ("ana@bücher.example", "ana@xn--bcher-kva.example", None),
        ] {
            let author = author(&format!("From: {from}\r\n\r\n"));
            assert_eq!(author.address.as_ref().map(Email::canonical), Some(address), "{from}");
            assert_eq!(author.name.as_deref(), name, "{from}");
        }
    }

    #[test]
    fn other_authors_are_only_shown() {
        for (headers, shown) in [
            ("From: ana@mail.example, eve@evil.example\n", Some("ana@mail.example, eve@evil.example")),
            ("From: ana@mail.example\nFROM : eve@evil.example\n", Some("ana@mail.example, eve@evil.example")),
            ("From: ana@mail.example\nFrom: \n", Some("ana@mail.example,")),
            ("From: Ana <ana@mail.example> <eve@evil.example>\n", Some("Ana <ana@mail.example> <eve@evil.example>")),
            ("From: Office: ana@mail.example;\n", Some("Office: ana@mail.example;")),
            ("From: Eve <eve@mail.example>: ana@mail.example;\n", Some("Eve <eve@mail.example>: ana@mail.example;")),
            ("From: <ana@mail.example> eve@mail.example\n", Some("<ana@mail.example> eve@mail.example")),
            ("From: eve@mail.example <ana@mail.example\n", Some("eve@mail.example <ana@mail.example")),
            ("From: ;ana@mail.example\n", Some(";ana@mail.example")),
            ("From: \"ana@mail.example\"\n", Some("\"ana@mail.example\"")),
            ("From: an\u{ff41}@mail.example\n", Some("an\u{ff41}@mail.example")),
            ("From: an(x)a@mail.example\n", Some("an(x)a@mail.example")),
            ("From: ana@mail\u{3002}example\n", Some("ana@mail\u{3002}example")),
            ("From: Ana\n", Some("Ana")),
            ("From: \n", None),
            ("From: =?utf-8?Q?ana=40mail.example?=\n", Some("ana@mail.example")),
            ("From: <>\n", Some("<>")),
            ("From: undisclosed:;\n", Some("undisclosed:;")),
            ("From: \"ana\"@[127.0.0.1]\n", Some("\"ana\"@[127.0.0.1]")),
            ("From: ana@mail.example\u{202e}\u{7}\n", Some("ana@mail.example")),
            ("To: ana@mail.example\n", None),
            ("\nFrom: ana@mail.example\n", None),
        ] {
            let author = author(headers);
            assert_eq!(author.address, None, "{headers}");
            assert_eq!(author.shown.as_deref(), shown, "{headers}");
        }
        let long = author(&format!("From: {} <ana@mail.example>\n", "a".repeat(40_000)));
        assert_eq!((long.address, long.shown.map(|text| text.chars().count())), (None, Some(SHOWN + 1)));
    }

    #[test]
    fn recipients_are_listed_once() {
        let many: Vec<String> = (0..200).map(|number| format!("a{number}@mail.example")).collect();
        let headers = format!(
            "To: \"Site, photos\" <P1@in.example>, Team: b@in.example, <c@in.example>;\nDelivered-To: p2@in.example\n\
             Cc: p1@IN.example, nonsense\nBcc: d@in.example\nX-Original-To: p3@in.example\nEnvelope-to: p4@in.example\n\
             X-Envelope-To: <p5@in.example>\nCc: {}\n\n",
            many.join(", ")
        );
        let found = recipients(&Headers::split(headers.as_bytes()).expect("few headers"));
        let first = ["p2", "p3", "p4", "p5", "p1", "b", "c"].map(|local| format!("{local}@in.example"));
        assert_eq!((&found[..7], found.len()), (&first[..], RECIPIENTS));
    }
}
