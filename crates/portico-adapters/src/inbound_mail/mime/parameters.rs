//! Values with parameters: types and dispositions (RFC 2045, RFC 2183), with continuations and charsets (RFC 2231).

use super::words::{charset_text, decoded_words, unescaped};

/// Number of bytes that are read. The longest names of files fit, in each encoding.
const BYTES: usize = 8 * 1024;
/// Maximum number of parameters that are read.
const PARAMETERS: usize = 200;

/// A value and its parameters, such as `attachment; filename="plan.pdf"`.
#[derive(Debug, Default)]
pub(in crate::inbound_mail) struct Parameters {
    /// In lower case.
    pub(in crate::inbound_mail) value: String,
    sections: Vec<Section>,
}

/// A parameter, or a section of one.
#[derive(Debug)]
struct Section {
    /// In lower case, without asterisks.
    name: String,
    /// Position, if the parameter is continued.
    position: Option<u32>,
    is_encoded: bool,
    value: String,
}

impl Parameters {
    pub(in crate::inbound_mail) fn read(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(BYTES)];
        let (value, mut rest) = text.split_once(';').unwrap_or((text, ""));
        // Comments after the value are obsolete.
        let value = value.split(['(', ' ', '\t']).find(|word| !word.is_empty()).unwrap_or_default();
        let mut sections = Vec::new();
        while sections.len() < PARAMETERS {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            let Some(end) = rest.find(['=', ';']) else { break };
            let (name, from) = rest.split_at(end);
            rest = match from.strip_prefix('=') {
                Some(from) => {
                    let (value, rest) = split_value(from.trim_start());
                    sections.push(Section::new(name.trim(), value));
                    rest
                }
                None => from,
            };
        }
        Self { value: value.to_ascii_lowercase(), sections }
    }

    /// A parameter as sent, such as a boundary.
    pub(in crate::inbound_mail) fn literal(&self, name: &str) -> Option<&str> {
        self.sections.iter().find(|section| section.name == name).map(|section| section.value.as_str())
    }

    /// A parameter for display, decoded. None if it is absent or blank.
    pub(in crate::inbound_mail) fn text(&self, name: &str) -> Option<String> {
        let (mut parts, plain): (Vec<&Section>, Vec<&Section>) = self
            .sections
            .iter()
            .filter(|section| section.name == name)
            .partition(|section| section.is_encoded || section.position.is_some());
        parts.sort_by_key(|section| section.position);
        // The encoded form comes first: a client that sends both knows that one of them loses letters.
        let encoded = (!parts.is_empty()).then(|| joined(&parts));
        let text = encoded.or_else(|| plain.first().map(|section| decoded_words(&section.value)))?;
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    }
}

impl Section {
    fn new(name: &str, value: String) -> Self {
        let name = name.to_ascii_lowercase();
        let is_encoded = name.ends_with('*');
        let name = name.trim_end_matches('*');
        let continued = name.split_once('*').and_then(|(name, position)| Some((name, position.parse().ok()?)));
        match continued {
            Some((name, position)) => Self { name: name.to_owned(), position: Some(position), is_encoded, value },
            None => Self { name: name.to_owned(), position: None, is_encoded, value },
        }
    }
}

/// The value of a parameter, and what follows it.
fn split_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        // Clients that forget the quotes send blanks and brackets too.
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let rest = &quoted[at + 1..];
                return (value, &rest[rest.find(';').unwrap_or(rest.len())..]);
            }
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            _ => value.push(letter),
        }
    }
    (value, "")
}

/// Joins the sections of a parameter. The first one names the charset of all.
fn joined(sections: &[&Section]) -> String {
    let mut charset = "";
    let mut bytes = Vec::new();
    let mut has_encoded = false;
    for (index, section) in sections.iter().enumerate() {
        let is_next = section.position.is_none_or(|position| usize::try_from(position).is_ok_and(|next| next == index));
        if !is_next || (index > 0 && section.position.is_none()) {
            break;
        }
        let mut value = section.value.as_str();
        if index == 0 && section.is_encoded {
            let mut parts = value.splitn(3, '\'');
            if let (Some(name), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next()) {
                (charset, value) = (name, text);
            }
        }
        has_encoded |= section.is_encoded;
        match section.is_encoded {
            true => bytes.extend(unescaped(value.as_bytes(), b'%')),
            false => bytes.extend_from_slice(value.as_bytes()),
        }
    }
    let text = charset_text(charset, &bytes);
    if has_encoded { text } else { decoded_words(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_decoded() {
        for (text, name) in [
            ("attachment; filename=plan.pdf", "plan.pdf"),
            ("attachment; FileName=\"a \\\"b\\\"; c.pdf\"; size=1", "a \"b\"; c.pdf"),
            ("attachment; filename=Kitchen plan (1).pdf ; size=1", "Kitchen plan (1).pdf"),
            ("attachment; filename = \"plan.pdf", "plan.pdf"),
            ("attachment; filename=\"Größe.pdf\"", "Größe.pdf"),
            ("attachment; filename=\"=?utf-8?Q?Gr=C3=B6?= =?utf-8?Q?=C3=9Fe.pdf?=\"", "Größe.pdf"),
            ("attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
            ("attachment; filename=\"Groesse.pdf\"; filename*=iso-8859-1'de'Gr%F6%DFe.pdf", "Größe.pdf"),
            // A letter whose bytes are in two sections; the sections in another order.
            ("attachment; filename*1*=%B6%C3%9Fe; filename*2=\".pdf\"; filename*0*=utf-8''Gr%C3", "Größe.pdf"),
            ("attachment; filename*0*=windows-1252''Gr%F6; filename*1*=%DFe.pdf", "Größe.pdf"),
            ("attachment; filename*0=\"Kitchen \"; filename*1=plan.pdf", "Kitchen plan.pdf"),
            // A section is missing: what follows it is left out.
            ("attachment; filename*0=\"Kitchen\"; filename*2=.pdf", "Kitchen"),
            ("attachment; filename*=plan.pdf", "plan.pdf"),
            ("attachment; filename*=utf-8''100%.pdf", "100%.pdf"),
        ] {
            assert_eq!(Parameters::read(text).text("filename").as_deref(), Some(name), "{text}");
        }
        for text in
            ["attachment", "attachment; filename=\" \"", "attachment; filename", "; ;; =a", "attachment; size=1"]
        {
            assert_eq!(Parameters::read(text).text("filename"), None, "{text}");
        }
    }

    #[test]
    fn values_are_in_lower_case() {
        for (text, value) in [
            ("Text/HTML; charset=utf-8", "text/html"),
            (" Attachment (a comment)", "attachment"),
            ("text/plain(a comment);", "text/plain"),
            ("", ""),
            (";a=b", ""),
        ] {
            assert_eq!(Parameters::read(text).value, value, "{text}");
        }
        let boundary = Parameters::read("multipart/mixed; boundary=\"=_a;b\"; x=y");
        assert_eq!(boundary.literal("boundary"), Some("=_a;b"));
    }
}
