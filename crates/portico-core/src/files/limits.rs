//! Limits of files and uploads.

use chrono::TimeDelta;

/// Maximum size of an object in the store. Content is a list of objects.
pub const OBJECT_BYTES: usize = 4 * 1024 * 1024;
/// Number of first bytes from which the type of content is determined.
pub const HEAD_BYTES: usize = 4 * 1024;
/// Maximum length of a name, in bytes, as in the file systems of all computers.
pub const NAME_BYTES: usize = 255;
/// Lifetime of an upload.
pub const UPLOAD_LIFE: TimeDelta = TimeDelta::hours(24);
/// Maximum number of open uploads of a person.
pub const OPEN_UPLOADS: i64 = 20;
/// Maximum size of a person's open uploads together.
pub const RESERVED_BYTES: i64 = 4 * GIB;
/// Maximum number of a person's uploads in an hour.
pub const UPLOADS_AN_HOUR: i64 = 300;
/// Maximum number of files of a project, deleted ones that can be restored included.
pub const PROJECT_FILES: i32 = 20_000;
/// Maximum size of a mail with attachments, as it arrives. Base64 needs four bytes for three of a file.
pub const MAIL_BYTES: usize = 40 * 1024 * 1024;
/// Maximum number of attachments of a mail.
pub const MAIL_ATTACHMENTS: usize = 50;
/// Maximum number of files of a project that wait in quarantine because their senders are unknown.
pub const UNATTRIBUTED_FILES: i64 = 200;

/// Maximum size of a video of which images and a copy are made, in bytes.
pub const VIDEO_BYTES: u64 = 2 * GIB.cast_unsigned();

const GIB: i64 = 1024 * 1024 * 1024;

/// Maximum number of objects of an upload of this size: twice as many as it needs, and room for bodies that were cut. A body of one
/// byte is an object too.
pub const fn max_objects(size: i64) -> i64 {
    1_000 + 2 * (size / OBJECT_BYTES as i64)
}

/// Limits that the operator sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Maximum size of a file, in bytes.
    pub max_size: i64,
    /// Maximum size of a project's files, in bytes.
    pub project_quota: i64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { max_size: 2 * GIB, project_quota: 50 * GIB }
    }
}

/// Units of sizes, from large to small.
const UNITS: [(&str, i64); 4] = [("GiB", GIB), ("MiB", 1024 * 1024), ("KiB", 1024), ("B", 1)];

/// A size for people, in the largest unit that divides it: `2 GiB`, `1536 MiB`.
pub fn shown_size(bytes: i64) -> String {
    let (unit, factor) =
        UNITS.into_iter().find(|(_, factor)| bytes >= *factor && bytes % factor == 0).unwrap_or(("B", 1));
    format!("{} {unit}", bytes / factor)
}

/// A size for people, rounded: `1.9 GiB`.
pub fn rounded_size(bytes: i64) -> String {
    let (unit, factor) = UNITS.into_iter().find(|(_, factor)| bytes >= *factor).unwrap_or(("B", 1));
    // Sizes that are shown have few digits.
    format!("{:.1} {unit}", bytes as f64 / factor as f64)
}

/// Parses a positive size such as `2GiB`, `500 MiB` or `1048576`.
pub fn parse_size(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let factor =
        if unit.is_empty() { 1 } else { UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1 };
    let digits = digits.trim_end();
    let number: i64 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    number.checked_mul(factor).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_1024() {
        for (text, bytes) in [
            ("2GiB", 2 * GIB),
            ("2 gib", 2 * GIB),
            ("500MiB", 500 * 1024 * 1024),
            ("64 KiB", 65_536),
            ("7B", 7),
            (" 1048576 ", 1_048_576),
        ] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for wrong in ["", "GiB", "2GB", "2 G", "-1GiB", "+1", "0", "0 MiB", "1.5GiB", "1e3", "9999999999GiB", "２GiB"]
        {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shown_sizes_are_read_back() {
        for (bytes, text) in [(2 * GIB, "2 GiB"), (1536 * 1024 * 1024, "1536 MiB"), (1025, "1025 B"), (4096, "4 KiB")] {
            assert_eq!(shown_size(bytes), text);
            assert_eq!(parse_size(text), Some(bytes));
        }
        assert_eq!(shown_size(0), "0 B");
    }
}
