//! Determines the type of content from its first bytes. The name decides only between types of the same container.

use infer::MatcherType;

use super::kinds::FileKind;
use super::name;

/// Type of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// Media type.
    pub media_type: &'static str,
    /// Kind of file.
    pub kind: FileKind,
}

impl Content {
    /// Whether it cannot contain the position of a camera or phone: neither a photo or video, nor sound in the container of one.
    pub fn is_clean(&self) -> bool {
        self.kind == FileKind::File && self.media_type != SOUND
    }
}

/// The content is a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is a program: programs cannot be uploaded")]
pub struct IsProgram;

/// Content that is none of the known types.
const UNKNOWN: &str = "application/octet-stream";
const TEXT: &str = "text/plain";
/// Sound in the container of MP4, with its metadata.
const SOUND: &str = "audio/mp4";
/// Container of old Office files.
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Office types by extension, for containers whose first bytes do not tell them apart.
const IN_ZIP: [(&str, &str); 7] = [
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("epub", "application/epub+zip"),
];
const IN_OLE: [(&str, &str); 4] = [
    ("doc", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("msg", "application/vnd.ms-outlook"),
];
/// Types that the matcher counts as images, but that are drawings and documents of offices, without a camera's metadata.
const DRAWINGS: [&str; 3] = ["image/vnd.dwg", "image/vnd.djvu", "image/vnd.microsoft.icon"];
/// First bytes of raw photos that the matcher does not know.
const RAW: [&[u8]; 10] = [
    b"FUJIFILMCCD-RAW",
    b"IIU\0",
    b"IIRO",
    b"MMOR",
    b"IIRS",
    b"II+\0",
    b"MM\0+",
    b"FOVb",
    b"\0MRM",
    b"II\x1a\0\0\0HEAPCCDR",
];
/// Extensions of photos and videos. Programs for them open what bears one, also if its first bytes are not those of a known format.
const PHOTOS: [&str; 29] = [
    "3fr", "arw", "avif", "bmp", "cr2", "cr3", "crw", "dcr", "dng", "erf", "gif", "heic", "heif", "jpeg", "jpg", "jxl",
    "mrw", "nef", "orf", "pef", "png", "raf", "raw", "rw2", "sr2", "srw", "tif", "tiff", "webp",
];
const VIDEOS: [&str; 15] =
    ["3g2", "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ts", "webm", "wmv"];
/// Length of a packet of an MPEG transport stream, which begins with a byte of its own.
const PACKET: usize = 188;
const SYNC: u8 = 0x47;
/// Programs of the matcher. Its other ones are recognized from two bytes, with which a text may begin as well.
const PROGRAMS: [&str; 5] = [
    "application/wasm",
    "application/java",
    "application/x-mach-binary",
    "application/vnd.android.dex",
    "application/vnd.android.dey",
];

/// Determines the type of content from its first bytes (`limits::HEAD_BYTES`) and its name.
///
/// What may be a photo or a video counts as one: clients get those without their metadata only.
///
/// # Errors
///
/// [`IsProgram`] if the content is one.
pub fn sniff(head: &[u8], file_name: &str) -> Result<Content, IsProgram> {
    if is_program(head) {
        return Err(IsProgram);
    }
    let known = infer::get(head);
    if is_text(head) {
        return Ok(of_text(head, known.map(|known| known.mime_type())));
    }
    if head.starts_with(OLE) {
        return Ok(file(of_extension(&IN_OLE, file_name).unwrap_or("application/x-ole-storage")));
    }
    if let Some(content) = in_iso_container(head, known.map(|known| known.mime_type())) {
        return Ok(content);
    }
    if RAW.iter().any(|start| head.starts_with(start)) {
        return Ok(photo("image/x-raw"));
    }
    if is_transport_stream(head) {
        return Ok(Content { media_type: "video/mp2t", kind: FileKind::Video });
    }
    let Some(known) = known else { return Ok(unknown(file_name)) };
    let media_type = known.mime_type();
    Ok(match known.matcher_type() {
        MatcherType::App if PROGRAMS.contains(&media_type) => return Err(IsProgram),
        MatcherType::App => unknown(file_name),
        MatcherType::Image if !DRAWINGS.contains(&media_type) => photo(media_type),
        MatcherType::Video => Content { media_type, kind: FileKind::Video },
        _ if media_type == "application/zip" => file(of_extension(&IN_ZIP, file_name).unwrap_or(media_type)),
        _ => file(media_type),
    })
}

const fn file(media_type: &'static str) -> Content {
    Content { media_type, kind: FileKind::File }
}

const fn photo(media_type: &'static str) -> Content {
    Content { media_type, kind: FileKind::Photo }
}

/// Content that is none of the known types. By its extension, programs may still take it for a photo or video.
fn unknown(file_name: &str) -> Content {
    let extension = name::extension(file_name).unwrap_or_default();
    let kind = if PHOTOS.contains(&extension.as_str()) {
        FileKind::Photo
    } else if VIDEOS.contains(&extension.as_str()) {
        FileKind::Video
    } else {
        FileKind::File
    };
    Content { media_type: UNKNOWN, kind }
}

/// Whether these are packets of an MPEG transport stream: of broadcasts, or with the time of each before it, of camcorders.
fn is_transport_stream(head: &[u8]) -> bool {
    let begins = |first: usize, packet: usize| (0..3).all(|number| head.get(first + number * packet) == Some(&SYNC));
    begins(0, PACKET) || begins(4, PACKET + 4)
}

fn of_extension(types: &[(&str, &'static str)], file_name: &str) -> Option<&'static str> {
    let extension = name::extension(file_name)?;
    types.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type)
}

/// ELF programs, and those of Windows: `MZ` may also begin a text, so one byte of the header must be NUL.
fn is_program(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF") || (head.starts_with(b"MZ") && head.iter().take(64).any(|byte| *byte == 0))
}

/// Whether the first bytes are UTF-8 without controls. A character may be cut at the end.
fn is_text(head: &[u8]) -> bool {
    let valid = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    let is_fit = |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    !valid.is_empty() && valid.chars().all(is_fit)
}

/// Of text, only what is one by definition is known from the first bytes: two letters such as `BM` are no image.
fn of_text(head: &[u8], known: Option<&'static str>) -> Content {
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if text.contains("<svg") && start.starts_with('<') {
        return file("image/svg+xml");
    }
    const DEFINED: [&str; 5] =
        ["application/pdf", "application/rtf", "application/postscript", "text/html", "text/xml"];
    file(known.filter(|known| DEFINED.contains(known)).unwrap_or(TEXT))
}

/// Photos and videos of phones, in the container of MP4.
fn in_iso_container(head: &[u8], known: Option<&'static str>) -> Option<Content> {
    let brand = head.get(8..12).filter(|_| head.get(4..8) == Some(b"ftyp"))?;
    Some(match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"mif2" | b"msf1" => {
            photo(if known == Some("image/avif") { "image/avif" } else { "image/heif" })
        }
        b"avif" | b"avis" => photo("image/avif"),
        b"crx " => photo("image/x-canon-cr3"),
        b"M4A " | b"M4B " => file(SOUND),
        b"qt  " => Content { media_type: "video/quicktime", kind: FileKind::Video },
        // Phones have many brands, all of which may hold a position.
        _ => Content { media_type: "video/mp4", kind: FileKind::Video },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(head: &[u8], name: &str) -> (&'static str, FileKind) {
        let content = sniff(head, name).expect("no program");
        (content.media_type, content.kind)
    }

    #[test]
    fn type_follows_from_first_bytes() {
        use FileKind::{File, Photo, Video};
        let cases: [(&[u8], &str, &str, FileKind); 38] = [
            (b"\xff\xd8\xff\xe1\0\x10Exif", "a.jpg", "image/jpeg", Photo),
            (b"\xff\xd8\xff\xe1\0\x10Exif", "a.pdf", "image/jpeg", Photo),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a", "image/png", Photo),
            (b"GIF89a/*\x01\0*/=1;alert(1)", "a.js", "image/gif", Photo),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "a", "image/webp", Photo),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a.heic", "image/heif", Photo),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf", "a.heic", "image/heif", Photo),
            (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "a", "image/avif", Photo),
            (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "a.cr3", "image/x-canon-cr3", Photo),
            (b"II*\0\x08\0\0\0\x10\0\0\x01", "a.dng", "image/tiff", Photo),
            (b"II*\0\x10\0\0\0CR\x02\0", "a.cr2", "image/x-canon-cr2", Photo),
            (b"FUJIFILMCCD-RAW 0201\0\0", "a.raf", "image/x-raw", Photo),
            (b"BM\x36\0\0\0\0\0\0\0\x36\0", "a.bmp", "image/bmp", Photo),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a.mov", "video/quicktime", Video),
            (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "a.mp4", "video/mp4", Video),
            (b"\0\0\0\x18ftyp3gp5\0\0\x02\0isom3gp4", "a.3gp", "video/mp4", Video),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.pdf", "application/pdf", File),
            (b"%PDF-1.4\n1 0 obj << >> endobj", "a.pdf", "application/pdf", File),
            (b"{\\rtf1\\ansi plan}", "a.rtf", "application/rtf", File),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "a.zip", "application/zip", File),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "a.docx", IN_ZIP[0].1, File),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "a.xls", "application/vnd.ms-excel", File),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "a.dat", "application/x-ole-storage", File),
            (b"AC1032\0\0\0\0\0\x0a\x01\0", "a.dwg", "image/vnd.dwg", File),
            (b"<!DOCTYPE html><script>alert(1)</script>", "a.pdf", "text/html", File),
            (b"  <svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.jpg", "image/svg+xml", File),
            (b"\xef\xbb\xbf<?xml version='1.0'?><plan/>", "a.xml", "text/xml", File),
            ("Grundriß, 3. OG".as_bytes(), "a.txt", "text/plain", File),
            (b"\x01\x02\x03\x04", "a.bin", "application/octet-stream", File),
            (b"\x01\x02\x03\x04", "a.jpg", "application/octet-stream", Photo),
            (b"\n\xff\xd8\xff\xe1\0\x10Exif", "A.JPEG", "application/octet-stream", Photo),
            (b"\x01\x02\x03\x04", "a.mts", "application/octet-stream", Video),
            (b"II+\0\x08\0\0\0", "a", "image/x-raw", Photo),
            (b"IIRS\x08\0\0\0", "a.orf", "image/x-raw", Photo),
            (b"FOVb\0\0\x03\0", "a", "image/x-raw", Photo),
            (b"\0MRM\0\0", "a", "image/x-raw", Photo),
            (b"II\x1a\0\0\0HEAPCCDR", "a", "image/x-raw", Photo),
            (b"\0", "a", "application/octet-stream", File),
        ];
        for (head, name, media_type, kind) in cases {
            assert_eq!(sniffed(head, name), (media_type, kind), "{name}: {}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn packets_of_video_are_video() {
        for (first, packet) in [(0, 188), (4, 192)] {
            let mut head = vec![0; 1_000];
            (0..3).for_each(|number| head[first + number * packet] = SYNC);
            assert_eq!(sniffed(&head, "a.bin"), ("video/mp2t", FileKind::Video));
            head[first + packet] = 0;
            assert_eq!(sniffed(&head, "a.bin"), (UNKNOWN, FileKind::File));
        }
    }

    #[test]
    fn only_files_without_positions_are_clean() {
        for (head, name, is_clean) in [
            (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"[..], "a.pdf", true),
            (b"\x01\x02\x03\x04", "a.dwg", true),
            (b"\x01\x02\x03\x04", "a.nef", false),
            (b"\xff\xd8\xff\xe1\0\x10Exif", "a.pdf", false),
            (b"\0\0\0\x18ftypM4A \0\0\0\0M4A ", "a.m4a", false),
            (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "a.dat", false),
        ] {
            assert_eq!(sniff(head, name).expect("no program").is_clean(), is_clean, "{name}");
        }
    }

    #[test]
    fn texts_are_no_binaries() {
        for text in
            ["BM Homes, offer", "MZ, notes of a call", "BC hydro bill", "ID3 is a tag", "#!/bin/sh\necho", "L\u{1}"]
        {
            let expected = if text.contains('\u{1}') { UNKNOWN } else { TEXT };
            assert_eq!(sniffed(text.as_bytes(), "a"), (expected, FileKind::File), "{text}");
        }
        let long = "ä".repeat(3_000);
        assert_eq!(sniffed(&long.as_bytes()[..4_095], "a.txt").0, TEXT, "a character is cut at the end");
    }

    #[test]
    fn programs_are_refused_whatever_their_name() {
        let mut windows = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec();
        windows.resize(512, 0);
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(128, 0);
        for program in [
            &windows[..],
            &elf,
            &elf[..8],
            b"\xcf\xfa\xed\xfe\x07\0\0\x01",
            b"\xca\xfe\xba\xbe\0\0\0\x41",
            b"\0asm\x01\0\0\0",
        ] {
            assert_eq!(sniff(program, "photo.jpg"), Err(IsProgram), "{program:?}");
        }
    }

    #[test]
    fn no_start_of_a_file_panics() {
        let mut random = fastrand::Rng::with_seed(3);
        let starts: [&[u8]; 8] =
            [b"", b"PK\x03\x04", b"\0\0\0\x18ftyp", b"\0\0\0\0ftypmif1", b"II*\0", b"RIFF", b"\xff\xd8\xff", b"<"];
        for _ in 0..20_000 {
            let mut head = starts[random.usize(0..starts.len())].to_vec();
            let length = random.usize(0..80);
            head.extend(std::iter::repeat_with(|| random.u8(..)).take(length));
            let _ = sniff(&head, "a.docx");
        }
    }
}
