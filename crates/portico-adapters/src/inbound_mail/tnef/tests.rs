//! Containers, built here attribute by attribute.

use bytes::Bytes;
use fastrand::Rng;

use super::*;
use crate::inbound_mail::MailAttachment;

/// Start of a container: signature, key, and the code page of its texts.
fn head(code_page: u32) -> Vec<u8> {
    let key = [&SIGNATURE.to_le_bytes()[..], &[7, 0]].concat();
    let page = [code_page.to_le_bytes(), 0_u32.to_le_bytes()].concat();
    [key, attribute(1, OEM_CODE_PAGE, &page)].concat()
}

fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    let length = u32::try_from(data.len()).expect("short");
    [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &sum.to_le_bytes()].concat()
}

/// An attachment with properties, or without any.
fn file(title: &[u8], data: &[u8], properties: &[Vec<u8>]) -> Vec<u8> {
    let mut file = attribute(2, ATTACHMENT_BEGINS, &[0; 14]);
    file.extend(attribute(2, ATTACHMENT_TITLE, title));
    file.extend(attribute(2, ATTACHMENT_DATA, data));
    if !properties.is_empty() {
        file.extend(attribute(2, ATTACHMENT_PROPERTIES, &list(properties)));
    }
    file
}

fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(properties.len()).expect("few");
    [&count.to_le_bytes()[..], &properties.concat()].concat()
}

fn fixed(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &id.to_le_bytes(), value].concat()
}

fn counted(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    fixed(kind, id, &[&1_u32.to_le_bytes()[..], &padded(value)].concat())
}

fn padded(value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).expect("short");
    let mut padded = [&length.to_le_bytes()[..], value].concat();
    padded.resize(padded.len().next_multiple_of(4), 0);
    padded
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn unpack(container: Vec<u8>) -> Option<Vec<MailAttachment>> {
    unpacked(&Bytes::from(container))
}

fn names(container: Vec<u8>) -> Option<Vec<String>> {
    Some(unpack(container)?.into_iter().map(|file| file.name.unwrap_or_default()).collect())
}

#[test]
fn long_names_come_first() {
    let all = [
        counted(0x1e, DISPLAY_NAME, b"Shown\0"),
        counted(0x1e, SHORT_NAME, b"SHORT.TXT\0"),
        counted(0x1f, LONG_NAME, &utf16("Küche – Entwurf.txt")),
        counted(0x1e, MEDIA_TYPE, b"Text/Plain\0"),
    ];
    let container = [
        head(1252),
        file(b"TITLE.TXT\0", b"one", &all),
        file(b"TITLE.TXT\0", b"two", &all[..2]),
        file(b"\0", b"three", &all[..2]),
        file(b"\0", b"four", &all[..1]),
        file(b"\0", b"five", &[]),
        file(b"EMPTY.TXT\0", b"", &[]),
    ];
    let files = unpack(container.concat()).expect("a container");
    let expected = [
        (Some("Küche – Entwurf.txt"), "text/plain", &b"one"[..]),
        (Some("TITLE.TXT"), UNKNOWN, b"two"),
        (Some("SHORT.TXT"), UNKNOWN, b"three"),
        (Some("Shown"), UNKNOWN, b"four"),
        (None, UNKNOWN, b"five"),
    ];
    let files: Vec<_> =
        files.iter().map(|file| (file.name.as_deref(), file.media_type.as_str(), &file.bytes[..])).collect();
    assert_eq!(files, expected);
}

#[test]
fn names_are_in_the_code_page_of_the_mail() {
    for (page, bytes, name) in [
        (1252, &b"Ma\xdf.txt"[..], "Maß.txt"),
        (1251, b"\xcf\xeb\xe0\xed.txt", "План.txt"),
        (932, b"\x90}\x96\xca.txt", "図面.txt"),
        (936, b"\xcd\xbc.txt", "图.txt"),
        (65_001, "Größe.txt".as_bytes(), "Größe.txt"),
        (0, b"plan.txt", "plan.txt"),
    ] {
        let container = [head(page), file(bytes, b"x", &[])].concat();
        assert_eq!(names(container), Some(vec![name.to_owned()]), "{page}");
    }
}

#[test]
fn properties_of_all_kinds_are_skipped() {
    let set = [9; 16];
    let named = |id: u32| [&set[..], &0_u32.to_le_bytes(), &id.to_le_bytes()].concat();
    let with_text = [&set[..], &1_u32.to_le_bytes(), &padded(&utf16("Keyword"))].concat();
    let properties = [
        fixed(0x0001, 0x3000, &[]),
        fixed(0x0002, 0x3000, &[0; 4]),
        fixed(0x0003, 0x3000, &[0; 4]),
        fixed(0x000b, 0x3000, &[0; 4]),
        fixed(0x0014, 0x3000, &[0; 8]),
        fixed(0x0040, 0x3000, &[0; 8]),
        fixed(0x0048, 0x3000, &[0; 16]),
        fixed(0x1003, 0x3000, &[&2_u32.to_le_bytes()[..], &[0; 8]].concat()),
        fixed(0x101f, 0x3000, &[&2_u32.to_le_bytes()[..], &padded(&utf16("a")), &padded(&utf16("bc"))].concat()),
        fixed(0x0003, 0x8001, &[named(7), vec![0; 4]].concat()),
        fixed(0x001e, 0x8002, &[with_text, 1_u32.to_le_bytes().into(), padded(b"value")].concat()),
        counted(0x0102, 0x3000, &[1, 2, 3]),
        counted(0x1f, LONG_NAME, &utf16("plan.pdf")),
    ];
    let container = |properties: &[Vec<u8>]| [head(1252), file(b"PLAN.PDF\0", b"x", properties)].concat();
    assert_eq!(names(container(&properties)), Some(vec!["plan.pdf".to_owned()]));
    for wrong in [fixed(0x7777, 0x3000, &[0; 4]), fixed(0x0048, 0x3000, &[0; 4]), fixed(0x1003, 0x3000, &[0xff; 8])] {
        assert_eq!(names(container(&[wrong])), None);
    }
}

#[test]
fn objects_are_files_or_mails() {
    let with_object = |interface: &[u8], data: &[u8]| {
        let object = counted(0x000d, DATA, &[interface, data].concat());
        file(b"Object\0", b"", &[object, counted(0x1f, LONG_NAME, &utf16("drawing.ole"))])
    };
    let drawing = [head(1252), with_object(&[11; 16], b"drawing")].concat();
    assert_eq!(unpack(drawing).expect("a container")[0].bytes[..], b"drawing"[..]);

    let mut mail = [head(1252), file(b"plan.pdf\0", b"x", &[])].concat();
    for depth in 1..=4 {
        mail = [head(1252), file(b"photo.jpg\0", b"y", &[]), with_object(&EMBEDDED_MAIL, &mail)].concat();
        let expected = (depth < 4).then(|| [vec!["photo.jpg".to_owned(); depth], vec!["plan.pdf".to_owned()]].concat());
        assert_eq!(names(mail.clone()), expected, "{depth}");
    }
    let damaged = [head(1252), with_object(&EMBEDDED_MAIL, b"no container")].concat();
    assert_eq!(names(damaged), None);
}

#[test]
fn logos_are_left_out() {
    let image = |size: usize| {
        let properties = [counted(0x1e, MEDIA_TYPE, b"image/png\0"), counted(0x1e, CONTENT_ID, b"logo@mail.example\0")];
        [head(1252), file(b"logo.png\0", &vec![1; size], &properties)].concat()
    };
    assert_eq!(names(image(INLINE_IMAGE_BYTES - 1)), Some(vec![]));
    assert_eq!(names(image(INLINE_IMAGE_BYTES)), Some(vec!["logo.png".to_owned()]));
}

#[test]
fn damaged_container_is_recognized() {
    let whole = [head(1252), file(b"plan.pdf\0", b"content", &[])].concat();
    let files = Some(vec!["plan.pdf".to_owned()]);
    assert_eq!(names(whole.clone()), files);
    assert_eq!(names([&whole[..], b"\r\n"].concat()), files, "a line end was added");
    assert_eq!(names([&whole[..], &[0; 11]].concat()), None);
    assert_eq!(names([&whole[..], b"x"].concat()), None);
    for end in 0..whole.len() {
        let cut = names(whole[..end].to_vec());
        assert!(cut.is_none() || cut == Some(vec![]), "cut at {end}, between attributes or inside: {cut:?}");
    }
    for at in 0..whole.len() {
        // Only the key, and attributes that are not known, may change.
        let mut flipped = whole.clone();
        flipped[at] ^= 0x40;
        let read = names(flipped);
        assert!(read.is_none() || read == files || read == Some(vec![]) || read == Some(vec![String::new()]), "{at}");
    }
}

/// Mutations behind correct checksums reach the lists of properties.
#[test]
fn mutated_properties_do_not_panic() {
    let properties = [
        counted(0x1f, LONG_NAME, &utf16("Küche.txt")),
        fixed(0x1003, 0x8003, &[&[9; 16][..], &0_u32.to_le_bytes(), &[1; 4], &2_u32.to_le_bytes(), &[0; 8]].concat()),
        counted(0x000d, DATA, &[&EMBEDDED_MAIL[..], &head(1252), &file(b"a\0", b"x", &[])].concat()),
    ];
    let list = list(&properties);
    let mut random = Rng::with_seed(20_261_127);
    let mut read = 0;
    for _ in 0..20_000 {
        let mut mutated = list.clone();
        for _ in 0..random.u8(1..4) {
            let at = random.usize(..mutated.len());
            match random.u8(..4) {
                0 => mutated[at] = [0, 1, 0xff, 0x0d][random.usize(..4)],
                1 => mutated[at] ^= 1 << random.u8(..8),
                2 => mutated.truncate(at.max(4)),
                _ => mutated.insert(at, random.u8(..)),
            }
        }
        let container = [head(1252), file(b"a\0", b"x", &[]), attribute(2, ATTACHMENT_PROPERTIES, &mutated)].concat();
        read += usize::from(unpacked(&Bytes::from(container)).is_some());
    }
    assert!(read > 1_000, "some can be read: {read}");
}
