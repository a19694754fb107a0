//! The parts of a mail that have content.

use super::encoding::Encoding;
use super::headers::{Headers, LineEnd, TooManyHeaders, line_at};
use super::parameters::Parameters;

/// Maximum depth of multiparts in multiparts.
pub(in crate::inbound_mail) const DEPTH: usize = 16;
/// Maximum number of parts.
pub(in crate::inbound_mail) const PARTS: usize = 1_000;

/// The parts of a mail exceed a limit.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::inbound_mail) enum TooManyParts {
    Headers,
    Depth,
    Parts,
}

impl From<TooManyHeaders> for TooManyParts {
    fn from(_: TooManyHeaders) -> Self {
        Self::Headers
    }
}

/// The kind of multipart that a part is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::inbound_mail) enum Container {
    /// None: it is the whole mail.
    Mail,
    /// Versions of one text.
    Alternative,
    /// A text, and what it shows.
    Related,
    /// Mails.
    Digest,
    /// Parts of their own.
    Mixed,
}

/// A part that is not a multipart.
#[derive(Debug)]
pub(in crate::inbound_mail) struct Part<'a> {
    pub(in crate::inbound_mail) headers: Headers<'a>,
    pub(in crate::inbound_mail) content_type: Parameters,
    pub(in crate::inbound_mail) disposition: Parameters,
    pub(in crate::inbound_mail) encoding: Encoding,
    /// As sent.
    pub(in crate::inbound_mail) body: &'a [u8],
    pub(in crate::inbound_mail) container: Container,
}

/// The parts of a mail that are not multiparts, in order.
///
/// A mail inside this one is one part. A multipart that lacks its boundary is text.
pub(in crate::inbound_mail) fn leaves(mail: &[u8]) -> Result<Vec<Part<'_>>, TooManyParts> {
    let mut found = Vec::new();
    collect(mail, Container::Mail, 0, &mut found)?;
    Ok(found)
}

fn collect<'a>(
    bytes: &'a [u8],
    container: Container,
    depth: usize,
    found: &mut Vec<Part<'a>>,
) -> Result<(), TooManyParts> {
    let headers = Headers::split(bytes)?;
    let body = &bytes[headers.body_at..];
    let mut content_type = Parameters::read(&headers.first("Content-Type").unwrap_or_default());
    if let Some(subtype) = content_type.value.strip_prefix("multipart/") {
        let boundary = content_type.literal("boundary").map(str::trim_end).filter(|boundary| !boundary.is_empty());
        let sections = boundary.map(|boundary| sections(body, boundary.as_bytes())).transpose()?.unwrap_or_default();
        if !sections.is_empty() {
            if depth == DEPTH {
                return Err(TooManyParts::Depth);
            }
            let inside = match subtype {
                "alternative" => Container::Alternative,
                "related" => Container::Related,
                "digest" => Container::Digest,
                _ => Container::Mixed,
            };
            return sections.into_iter().try_for_each(|section| collect(section, inside, depth + 1, found));
        }
        content_type = Parameters::default();
    }
    if content_type.value.is_empty() {
        let default = if container == Container::Digest { "message/rfc822" } else { "text/plain" };
        default.clone_into(&mut content_type.value);
    }
    if found.len() == PARTS {
        return Err(TooManyParts::Parts);
    }
    let disposition = Parameters::read(&headers.first("Content-Disposition").unwrap_or_default());
    let encoding = Encoding::named(&headers.first("Content-Transfer-Encoding").unwrap_or_default());
    found.push(Part { headers, content_type, disposition, encoding, body, container });
    Ok(())
}

/// The bytes between the lines of a boundary. The line end before each belongs to the boundary.
fn sections<'a>(body: &'a [u8], boundary: &[u8]) -> Result<Vec<&'a [u8]>, TooManyParts> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() {
        let line = line_at(body, at);
        let after = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)).map(<[u8]>::trim_ascii_end);
        let is_end = after == Some(b"--");
        if is_end || after == Some(b"") {
            found.extend(start.map(|start| body[start..at.max(start)].trim_ascii_end_of_line()));
            start = Some(at + line.len());
            if is_end {
                return Ok(found);
            }
            if found.len() > PARTS {
                return Err(TooManyParts::Parts);
            }
        }
        at += line.len();
    }
    // The mail was cut, or the client omits the last boundary.
    found.extend(start.map(|start| &body[start..]));
    Ok(found)
}
