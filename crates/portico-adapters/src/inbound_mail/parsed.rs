//! A mail that was read.

use bytes::Bytes;
use portico_core::contacts::Email;
use portico_core::files::limits::{MAIL_ATTACHMENTS, MAIL_BYTES, shown_size};

use super::addresses::{self, Author};
use super::attachments::{self, MailAttachment};
use super::automatic;
use super::mime::{DEPTH, HEADER_BYTES, HEADERS, Headers, PARTS, TooManyHeaders, TooManyParts, decoded_words, leaves};

/// Maximum length of a message id, in bytes: a line of a mail (RFC 5322).
const MESSAGE_ID_BYTES: usize = 998;

/// A mail, as far as its files and their sender matter. Texts are one line, without control characters, for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedMail {
    /// The one address in `From`. None if there are several or none, or it is not valid: such a mail has no author.
    ///
    /// It is a claim; [`SenderVerifier`](super::SenderVerifier) checks it.
    pub from: Option<Email>,
    /// The display name beside the one address.
    pub from_name: Option<String>,
    /// All `From` headers for display, at most 300 characters.
    pub from_shown: Option<String>,
    /// The subject, at most 300 characters.
    pub subject: Option<String>,
    /// The message id without angle brackets: what a mail that arrives twice has in common.
    pub message_id: Option<String>,
    /// Canonical addresses of the recipients, each once, at most 100: first those to which servers delivered the mail, in `Delivered-To`,
    /// `X-Original-To`, `Envelope-To` and `X-Envelope-To`, then those in `To` and `Cc`.
    pub recipients: Vec<String>,
    /// Those of them in `To` and `Cc`, which the sender wrote.
    pub addressed: Vec<String>,
    /// Whether a program sent it: an automatic reply, a report of a mail server, a mailing list, or a mail of Portico. It gets no answer,
    /// and its attachments are no files.
    pub is_automatic: bool,
    /// The attachments in order, at most 50.
    pub attachments: Vec<MailAttachment>,
}

/// Why a mail cannot be read. The texts are for its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum MailFault {
    /// It is larger than 40 MiB.
    #[error("the mail is larger than {}: send fewer files, or upload them", shown_size(MAIL_BYTES as i64))]
    TooLarge,
    /// It has more than 50 attachments.
    #[error("the mail has more than {MAIL_ATTACHMENTS} attachments: send several mails")]
    TooManyAttachments,
    /// Its headers exceed a limit.
    #[error(
        "the mail has more than {HEADERS} headers, or more than {} of them: send the files in a new mail",
        shown_size(HEADER_BYTES as i64)
    )]
    TooManyHeaders,
    /// Its parts exceed a limit.
    #[error(
        "the mail has more than {PARTS} parts, or more than {DEPTH} inside each other: send the files in a new mail"
    )]
    TooManyParts,
    /// It has no headers.
    #[error("this is not a mail: it has no headers")]
    NotAMail,
}

impl From<TooManyHeaders> for MailFault {
    fn from(_: TooManyHeaders) -> Self {
        Self::TooManyHeaders
    }
}

impl From<TooManyParts> for MailFault {
    fn from(fault: TooManyParts) -> Self {
        match fault {
            TooManyParts::Headers => Self::TooManyHeaders,
            TooManyParts::Depth | TooManyParts::Parts => Self::TooManyParts,
        }
    }
}

impl ParsedMail {
    /// Reads a mail (RFC 5322), with line ends CRLF or LF. An envelope line of a mailbox file before it is passed over.
    ///
    /// Attachments that are not encoded are slices of the mail. Takes time in proportion to its size: call it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// [`MailFault`] if the mail exceeds a limit or is none.
    pub fn parse(raw: &Bytes) -> Result<Self, MailFault> {
        if raw.len() > MAIL_BYTES {
            return Err(MailFault::TooLarge);
        }
        let mail = without_envelope(raw);
        let headers = Headers::split(&mail)?;
        if headers.all().is_empty() {
            return Err(MailFault::NotAMail);
        }
        let author = Author::of(&headers);
        Ok(Self {
            from: author.address,
            from_name: author.name,
            from_shown: author.shown,
            subject: headers.first("Subject").and_then(|text| addresses::shown(&decoded_words(&text))),
            message_id: headers.first("Message-ID").and_then(|text| message_id(&text)),
            recipients: addresses::recipients(&headers),
            addressed: addresses::addressed(&headers),
            is_automatic: automatic::is_automatic(&headers),
            attachments: attachments::of_parts(&mail, leaves(&mail)?)?,
        })
    }
}

/// The mail without a first line `From sender date`, which programs that deliver to files or pipes add.
pub(super) fn without_envelope(raw: &Bytes) -> Bytes {
    let after = raw.strip_prefix(b"From ").or_else(|| raw.strip_prefix(b">From "));
    // A blank before the colon is obsolete syntax of a header.
    let is_envelope = after.is_some_and(|after| !after.trim_ascii_start().starts_with(b":"));
    let end = raw.iter().position(|byte| *byte == b'\n').filter(|_| is_envelope);
    end.map_or_else(|| raw.clone(), |end| raw.slice(end + 1..))
}

fn message_id(text: &str) -> Option<String> {
    let id = match text.split_once('<') {
        Some((_, id)) => id.split('>').next().unwrap_or_default(),
        None => text,
    };
    let is_clean = !id.trim().is_empty() && id.len() <= MESSAGE_ID_BYTES && !id.contains(char::is_control);
    is_clean.then(|| id.trim().to_owned())
}
