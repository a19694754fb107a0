//! Messages to be sent.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use portico_core::contacts::Email;
use portico_core::id::JobId;
use portico_core::text;

use super::render::Rendered;

/// Maximum length of a display name, in characters.
const NAME: usize = 200;

/// The sender address of all mail. The display name is the company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Address);

/// An email address with a display name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// The address.
    pub address: String,
    /// The display name.
    pub name: Option<String>,
}

/// A message to be sent.
#[derive(Clone)]
pub struct Message {
    /// The delivery.
    pub id: JobId,
    /// Deduplication key. The `Message-ID` header is derived from it, so that a receiver can recognize a mail sent twice.
    pub key: String,
    /// When the mail was written.
    pub at: DateTime<Utc>,
    /// The sender.
    pub from: MailAddress,
    /// The recipient.
    pub to: MailAddress,
    /// Subject and body.
    pub content: Rendered,
    /// The URL of its link, for the demo's page.
    pub link: Option<String>,
}

/// Omits the texts and the link, which may give access to an account.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Why a message cannot be sent. A retry does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A header has a line break or another control character.
    #[error("{0} has a control character")]
    Control(&'static str),
    /// An address is not valid.
    #[error("{0} is not an email address")]
    Address(&'static str),
    /// The message cannot be assembled.
    #[error("the mail cannot be assembled: {0}")]
    Other(String),
}

impl Sender {
    /// Parses an address, such as `portal@builders.example`.
    ///
    /// # Errors
    ///
    /// [`MessageError`] if it is not a valid ASCII address.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let address = address(text, "the sender's address")?;
        // It is part of each `Message-ID`.
        if address.to_string().is_ascii() {
            Ok(Self(address))
        } else {
            Err(MessageError::Address("the sender's address"))
        }
    }

    /// The sender with a company's name.
    pub fn named(&self, name: Option<&str>) -> MailAddress {
        MailAddress { address: self.0.to_string(), name: name.map(str::to_owned) }
    }
}

impl Message {
    /// Builds the message (RFC 5322).
    ///
    /// # Errors
    ///
    /// [`MessageError`] if an address is not valid, or a header has a control character.
    pub(crate) fn build(&self) -> Result<lettre::Message, MessageError> {
        let from = mailbox(&self.from, "the sender's address", address)?;
        let to = mailbox(&self.to, "the recipient's address", recipient)?;
        let id = format!("<{}@{}>", &blake3::hash(self.key.as_bytes()).to_hex()[..40], from.email.domain());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        lettre::Message::builder()
            .message_id(Some(id))
            .date(SystemTime::from(self.at))
            .from(from)
            .to(to)
            .subject(clean(&self.content.subject, "the subject")?)
            // Suppresses automatic replies, such as absence notices.
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(self.content.text.clone(), self.content.html.clone()))
            .map_err(|error| MessageError::Other(error.to_string()))
    }

    /// Checks whether the message can be sent.
    ///
    /// # Errors
    ///
    /// [`MessageError`] if an address is not valid, or a header has a control character.
    pub fn check(&self) -> Result<(), MessageError> {
        self.build().map(drop)
    }
}

type ReadAddress = fn(&str, &'static str) -> Result<Address, MessageError>;

/// Makes a mailbox with a display name, which lettre quotes and encodes.
///
/// A name that is not one clean line is left out: a name must not decide whether a mail is sent.
fn mailbox(party: &MailAddress, address_of: &'static str, read: ReadAddress) -> Result<Mailbox, MessageError> {
    let name = party.name.as_deref().and_then(|name| text::line(name, NAME).ok());
    Ok(Mailbox::new(name, read(&party.address, address_of)?))
}

/// The recipient's address with its domain as A-labels, so that no mail server needs SMTPUTF8 for the domain.
fn recipient(text: &str, of: &'static str) -> Result<Address, MessageError> {
    let email = clean(text, of)?.parse::<Email>().map_err(|_| MessageError::Address(of))?;
    address(&email.deliverable(), of)
}

fn address(text: &str, of: &'static str) -> Result<Address, MessageError> {
    clean(text, of)?.parse().map_err(|_| MessageError::Address(of))
}

fn clean(text: &str, of: &'static str) -> Result<String, MessageError> {
    match text::line(text, usize::MAX) {
        Ok(_) | Err(text::TextError::Blank) => Ok(text.to_owned()),
        Err(_) => Err(MessageError::Control(of)),
    }
}
