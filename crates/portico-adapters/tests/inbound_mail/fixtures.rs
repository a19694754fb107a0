//! Mails of real clients and servers, as one table.

use portico_adapters::inbound_mail::ParsedMail;
use portico_core::contacts::Email;

use crate::{fixture, fixtures, parse};

fn described(name: &str, mail: &ParsedMail) -> String {
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let mut lines = vec![
        ("from", mail.from.as_ref().map_or("-", Email::canonical).to_owned()),
        ("name", shown(&mail.from_name)),
        ("shown", shown(&mail.from_shown)),
        ("subject", shown(&mail.subject)),
        ("id", shown(&mail.message_id)),
        ("recipients", mail.recipients.join(" ")),
        ("automatic", mail.is_automatic.to_string()),
    ];
    lines.extend(mail.attachments.iter().map(|file| {
        let name = file.name.as_deref().unwrap_or("-");
        ("file", format!("{name:?} {} {} B {}", file.media_type, file.bytes.len(), checksum(&file.bytes)))
    }));
    let lines: Vec<String> = lines.into_iter().map(|(label, text)| format!("  {label:<12}{text}")).collect();
    format!("{name}\n{}\n", lines.join("\n"))
}

/// Adler-32, so that each byte of a file is compared.
fn checksum(bytes: &[u8]) -> String {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    format!("{:08x}", (high << 16) | low)
}

#[test]
fn mails_of_real_clients_are_read() {
    // FIL-2
    let table: Vec<String> = fixtures().iter().map(|(name, mail)| described(name, &parse(mail))).collect();
    insta::assert_snapshot!("fixtures", table.join("\n"));
}

#[test]
fn line_ends_do_not_matter() {
    for (name, mail) in fixtures() {
        let lines: Vec<u8> = mail.iter().copied().filter(|byte| *byte != b'\r').collect();
        let (one, other) = (parse(&mail), parse(&lines));
        let names = |mail: &ParsedMail| mail.attachments.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&one), names(&other), "{name}");
        assert_eq!(ParsedMail { attachments: vec![], ..one }, ParsedMail { attachments: vec![], ..other }, "{name}");
    }
}

#[test]
fn attachments_that_are_not_encoded_are_exact() {
    let mail = fixture("forwarded.eml");
    let nested = &parse(&mail).attachments[0];
    assert!(nested.bytes.starts_with(b"From: Salish Slab <sales@slab.example>\r\n"));
    assert!(nested.bytes.ends_with(b"\r\n--b2--\r\n"), "the line end before a boundary belongs to it");
    assert_eq!(parse(&nested.bytes).attachments[0].name.as_deref(), Some("slab.jpg"));
}

#[test]
fn damaged_container_of_outlook_stays_a_file() {
    let mail = fixture("outlook_winmail.eml");
    let whole = parse(&mail).attachments;
    assert_eq!(whole.len(), 3);
    // A letter of the base64 text after the first line.
    let text = mail.windows(4).position(|four| four == b"eJ8+").expect("the container");
    let mut damaged = mail.clone();
    damaged[text + 100] = if damaged[text + 100] == b'A' { b'B' } else { b'A' };
    let kept = parse(&damaged).attachments;
    let names: Vec<_> = kept.iter().map(|file| file.name.as_deref()).collect();
    assert_eq!((names, kept[0].media_type.as_str()), (vec![Some("winmail.dat")], "application/ms-tnef"));
}
