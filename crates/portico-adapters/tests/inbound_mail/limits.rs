//! Limits of a mail, and the time that hostile ones take.

use std::fmt::Write as _;
use std::time::Instant;

use bytes::Bytes;
use portico_adapters::inbound_mail::{MailFault, ParsedMail};
use portico_core::files::limits::{MAIL_ATTACHMENTS, MAIL_BYTES};

use crate::parse;

const HEAD: &str = "From: ana@mail.example\r\nContent-Type: multipart/mixed; boundary=b\r\n";

fn fault(mail: impl Into<Vec<u8>>) -> Option<MailFault> {
    ParsedMail::parse(&Bytes::from(mail.into())).err()
}

/// A mail with parts of these headers.
fn mail_of(parts: usize, part: &str) -> String {
    let mut mail = format!("{HEAD}\r\n");
    for _ in 0..parts {
        write!(mail, "--b\r\n{part}\r\n\r\ncontent\r\n").expect("memory");
    }
    mail
}

#[test]
fn attachments_are_limited() {
    let part = "Content-Disposition: attachment; filename=a.txt";
    assert_eq!(parse(mail_of(MAIL_ATTACHMENTS, part).as_bytes()).attachments.len(), 50);
    let fault = fault(mail_of(MAIL_ATTACHMENTS + 1, part)).expect("a fault");
    assert_eq!(fault, MailFault::TooManyAttachments);
    assert_eq!(fault.to_string(), "the mail has more than 50 attachments: send several mails");
}

#[test]
fn size_is_limited() {
    let mail = |size: usize| {
        let mut mail = format!("{HEAD}\r\n").into_bytes();
        mail.resize(size, b'a');
        mail
    };
    assert_eq!(fault(mail(MAIL_BYTES)), None);
    let fault = fault(mail(MAIL_BYTES + 1)).expect("a fault");
    assert_eq!(fault, MailFault::TooLarge);
    assert_eq!(fault.to_string(), "the mail is larger than 40 MiB: send fewer files, or upload them");
}

#[test]
fn bytes_without_headers_are_no_mail() {
    for bytes in [&b""[..], b"\r\n\r\nFrom: ana@mail.example", b"\xff\xd8\xff\xe0", b"From ana\n", b"hello"] {
        assert_eq!(fault(bytes), Some(MailFault::NotAMail), "{bytes:?}");
    }
}

#[test]
fn headers_are_limited() {
    assert_eq!(fault(format!("{HEAD}{}\r\n", "X: y\r\n".repeat(1_998))), None);
    assert_eq!(fault(format!("{HEAD}{}\r\n", "X: y\r\n".repeat(1_999))), Some(MailFault::TooManyHeaders));
    assert_eq!(fault(format!("{HEAD}X: {}\r\n\r\n", "y".repeat(500_000))), None);
    assert_eq!(fault(format!("{HEAD}X: {}\r\n\r\n", "y".repeat(530_000))), Some(MailFault::TooManyHeaders));
    assert_eq!(fault(mail_of(1, &"X: y\r\n".repeat(2_001))), Some(MailFault::TooManyHeaders));
}

#[test]
fn parts_are_limited() {
    assert_eq!(fault(mail_of(1_000, "X: y")), None);
    assert_eq!(fault(mail_of(1_001, "X: y")), Some(MailFault::TooManyParts));
    let nested = |depth: usize| {
        let level = |number| format!("Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n");
        let levels: String = (0..depth).map(level).collect();
        format!("From: ana@mail.example\r\n{levels}Content-Disposition: attachment\r\n\r\ncontent\r\n")
    };
    assert_eq!(parse(nested(16).as_bytes()).attachments.len(), 1);
    assert_eq!(fault(nested(17)), Some(MailFault::TooManyParts));
    assert_eq!(fault(nested(50_000)), Some(MailFault::TooManyParts));
}

#[test]
fn mail_in_a_mail_is_one_file() {
    let mail = format!("{HEAD}\r\n--b\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(100_000));
    let files = parse(mail.as_bytes()).attachments;
    assert_eq!((files.len(), files[0].name.as_deref()), (1, Some("message.eml")));
}

/// Mails that take readers of each part, header or word long which search the rest for its end.
#[test]
fn hostile_mails_take_linear_time() {
    let words = "=?utf-8?q?a".repeat(3_000);
    let started = Instant::now();
    for mail in [
        mail_of(100_000, "Content-Type: multipart/mixed; boundary=missing"),
        mail_of(1_000, &format!("Content-Disposition: inline; filename=\"{words}\"")),
        mail_of(1_000, &format!("Content-Disposition: inline; {}", "filename*1=a;".repeat(2_000))),
        format!("{HEAD}Subject: {words}\r\nTo: {}\r\n\r\n", "(".repeat(100_000)),
        format!("{HEAD}To: {}\r\n\r\n", "<".repeat(100_000)),
        format!("{HEAD}\r\n{}", "--b\r\n".repeat(200_000)),
        format!("{HEAD}\r\n{}", "\r\n".repeat(500_000)),
        format!(
            "{HEAD}\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\
                 Content-Disposition: attachment\r\n\r\n{}",
            "=".repeat(1_000_000)
        ),
    ] {
        drop(ParsedMail::parse(&Bytes::from(mail)));
    }
    // Without optimization, on a busy machine. Quadratic time would be hours.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[test]
fn inline_images_are_kept_by_size() {
    let image = |headers: &str, size: usize| {
        let mail =
            format!("{HEAD}\r\n--b\r\nContent-Type: image/png\r\n{headers}\r\n{}\r\n--b--\r\n", "i".repeat(size));
        parse(mail.as_bytes()).attachments.len()
    };
    let inline = "Content-ID: <a@mail.example>\r\n";
    assert_eq!((image(inline, 10_239), image(inline, 10_240)), (0, 1));
    let attached = "Content-ID: <a@mail.example>\r\nContent-Disposition: attachment\r\n";
    assert_eq!((image(attached, 1), image("", 1), image("", 0)), (1, 1, 0));
}
