//! Header sections.

use super::words::text_of;

/// Maximum number of headers of a mail or part.
pub(in crate::inbound_mail) const HEADERS: usize = 2_000;
/// Maximum size of the headers of a mail or part.
pub(in crate::inbound_mail) const HEADER_BYTES: usize = 512 * 1024;
/// Number of bytes of a header that are read. The rest is ignored.
const VALUE_BYTES: usize = 32 * 1024;

/// The headers of a mail or part exceed a limit.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::inbound_mail) struct TooManyHeaders;

/// A header, as sent.
#[derive(Debug, Clone, Copy)]
pub(in crate::inbound_mail) struct Header<'a> {
    /// Before the colon.
    pub(in crate::inbound_mail) name: &'a [u8],
    /// After the colon, with all line ends.
    pub(in crate::inbound_mail) value: &'a [u8],
}

impl Header<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether the value is read only in part.
    pub(in crate::inbound_mail) fn is_cut(&self) -> bool {
        self.value.len() > VALUE_BYTES
    }

    /// The value in one line. Encoded words are not decoded.
    pub(in crate::inbound_mail) fn text(&self) -> String {
        let value = &self.value[..self.value.len().min(VALUE_BYTES)];
        let line: Vec<u8> = value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        text_of(line.trim_ascii())
    }
}

/// The headers of a mail or part, in order.
#[derive(Debug)]
pub(in crate::inbound_mail) struct Headers<'a> {
    fields: Vec<Header<'a>>,
    /// Offset of the body.
    pub(in crate::inbound_mail) body_at: usize,
    /// Whether each line is part of a header that all readers split in the same way.
    pub(in crate::inbound_mail) is_regular: bool,
}

impl<'a> Headers<'a> {
    /// Splits the header section from the body.
    pub(in crate::inbound_mail) fn split(bytes: &'a [u8]) -> Result<Self, TooManyHeaders> {
        let mut headers = Self { fields: Vec::new(), body_at: bytes.len(), is_regular: true };
        // Bounds of the current header: name, colon, end.
        let mut current: Option<(usize, usize, usize)> = None;
        let mut at = 0;
        while at < bytes.len() {
            let line = line_at(bytes, at);
            let content = line.trim_ascii_end_of_line();
            let end = at + line.len();
            if end > HEADER_BYTES && !content.is_empty() {
                return Err(TooManyHeaders);
            }
            // Some programs end a line at a bare CR.
            headers.is_regular &= !content.contains(&b'\r');
            match (content.first(), &mut current) {
                (None, _) => {
                    headers.body_at = end;
                    break;
                }
                (Some(b' ' | b'\t'), Some((_, _, value_end))) => *value_end = end,
                _ => {
                    headers.add(bytes, current.take())?;
                    match name_length(content) {
                        Some(length) => {
                            headers.is_regular &= content[..length].iter().all(u8::is_ascii_graphic);
                            current = Some((at, at + length, end));
                        }
                        None => headers.is_regular = false,
                    }
                }
            }
            at = end;
        }
        headers.add(bytes, current)?;
        Ok(headers)
    }

    fn add(&mut self, bytes: &'a [u8], bounds: Option<(usize, usize, usize)>) -> Result<(), TooManyHeaders> {
        if let Some((start, colon, end)) = bounds {
            if self.fields.len() >= HEADERS {
                return Err(TooManyHeaders);
            }
            self.fields.push(Header { name: &bytes[start..colon], value: &bytes[colon + 1..end] });
        }
        Ok(())
    }

    /// All headers, from top to bottom.
    pub(in crate::inbound_mail) fn all(&self) -> &[Header<'a>] {
        &self.fields
    }

    /// The headers of a name, from top to bottom.
    pub(in crate::inbound_mail) fn named(&self, name: &str) -> impl Iterator<Item = &Header<'a>> {
        self.fields.iter().filter(move |header| header.is(name))
    }

    /// The value of the first header of a name.
    pub(in crate::inbound_mail) fn first(&self, name: &str) -> Option<String> {
        self.named(name).next().map(Header::text)
    }

    pub(in crate::inbound_mail) fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }
}

/// The line at an offset, with its end.
pub(super) fn line_at(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..];
    let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
    &rest[..length]
}

/// Length of the name before the colon of a header's first line. Blanks before the colon are obsolete syntax.
fn name_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

/// Lines without their end.
pub(super) trait LineEnd {
    fn trim_ascii_end_of_line(&self) -> &[u8];
}

impl LineEnd for [u8] {
    fn trim_ascii_end_of_line(&self) -> &[u8] {
        let line = self.strip_suffix(b"\n").unwrap_or(self);
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}
