//! Plain text with placeholders, as companies write it.
//!
//! Nothing in it is code: placeholders such as `{{name}}` are replaced once, and the values are not parsed.

/// The placeholders: name of the recipient, company, project, address of the portal.
pub const PLACEHOLDERS: [&str; 4] = ["name", "company", "project", "portal"];

/// Maximum length of a body, in characters.
pub const MAX_BODY: usize = 5_000;

/// Maximum length of a placeholder's name in an error, in characters.
const MAX_NAME: usize = 40;

/// Why a body is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is blank.
    #[error("the text of an email must not be empty")]
    Empty,
    /// It is too long.
    #[error("an email's text has at most {MAX_BODY} characters, not {0}")]
    TooLong(usize),
    /// A placeholder is not closed.
    #[error("a placeholder is not closed: it begins with {{{{ and ends with }}}}")]
    NotClosed,
    /// A placeholder is unknown.
    #[error(
        "`{{{{{0}}}}}` is not a placeholder; there are {{{{name}}}}, {{{{company}}}}, {{{{project}}}} and {{{{portal}}}}"
    )]
    Unknown(String),
    /// It has a control character.
    #[error("an email's text cannot have control characters other than line breaks and tabs")]
    Control,
}

/// Literal text or a placeholder.
enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Checks whether a body can be sent.
///
/// # Errors
///
/// [`BodyError`] names the defect.
pub fn check_body(body: &str) -> Result<(), BodyError> {
    if body.trim().is_empty() {
        return Err(BodyError::Empty);
    }
    let length = body.chars().count();
    if length > MAX_BODY {
        return Err(BodyError::TooLong(length));
    }
    if body.chars().any(|char| char.is_control() && !['\n', '\r', '\t'].contains(&char)) {
        return Err(BodyError::Control);
    }
    parts(body).try_for_each(|part| match part? {
        Part::Placeholder(name) if !PLACEHOLDERS.contains(&name) => Err(unknown(name)),
        _ => Ok(()),
    })
}

/// Replaces the placeholders. Values are inserted unchanged, even if they look like placeholders.
///
/// # Errors
///
/// [`BodyError`] if a placeholder has no value, or is not closed.
pub fn fill(body: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, BodyError> {
    let mut filled = String::with_capacity(body.len());
    for part in parts(body) {
        match part? {
            Part::Text(text) => filled.push_str(text),
            Part::Placeholder(name) => filled.push_str(&value(name).ok_or_else(|| unknown(name))?),
        }
    }
    Ok(filled)
}

fn unknown(name: &str) -> BodyError {
    BodyError::Unknown(name.chars().filter(|char| !char.is_control()).take(MAX_NAME).collect())
}

fn parts(body: &str) -> impl Iterator<Item = Result<Part<'_>, BodyError>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inside) = rest.strip_prefix("{{") else {
            let end = rest.find("{{").unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            rest = after;
            return Some(Ok(Part::Text(text)));
        };
        let Some((name, after)) = inside.split_once("}}") else {
            rest = "";
            return Some(Err(BodyError::NotClosed));
        };
        rest = after;
        Some(Ok(Part::Placeholder(name.trim())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        match name {
            "name" => Some("Ana {{portal}}".to_owned()),
            "portal" => Some("https://portal.example".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn placeholder_is_replaced_once() {
        assert_eq!(
            fill("{{name}}: { name } {{ portal }}}", value).unwrap(),
            "Ana {{portal}}: { name } https://portal.example}"
        );
    }

    #[test]
    fn unknown_placeholder_is_named() {
        let error = check_body("Hello {{nmae}},").unwrap_err();
        assert_eq!(error, BodyError::Unknown("nmae".to_owned()));
        assert!(error.to_string().starts_with("`{{nmae}}` is not a placeholder"), "{error}");
        for body in ["{{ link }}", "{{}}", "{{name|safe}}", "{{company.name}}", "{{{name}}}", "{% raw %}{{x}}"] {
            assert!(matches!(check_body(body), Err(BodyError::Unknown(_))), "{body}");
        }
        assert_eq!(fill("{{company}}", value), Err(BodyError::Unknown("company".to_owned())));
    }

    #[test]
    fn invalid_text_is_refused() {
        assert_eq!(check_body(" \n"), Err(BodyError::Empty));
        assert_eq!(check_body("Hello {{name"), Err(BodyError::NotClosed));
        assert_eq!(check_body("a\u{0}b"), Err(BodyError::Control));
        assert_eq!(check_body(&"é".repeat(MAX_BODY)), Ok(()));
        assert_eq!(check_body(&"é".repeat(MAX_BODY + 1)), Err(BodyError::TooLong(MAX_BODY + 1)));
        assert_eq!(check_body("Line\r\nline\tand {{ name }} & <b>"), Ok(()));
    }
}
