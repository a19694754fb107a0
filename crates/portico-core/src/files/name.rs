//! Names of files: repaired, so that each can be saved on every computer and shown on one line.

use unicode_normalization::UnicodeNormalization;

use super::RenditionKind;
use super::limits::NAME_BYTES;
use crate::text;

/// Name of a file without a usable one.
const NAMELESS: &str = "file";
/// Maximum length of an extension, in bytes. What follows the last dot of a longer one belongs to the name.
const EXTENSION_BYTES: usize = 16;
/// Names of devices in Windows, whatever their extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
/// Names of devices in Windows that are followed by a digit.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];
/// Extensions that computers run at a click.
const PROGRAMS: [&str; 35] = [
    "apk",
    "app",
    "bat",
    "chm",
    "cmd",
    "com",
    "cpl",
    "dmg",
    "exe",
    "hta",
    "jar",
    "jnlp",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "pif",
    "ps1",
    "ps1xml",
    "reg",
    "scf",
    "scr",
    "sct",
    "url",
    "vb",
    "vbe",
    "vbs",
    "ws",
    "wsf",
    "wsh",
    "xll",
];

/// The name that a file gets: what was sent, without what cannot be saved or would mislead (A76).
///
/// Composed (NFC), one line, without invisible characters and without those that change the direction of text; with `_` for
/// characters that are not allowed in names; at most 255 bytes, cut before the extension. A repaired name stays as it is.
pub fn repaired(sent: &str) -> String {
    let kept = sent.chars().filter_map(|letter| match letter {
        _ if letter.is_whitespace() || text::is_line_break(letter) => Some(' '),
        _ if letter.is_control() || text::is_unfit(letter) => None,
        _ if text::is_stray(letter) || text::turns_text(letter) => None,
        _ => Some(letter),
    });
    let name: String = kept.nfc().map(|letter| if is_forbidden(letter) { '_' } else { letter }).collect();
    let mut name = trimmed(&name).to_owned();
    if text::is_blank(&name) {
        return NAMELESS.to_owned();
    }
    if is_device(&name) {
        name.insert(0, '_');
    }
    shortened(name)
}

/// Whether computers run a file of this name at a click.
pub fn is_program(name: &str) -> bool {
    extension(name).is_some_and(|extension| PROGRAMS.contains(&extension.as_str()))
}

/// The extension in lower case, without its dot; none for a name without.
pub fn extension(name: &str) -> Option<String> {
    split(name).1.map(str::to_lowercase)
}

/// The name in letters, digits and `.-_`, for addresses.
pub fn ascii(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect()
}

/// The name of a rendition: that of the file, with the usual extension of what photos and videos are converted to.
pub fn of_rendition(name: &str, kind: RenditionKind, media_type: &str) -> String {
    let extension = match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "video/mp4" => "mp4",
        "video/webm" => "webm",
        _ => return name.to_owned(),
    };
    if kind == RenditionKind::Original { name.to_owned() } else { with_extension(name, extension) }
}

/// The name with another extension, for a file that was converted.
pub fn with_extension(name: &str, extension: &str) -> String {
    let (stem, own) = split(name);
    if own.is_some_and(|own| own.eq_ignore_ascii_case(extension)) {
        return name.to_owned();
    }
    shortened(format!("{stem}.{extension}"))
}

/// The part before the last dot, and the extension after it.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && (1..=EXTENSION_BYTES).contains(&extension.len()) => {
            (stem, Some(extension))
        }
        _ => (name, None),
    }
}

fn is_forbidden(letter: char) -> bool {
    matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Without dots, spaces and invisible characters at both ends.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|letter| letter == '.' || text::is_padding(letter))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_numbered = |device: &&str| {
        let rest = stem.strip_prefix(*device).unwrap_or_default();
        matches!(rest, "¹" | "²" | "³") || (rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(is_numbered)
}

/// At most 255 bytes: cut at the end of the part before the extension.
fn shortened(name: String) -> String {
    if name.len() <= NAME_BYTES {
        return name;
    }
    let (stem, extension) = split(&name);
    let end = extension.map_or_else(String::new, |extension| format!(".{extension}"));
    let stem = trimmed(&stem[..stem.floor_char_boundary(NAME_BYTES - end.len())]);
    format!("{stem}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_repaired() {
        for (sent, name) in [
            ("..\\..\\x", "_.._x"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Users\\Ana\\plan.pdf", "C__Users_Ana_plan.pdf"),
            ("plan\0.pdf", "plan.pdf"),
            ("plan.pdf\r\nSet-Cookie: a=b", "plan.pdf  Set-Cookie_ a=b"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\u{2066}b\u{2069}.pdf", "ab.pdf"),
            ("CON.txt", "_CON.txt"),
            ("con", "_con"),
            ("nul .tar.gz", "_nul .tar.gz"),
            ("Com1.pdf", "_Com1.pdf"),
            ("lpt²", "_lpt²"),
            ("\"quoted\"; filename=x.html", "_quoted_; filename=x.html"),
            ("a*b?c<d>e|f.pdf", "a_b_c_d_e_f.pdf"),
            (". . .\u{202f}..", "file"),
            ("\u{200b}\u{feff}", "file"),
            ("", "file"),
            ("\u{200d}", "file"),
            (" .hidden ", "hidden"),
            ("plan.pdf. . ", "plan.pdf"),
            ("plan\u{202f}2\u{a0}.pdf", "plan 2 .pdf"),
            ("Grundriss\u{200b} Ku\u{308}che.pdf", "Grundriss Küche.pdf"),
            ("e\u{200b}\u{301}.pdf", "é.pdf"),
            ("a\tb\u{2028}c\u{85}d.pdf", "a b c d.pdf"),
            ("\u{fffe}a\u{7f}b\u{9b}.pdf", "ab.pdf"),
        ] {
            assert_eq!(repaired(sent), name, "{sent:?}");
        }
    }

    #[test]
    fn ordinary_names_are_kept() {
        for name in [
            "IMG_0001.HEIC",
            "Kitchen plan (final) v2.pdf",
            "Ściana – łazienka.dwg",
            "設計図.pdf",
            "תוכנית\u{200f} קומה.pdf",
            "نقشه\u{200c}ها.pdf",
            "👩\u{200d}🔧 notes.txt",
            "a.tar.gz",
            "CONTRACT.pdf",
            "COM10.txt",
            "console",
            "100 % – 50 €; it's #1 & more = ok.pdf",
        ] {
            assert_eq!(repaired(name), name);
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        assert_eq!(repaired(&format!("{}.jpeg", "x".repeat(5_000))), format!("{}.jpeg", "x".repeat(250)));
        assert_eq!(repaired(&format!("{}.pdf", "é".repeat(200))), format!("{}.pdf", "é".repeat(125)));
        assert_eq!(repaired(&"漢".repeat(200)), "漢".repeat(85));
        let no_extension = format!("a.{}", "x".repeat(300));
        assert_eq!(repaired(&no_extension), no_extension[..255]);
        // Dots and spaces at the cut would be a second extension.
        assert_eq!(
            repaired(&format!("{}..   ..{}.pdf", "x".repeat(245), "y".repeat(50))),
            format!("{}.pdf", "x".repeat(245))
        );
        assert_eq!(with_extension(&format!("{}.x", "n".repeat(253)), "jpg"), format!("{}.jpg", "n".repeat(251)));
    }

    #[test]
    fn repaired_name_stays() {
        const LETTERS: [char; 30] = [
            'a',
            'Z',
            '0',
            '.',
            '.',
            ' ',
            '/',
            ':',
            '"',
            '_',
            '\0',
            '\r',
            '\n',
            '\u{202e}',
            '\u{2069}',
            '\u{200d}',
            '\u{200b}',
            '\u{301}',
            'e',
            'é',
            '漢',
            '\u{338}',
            '<',
            '\u{a0}',
            '\u{fe0f}',
            '\u{1f469}',
            'C',
            'O',
            'N',
            '\u{2001}',
        ];
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..2_000 {
            let length = random.usize(0..400);
            let sent: String = (0..length).map(|_| LETTERS[random.usize(0..LETTERS.len())]).collect();
            let name = repaired(&sent);
            assert_eq!(repaired(&name), name, "{sent:?}");
            assert!(!name.is_empty() && name.len() <= NAME_BYTES, "{sent:?}");
            assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']), "{sent:?}: {name:?}");
            assert!(!name.chars().any(|letter| letter.is_control() || is_forbidden(letter)), "{sent:?}");
        }
    }

    #[test]
    fn programs_are_known_by_extension() {
        for name in ["run.bat", "a.EXE", "a.pdf.exe", "photogpj.exe", "Setup.Msi", "x.js"] {
            assert!(is_program(name), "{name}");
        }
        for name in ["exe", ".exe", "a.exe.pdf", "bat", "notes.txt", "a.json", "plan"] {
            assert!(!is_program(&repaired(name)), "{name}");
        }
    }

    #[test]
    fn converted_file_changes_extension() {
        for (name, renamed) in
            [("IMG_1.heic", "IMG_1.jpg"), ("IMG_1.JPG", "IMG_1.JPG"), ("scan", "scan.jpg"), ("a.b.png", "a.b.jpg")]
        {
            assert_eq!(with_extension(name, "jpg"), renamed);
        }
    }
}
