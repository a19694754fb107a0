//! A mail as it goes out.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use portico_core::id::JobId;
use portico_core::people::Email;
use portico_core::text;

use super::render::Rendered;

/// The longest name that is put before an address, in characters.
const NAME: usize = 200;

/// The address that all mail is sent from. The name before it is the company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Address);

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// The address.
    pub address: String,
    /// The name that stands before it.
    pub name: Option<String>,
}

/// A mail, ready to be sent.
#[derive(Clone)]
pub struct Message {
    /// The delivery.
    pub id: JobId,
    /// What it is about. The header `Message-ID` is made from it, so that a receiver who gets the mail twice can tell.
    pub key: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// From whom.
    pub from: MailAddress,
    /// To whom.
    pub to: MailAddress,
    /// Its texts.
    pub content: Rendered,
    /// The address of its link, for those who show mails instead of sending them.
    pub link: Option<String>,
}

/// Without its texts and its link, which may open an account.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Why a mail cannot go out as it is. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A header would hold a line break or the like.
    #[error("{0} has a control character")]
    Control(&'static str),
    /// That is no address.
    #[error("{0} is not an email address")]
    Address(&'static str),
    /// It cannot be put together.
    #[error("the mail cannot be put together: {0}")]
    Other(String),
}

impl Sender {
    /// Reads an address, such as `portal@builders.example`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let address = address(text, "the sender's address")?;
        // It is part of each message's id.
        if address.to_string().is_ascii() {
            Ok(Self(address))
        } else {
            Err(MessageError::Address("the sender's address"))
        }
    }

    /// The sender under a company's name.
    pub fn named(&self, name: Option<&str>) -> MailAddress {
        MailAddress { address: self.0.to_string(), name: name.map(str::to_owned) }
    }
}

impl Message {
    /// The mail as RFC 5322 has it.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when an address is none, or a header would hold more than a line.
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
            // So that nobody's absence is told to us.
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(self.content.text.clone(), self.content.html.clone()))
            .map_err(|error| MessageError::Other(error.to_string()))
    }

    /// Whether it can go out as it is.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when an address is none, or a header would hold more than a line.
    pub fn check(&self) -> Result<(), MessageError> {
        self.build().map(drop)
    }
}

type ReadAddress = fn(&str, &'static str) -> Result<Address, MessageError>;

/// lettre quotes and encodes names; what could end a header does not get as far. A name that is not one clean line is left
/// out: a name must not decide whether a mail leaves.
fn mailbox(party: &MailAddress, address_of: &'static str, read: ReadAddress) -> Result<Mailbox, MessageError> {
    let name = party.name.as_deref().and_then(|name| text::line(name, NAME).ok());
    Ok(Mailbox::new(name, read(&party.address, address_of)?))
}

/// The address that mail servers know: its domain as A-labels, so that none needs SMTPUTF8 for it.
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
