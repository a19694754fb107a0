//! Files in `winmail.dat`, the container in which Outlook and Exchange send attachments of formatted mails (MS-OXTNEF).

mod properties;
mod reader;

use bytes::Bytes;

use self::properties::{Property, PropertyValue};
use self::reader::Reader;
use super::attachments::{INLINE_IMAGE_BYTES, MailAttachment, UNKNOWN, media_type};
use super::mime::charset_text;

const SIGNATURE: u32 = 0x223e_9f78;
/// Maximum depth of mails in mails.
const DEPTH: u32 = 4;
/// Maximum number of files that are read. A mail may have fewer.
const FILES: usize = 1_000;

// Attributes: the kind of their value, and their number.
const OEM_CODE_PAGE: u32 = 0x0006_9007;
const ATTACHMENT_BEGINS: u32 = 0x0006_9002;
const ATTACHMENT_TITLE: u32 = 0x0001_8010;
const ATTACHMENT_DATA: u32 = 0x0006_800f;
const ATTACHMENT_PROPERTIES: u32 = 0x0006_9005;

// Properties of an attachment.
const DISPLAY_NAME: u16 = 0x3001;
const DATA: u16 = 0x3701;
const SHORT_NAME: u16 = 0x3704;
const LONG_NAME: u16 = 0x3707;
const MEDIA_TYPE: u16 = 0x370e;
const CONTENT_ID: u16 = 0x3712;
/// Interface of an embedded mail: its data are a container again.
const EMBEDDED_MAIL: [u8; 16] = [7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// The files in a container, in order; none if it only has the format of a text. `None` if the container is damaged.
///
/// Content is not copied. Attachments of a mail that is attached are listed with the others.
pub(super) fn unpacked(container: &Bytes) -> Option<Vec<MailAttachment>> {
    let mut found = Vec::new();
    read(container, 0, &mut found)?;
    Some(found)
}

fn read(container: &Bytes, depth: u32, found: &mut Vec<MailAttachment>) -> Option<()> {
    let mut reader = Reader::new(container.clone());
    if depth == DEPTH || reader.u32()? != SIGNATURE {
        return None;
    }
    // A key, which numbers containers.
    reader.u16()?;
    let mut code_page = 1252;
    let mut current: Option<File> = None;
    while !reader.is_at_end() {
        let attribute = reader.attribute()?;
        match (attribute.id, &mut current) {
            (OEM_CODE_PAGE, _) => code_page = Reader::new(attribute.data).u32()?,
            (ATTACHMENT_BEGINS, _) => {
                finish(current.replace(File::default()), code_page, depth, found)?;
            }
            (ATTACHMENT_TITLE, Some(file)) => file.title = Some(attribute.data),
            (ATTACHMENT_DATA, Some(file)) => file.content = Content::Bytes(attribute.data),
            (ATTACHMENT_PROPERTIES, Some(file)) => {
                properties::read(attribute.data, |property| file.set(property))?;
            }
            _ => {}
        }
    }
    finish(current, code_page, depth, found)
}

fn finish(file: Option<File>, code_page: u32, depth: u32, found: &mut Vec<MailAttachment>) -> Option<()> {
    let Some(file) = file else { return Some(()) };
    if found.len() == FILES {
        return None;
    }
    match &file.content {
        Content::Mail(container) => read(container, depth + 1, found)?,
        Content::Bytes(bytes) => found.extend(file.attachment(bytes, code_page)),
    }
    Some(())
}

/// An attachment that is being read.
#[derive(Default)]
struct File {
    title: Option<Bytes>,
    display_name: Option<PropertyValue>,
    short_name: Option<PropertyValue>,
    long_name: Option<PropertyValue>,
    media_type: Option<PropertyValue>,
    has_content_id: bool,
    content: Content,
}

enum Content {
    Bytes(Bytes),
    Mail(Bytes),
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl File {
    fn set(&mut self, property: Property) {
        match (property.id, property.value) {
            (DISPLAY_NAME, value) => self.display_name = Some(value),
            (SHORT_NAME, value) => self.short_name = Some(value),
            (LONG_NAME, value) => self.long_name = Some(value),
            (MEDIA_TYPE, value) => self.media_type = Some(value),
            (CONTENT_ID, _) => self.has_content_id = true,
            (DATA, PropertyValue::Binary(bytes)) => self.content = Content::Bytes(bytes),
            (DATA, PropertyValue::Object(mut bytes)) => {
                let interface = bytes.split_to(EMBEDDED_MAIL.len().min(bytes.len()));
                self.content =
                    if interface == EMBEDDED_MAIL[..] { Content::Mail(bytes) } else { Content::Bytes(bytes) };
            }
            _ => {}
        }
    }

    fn attachment(&self, bytes: &Bytes, code_page: u32) -> Option<MailAttachment> {
        let text = |value: &Option<PropertyValue>| value.as_ref().and_then(|value| value.text(code_page));
        let title = || self.title.as_ref().and_then(|title| text_in(code_page, title));
        let name = text(&self.long_name)
            .or_else(title)
            .or_else(|| text(&self.short_name))
            .or_else(|| text(&self.display_name));
        let media_type = text(&self.media_type).map_or_else(|| UNKNOWN.to_owned(), |sent| media_type(&sent));
        let is_image = media_type.starts_with("image/");
        let is_decoration = self.has_content_id && is_image && bytes.len() < INLINE_IMAGE_BYTES;
        let is_kept = !bytes.is_empty() && !is_decoration;
        is_kept.then(|| MailAttachment { name, media_type, bytes: bytes.clone() })
    }
}

/// Text up to the first NUL. None if there is none.
fn text_in(code_page: u32, bytes: &[u8]) -> Option<String> {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let charset = match code_page {
        932 => "shift_jis".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65001 => "utf-8".to_owned(),
        other => format!("cp{other}"),
    };
    let text = charset_text(&charset, text);
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests;
