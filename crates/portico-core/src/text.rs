//! Validation of texts: blank texts, single lines, forbidden characters.
//!
//! Uses Unicode's character classes. White space and controls alone are not enough: dozens of characters are invisible,
//! and some reverse the text around them.

use icu_properties::CodePointSetData;
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, NoncharacterCodePoint};
use unicode_normalization::UnicodeNormalization;

/// Why a text is rejected. The messages end a sentence that begins with the name of an input field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It has no visible characters.
    #[error("must not be empty")]
    Blank,
    /// It has more characters than the maximum.
    #[error("must not have more than {0} characters")]
    TooLong(usize),
    /// It has line breaks or tabs, but must be one line.
    #[error("must be one line: remove line breaks, tabs and control characters")]
    NotOneLine,
    /// It has control characters.
    #[error("must be plain text: remove control characters")]
    Control,
    /// It overrides the direction of text.
    #[error("must not change the direction of text: remove U+{0:04X}")]
    Direction(u32),
}

/// Whether the character is forbidden in all texts.
///
/// These are controls other than tab and line breaks, which PostgreSQL, mail or XML reject, and noncharacters of
/// Unicode.
pub fn is_unfit(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => false,
        '\0'..='\x1f' | '\x7f' => true,
        _ => CodePointSetData::new::<NoncharacterCodePoint>().contains(letter),
    }
}

/// Whether the text has no visible characters.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Removes white space and invisible characters at both ends, which copying from other programs adds.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_padding)
}

/// Normalizes a text of one line, such as a name or title: composes (NFC), trims, removes stray invisible characters.
///
/// Keeps joiners, which many scripts and emoji need between letters.
///
/// # Errors
///
/// [`TextError`] has the reason.
pub fn line(text: &str, max: usize) -> Result<String, TextError> {
    let text = cleaned(text, max)?;
    if text.chars().any(|letter| letter.is_control() || is_line_break(letter)) {
        return Err(TextError::NotOneLine);
    }
    match text.chars().find(|letter| turns_text(*letter)) {
        Some(letter) => Err(TextError::Direction(letter.into())),
        None => Ok(text),
    }
}

/// Normalizes a text of any number of lines, such as a note. Line breaks become `\n`.
///
/// # Errors
///
/// [`TextError`] has the reason.
pub fn body(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.replace("\r\n", "\n").replace(is_line_break, "\n").replace('\r', "\n");
    let text = cleaned(&text, max)?;
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Err(TextError::Control);
    }
    // Embeddings and isolates end with their paragraph; an override makes a text look like another one.
    match text.chars().find(|letter| matches!(letter, '\u{202d}' | '\u{202e}')) {
        Some(letter) => Err(TextError::Direction(letter.into())),
        None => Ok(text),
    }
}

/// Makes one line of a stored text, for display and mail; none if nothing visible is left.
///
/// For texts that were stored before this validation existed.
pub fn shown(text: &str) -> Option<String> {
    let fit = |letter: &char| !turns_text(*letter) && !is_stray(*letter) && !is_unfit(*letter);
    let spaced = text.chars().map(|letter| if letter.is_control() || is_line_break(letter) { ' ' } else { letter });
    let line: String = spaced.filter(fit).collect();
    let line = line.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    (!is_blank(&line)).then(|| trim(&line).to_owned())
}

/// Text as a reader perceives it: in NFKC and lower case, without invisible characters.
pub fn folded(text: &str) -> String {
    text.nfkc().filter(|letter| !is_invisible(*letter)).collect::<String>().to_lowercase()
}

fn cleaned(text: &str, max: usize) -> Result<String, TextError> {
    if is_blank(text) {
        return Err(TextError::Blank);
    }
    let text: String = trim(text).nfc().filter(|letter| !is_stray(*letter)).collect();
    if text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    if text.chars().any(is_unfit) {
        return Err(TextError::Control);
    }
    Ok(text)
}

/// Whether the character is invisible or white space.
fn is_invisible(letter: char) -> bool {
    // Unicode classifies the blank Braille pattern as a symbol, but it is invisible.
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        || CodePointSetData::new::<BidiControl>().contains(letter)
}

/// Whether the character is invisible and has no meaning at the edge of a text.
///
/// Variation selectors and tags belong to the preceding character.
pub(crate) fn is_padding(letter: char) -> bool {
    is_invisible(letter) && !is_bound(letter) && (!letter.is_control() || letter.is_whitespace())
}

/// Whether the character is invisible and has no meaning inside a text.
pub(crate) fn is_stray(letter: char) -> bool {
    !is_bound(letter)
        && !matches!(letter, '\u{200c}' | '\u{200d}')
        && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        && !CodePointSetData::new::<BidiControl>().contains(letter)
}

/// Whether the character modifies its neighbors: variation selectors, tags of flags, and marks of Khmer, Mongolian and
/// old Korean.
fn is_bound(letter: char) -> bool {
    matches!(
        letter,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0020}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}'
    ) && letter != '\u{180e}'
}

pub(crate) fn is_line_break(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether the character changes the direction of the following text. Single direction marks do not.
pub(crate) fn turns_text(letter: char) -> bool {
    !matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}') && CodePointSetData::new::<BidiControl>().contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_text_is_blank() {
        // ROB-8; also variation selectors, Khmer, tags, shorthand and musical format controls.
        for blank in [
            "",
            " ",
            "\u{200b}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{2800}",
            "\u{115f}",
            "\u{ffa0}",
            "\u{180e}",
            "\u{61c}",
            "\u{200e}\u{200f}",
            "\u{202e}",
            "\u{fe0f}",
            "\u{17b4}",
            "\u{e0041}",
            "\u{1bca0}",
            "\u{1d173}",
            "\u{fff9}",
            "\u{2028}",
            "\u{85}",
            "\0",
            " \u{a0}\u{3000}\u{200d}\u{2063} ",
        ] {
            assert!(is_blank(blank), "{blank:?}");
            assert_eq!(line(blank, 9), Err(TextError::Blank), "{blank:?}");
            assert_eq!(body(blank, 9), Err(TextError::Blank), "{blank:?}");
            assert_eq!(shown(blank), None, "{blank:?}");
        }
        for seen in ["a", "…", "\u{301}", "🏠", "\u{e000}", "\u{fffd}", "\u{600}", "0", "."] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_are_kept() {
        for name in [
            "Ana",
            "José Núñez-O’Brien",
            "علی\u{200c}رضا",
            "ක්\u{200d}රිෂ්ණා",
            "李小龍",
            "ᠮᠣᠩᠭᠣᠯ\u{180b}",
            "👩\u{200d}👩\u{200d}👧 Family",
            "❤\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}城",
            "משה (כהן)\u{200f} בע״מ",
        ] {
            assert_eq!(line(name, 100).as_deref(), Ok(name), "{name:?}");
            assert_eq!(shown(name).as_deref(), Some(name), "{name:?}");
        }
    }

    #[test]
    fn stray_invisible_characters_are_dropped() {
        for (sent, kept) in [
            ("\u{202a}Ana\u{202c}", "Ana"),
            ("\u{feff}  Ana\u{200b} ", "Ana"),
            ("A\u{ad}n\u{2060}a", "Ana"),
            ("\u{2068}Ana\u{2069}\u{a0}", "Ana"),
            ("\u{3164}Ana\u{2800}", "Ana"),
            ("Jose\u{301}", "José"),
        ] {
            assert_eq!(line(sent, 9).as_deref(), Ok(kept), "{sent:?}");
        }
    }

    #[test]
    fn names_are_one_line_in_one_direction() {
        for many in ["A\nB", "A\tB", "A\rB", "A\u{2028}B", "A\u{2029}B", "A\u{85}B", "A\u{90}B"] {
            assert_eq!(line(many, 9), Err(TextError::NotOneLine), "{many:?}");
        }
        for unfit in ["A\0B", "A\x1bB", "A\x7fB", "A\u{fffe}B", "A\u{fdd0}B", "A\u{1ffff}B"] {
            assert_eq!(line(unfit, 9), Err(TextError::Control), "{unfit:?}");
            assert_eq!(body(unfit, 9), Err(TextError::Control), "{unfit:?}");
        }
        for turned in ["A\u{202e}B", "A\u{2066}B", "A\u{202a}B\u{202c}C"] {
            assert!(matches!(line(turned, 9), Err(TextError::Direction(_))), "{turned:?}");
        }
        assert_eq!(line("Anna", 3), Err(TextError::TooLong(3)));
    }

    #[test]
    fn notes_keep_their_lines() {
        assert_eq!(body("one\r\ntwo\u{2028}three\rfour\u{85}five", 99).as_deref(), Ok("one\ntwo\nthree\nfour\nfive"));
        assert_eq!(body("a\u{202e}b", 9), Err(TextError::Direction(0x202e)));
        assert_eq!(body("\u{2068}a\u{2069} b", 9).as_deref(), Ok("a\u{2069} b"));
    }

    #[test]
    fn stored_texts_are_shown_as_one_line() {
        for (stored, line) in [
            ("Ana\u{202e} nimda", "Ana nimda"),
            ("Ana\r\nBcc: eve", "Ana Bcc: eve"),
            ("A\0n\u{200b}a\u{2028}B", "A na B"),
        ] {
            assert_eq!(shown(stored).as_deref(), Some(line), "{stored:?}");
        }
    }
}
