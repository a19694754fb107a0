//! Which parts of a mail are files.

use bytes::Bytes;
use portico_core::files::limits::MAIL_ATTACHMENTS;

use super::addresses::shown;
use super::mime::{Container, Headers, Part, decoded_words};
use super::parsed::MailFault;
use super::tnef;

/// Images that a mail shows in its text are kept from this size: smaller ones are logos, icons and pixels that count readers.
pub(super) const INLINE_IMAGE_BYTES: usize = 10 * 1024;
/// Maximum length of a media type, in bytes.
const MEDIA_TYPE_BYTES: usize = 127;
/// Media type of bytes of an unknown kind.
pub(super) const UNKNOWN: &str = "application/octet-stream";
/// Types of parts that are no files: signatures, and data beside a file.
const IGNORED: [&str; 5] = [
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-encrypted",
    "application/applefile",
];

/// A file in a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAttachment {
    /// The name, decoded, but otherwise as sent: it may have slashes and control characters. None for a part without a name.
    pub name: Option<String>,
    /// The media type that the sender states, in lower case, such as `image/jpeg`.
    pub media_type: String,
    /// The content, decoded. Never empty.
    pub bytes: Bytes,
}

/// Omits the content.
impl std::fmt::Debug for MailAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, media_type, bytes } = self;
        f.debug_struct("MailAttachment")
            .field("name", name)
            .field("media_type", media_type)
            .field("size", &bytes.len())
            .finish()
    }
}

/// The files in the parts of a mail.
pub(super) fn of_parts(mail: &Bytes, parts: Vec<Part<'_>>) -> Result<Vec<MailAttachment>, MailFault> {
    let mut found = Vec::new();
    for part in &parts {
        found.extend(of_part(mail, part));
        if found.len() > MAIL_ATTACHMENTS {
            return Err(MailFault::TooManyAttachments);
        }
    }
    Ok(found)
}

/// The files in a part: none for a text, several for a container of Outlook.
fn of_part(mail: &Bytes, part: &Part<'_>) -> Vec<MailAttachment> {
    let name = part.disposition.text("filename").or_else(|| part.content_type.text("name"));
    let media_type = media_type(&part.content_type.value);
    let is_attached = part.disposition.value == "attachment";
    if !is_file(part, &media_type, name.is_some(), is_attached) {
        return Vec::new();
    }
    let bytes = part.encoding.decode(mail, part.body);
    let is_decoration = media_type.starts_with("image/")
        && bytes.len() < INLINE_IMAGE_BYTES
        && (part.container == Container::Related || (part.headers.has("Content-ID") && !is_attached));
    // An empty file has a name, of which its sender should hear.
    if (bytes.is_empty() && name.is_none()) || is_decoration {
        return Vec::new();
    }
    if is_tnef(&media_type, name.as_deref()) {
        let files = tnef::unpacked(&bytes);
        return files
            .unwrap_or_else(|| vec![MailAttachment { name: Some("winmail.dat".to_owned()), media_type, bytes }]);
    }
    let name = if is_mail(&media_type) { Some(name_of_mail(name, &bytes)) } else { name };
    vec![MailAttachment { name, media_type, bytes }]
}

/// Whether a part is more than a text of the mail.
fn is_file(part: &Part<'_>, media_type: &str, has_name: bool, is_attached: bool) -> bool {
    let is_version = part.container == Container::Alternative && matches!(media_type, "text/plain" | "text/html");
    let is_invitation = media_type == "text/calendar" && !has_name;
    if IGNORED.contains(&media_type) || is_invitation {
        return false;
    }
    match media_type.split('/').next() {
        _ if is_attached => true,
        Some("text") => has_name && !is_version,
        // Reports of mail servers have no name.
        Some("message") => has_name || is_mail(media_type),
        _ => true,
    }
}

fn is_mail(media_type: &str) -> bool {
    matches!(media_type, "message/rfc822" | "message/global")
}

fn is_tnef(media_type: &str, name: Option<&str>) -> bool {
    matches!(media_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// The name of a mail in a mail: its own or its subject, ending in `.eml`.
fn name_of_mail(name: Option<String>, bytes: &[u8]) -> String {
    let subject = || Headers::split(bytes).ok()?.first("Subject").and_then(|subject| shown(&decoded_words(&subject)));
    let name = name.or_else(subject).unwrap_or_else(|| "message".to_owned());
    if name.to_lowercase().ends_with(".eml") { name } else { format!("{name}.eml") }
}

/// A media type as sent, if it is well-formed.
pub(super) fn media_type(sent: &str) -> String {
    let is_token = |text: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(is_part)
    };
    let sent = sent.trim().to_ascii_lowercase();
    let is_valid = sent.len() <= MEDIA_TYPE_BYTES
        && sent.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    if is_valid { sent } else { UNKNOWN.to_owned() }
}
