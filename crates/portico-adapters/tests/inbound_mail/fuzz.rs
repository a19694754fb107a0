//! Mutated mails: nothing panics, and no mutation makes another sender pass.

use std::ops::Range;

use bytes::Bytes;
use fastrand::Rng;
use portico_adapters::inbound_mail::{ParsedMail, Verification};
use portico_core::contacts::Email;

use crate::dns::DnsServer;
use crate::signing::rsa_record;
use crate::{fixture, fixtures};

const SEED: u64 = 20_261_127;
/// Text that changes how the rest is read.
const PIECES: [&[u8]; 24] = [
    b"\r\n\r\n",
    b"\r\n",
    b"\r",
    b"\n ",
    b"\0",
    b"\"",
    b"\\",
    b"(",
    b"<",
    b";",
    b":",
    b"=?utf-8?B?",
    b"?=",
    b"=?iso-2022-jp?Q?=1B$B",
    b"=",
    b"%C3",
    b"filename*0*=utf-7''",
    b"filename*99999999999=",
    b"From: eve@evil.example\r\n",
    b"Content-Type: multipart/mixed; boundary=\"\"\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"\xff\xfe",
    b"--b1\r\n",
];

fn range(random: &mut Rng, length: usize, most: usize) -> Range<usize> {
    let start = random.usize(..=length);
    start..length.min(start + random.usize(..=most))
}

fn mutate(random: &mut Rng, mail: &mut Vec<u8>) {
    let length = mail.len();
    match random.u8(..7) {
        0 if length > 0 => mail[random.usize(..length)] = random.u8(..),
        1 => drop(mail.drain(range(random, length, 60))),
        2 => {
            let copied = mail[range(random, length, 200)].to_vec();
            let at = random.usize(..=length);
            mail.splice(at..at, copied);
        }
        3 => mail.truncate(random.usize(length / 2..=length)),
        // Within the headers, where most of the rules are.
        4 if length > 0 => {
            let at = random.usize(..length.min(1_500));
            mail[at] = random.u8(..);
        }
        _ => {
            let end = if random.bool() { length } else { length.min(1_500) };
            let at = random.usize(..=end);
            mail.splice(at..at, PIECES[random.usize(..PIECES.len())].iter().copied());
        }
    }
}

fn is_one_line(text: &str) -> bool {
    text.chars().count() <= 301 && !text.chars().any(char::is_control)
}

#[test]
fn mutated_mails_do_not_panic() {
    let mut random = Rng::with_seed(SEED);
    let originals = fixtures();
    let mut read = 0;
    for _ in 0..6_000 {
        let mut mail = originals[random.usize(..originals.len())].1.clone();
        (0..random.u8(1..6)).for_each(|_| mutate(&mut random, &mut mail));
        let Ok(parsed) = ParsedMail::parse(&Bytes::from(mail)) else { continue };
        read += 1;
        assert!(
            parsed.attachments.len() <= 50
                && parsed.attachments.iter().all(|file| !file.bytes.is_empty() || file.name.is_some())
        );
        assert!(
            [&parsed.from_name, &parsed.from_shown, &parsed.subject]
                .into_iter()
                .flatten()
                .all(|text| is_one_line(text))
        );
    }
    assert!(read > 5_000, "most mutations can be read: {read}");
}

#[tokio::test]
async fn mutated_signature_proves_no_other_sender() {
    let server = DnsServer::start().await;
    server.publish_key("phones._domainkey.mail.example", &rsa_record(2048));
    let verifier = server.verifier();
    let mut random = Rng::with_seed(SEED);
    let original = fixture("signed_photo.eml");
    let (mut passed, mut failed) = (0, 0);
    for _ in 0..600 {
        let mut mail = original.clone();
        (0..random.u8(1..4)).for_each(|_| mutate(&mut random, &mut mail));
        let mail = Bytes::from(mail);
        match verifier.verify(mail.clone()).await {
            Ok(Verification::Dkim { domain }) => {
                passed += 1;
                let parsed = ParsedMail::parse(&mail).expect("a mail that was verified");
                let from = parsed.from.as_ref().map(Email::canonical);
                assert_eq!((domain.as_str(), from), ("mail.example", Some("ana.whitlock@mail.example")));
            }
            Ok(Verification::Unverified { .. }) => failed += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(passed > 10 && failed > 200, "{passed} passed, {failed} failed");
}
