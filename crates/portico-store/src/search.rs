//! Words that people search by.

/// A pattern of `LIKE` for what contains a word. Signs that mean something to `LIKE` mean themselves.
pub(crate) fn containing(word: &str) -> String {
    format!("%{}%", word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}
