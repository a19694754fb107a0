//! Signatures and trusted results, and mails that imitate them.

use std::time::Duration;

use bytes::Bytes;
use mail_auth::dkim::Canonicalization;
use portico_adapters::inbound_mail::{DnsServers, SenderVerifier, UnverifiedReason, Verification};

use crate::dns::{Answer, DnsServer};
use crate::signing::{HEADERS, ed25519_record, ed25519_signer, rsa_record, signed, signed_by, signer};
use crate::{fixture, fixtures, parse, with_crlf};

pub(crate) const MAIL: &str = "From: Ana <ana@builders.example>\r\nTo: p@in.portal.example\r\nSubject: Photo\r\n\
    Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@builders.example>\r\n\r\nSee  the photo. \r\n\r\n";

pub(crate) fn dkim(domain: &str) -> Verification {
    Verification::Dkim { domain: domain.to_owned() }
}

pub(crate) fn unverified(reason: UnverifiedReason) -> Verification {
    Verification::Unverified { reason }
}

pub(crate) async fn verify(verifier: &SenderVerifier, mail: impl AsRef<[u8]>) -> Verification {
    let verified = verifier.verify(Bytes::copy_from_slice(mail.as_ref())).await;
    verified.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(mail.as_ref())))
}

/// A server with the key of the domain of [`MAIL`] and that of an attacker.
pub(crate) async fn server() -> DnsServer {
    let server = DnsServer::start().await;
    for domain in ["builders.example", "evil.example"] {
        server.publish_key(&format!("s1._domainkey.{domain}"), &rsa_record(2048));
    }
    server
}

/// The mail with one text for another, which it has.
fn replaced(mail: &[u8], text: &str, other: &str) -> Vec<u8> {
    let at = mail.windows(text.len()).position(|part| part == text.as_bytes()).unwrap_or_else(|| panic!("no {text}"));
    [&mail[..at], other.as_bytes(), &mail[at + text.len()..]].concat()
}

#[tokio::test]
async fn signature_of_the_senders_domain_passes() {
    // FIL-2
    let server = server().await;
    let verifier = server.verifier();
    let mail = signed_by("builders.example", MAIL.as_bytes());
    assert_eq!(verify(&verifier, &mail).await, dkim("builders.example"));
    assert_eq!(server.asked(), ["s1._domainkey.builders.example"]);
    assert_eq!(verify(&verifier, &mail).await, dkim("builders.example"));
    assert_eq!(server.asked().len(), 1, "the key is cached");

    // What servers on the way do: headers above and below, another case and folding, blanks at the end of lines.
    let relayed = replaced(&mail, "Subject: Photo", "X-Spam: no\r\nsubject:  \r\n\tPhoto  ");
    let relayed = replaced(&relayed, "See  the photo. ", "See the\tphoto.");
    let relayed = [b"Received: from a by b\r\nReply-To: eve@evil.example\r\n", &relayed[..]].concat();
    assert_eq!(verify(&verifier, relayed).await, dkim("builders.example"));

    for (header, body) in [
        (Canonicalization::Simple, Canonicalization::Simple),
        (Canonicalization::Simple, Canonicalization::Relaxed),
        (Canonicalization::Relaxed, Canonicalization::Simple),
    ] {
        let signer = signer(2048, "builders.example", &HEADERS);
        let signer = signer.header_canonicalization(header).body_canonicalization(body);
        let mail = signed(MAIL.as_bytes(), &signer);
        assert_eq!(verify(&verifier, mail).await, dkim("builders.example"), "{header:?}/{body:?}");
    }

    server.publish_key("s1._domainkey.ed.builders.example", &ed25519_record());
    let mail = signed(MAIL.as_bytes(), &ed25519_signer("ed.builders.example"));
    assert_eq!(verify(&verifier, mail).await, dkim("ed.builders.example"));
}

#[tokio::test]
async fn signatures_of_another_program_pass() {
    let server = DnsServer::start().await;
    server.publish_key("phones._domainkey.mail.example", &rsa_record(2048));
    let mail = fixture("signed_photo.eml");
    assert_eq!(verify(&server.verifier(), &mail).await, dkim("mail.example"));
    // One of both, with all headers as sent or in canonical form.
    for (broken, kept) in [("c=simple/simple", "relaxed"), ("c=relaxed/relaxed", "simple")] {
        let one = replaced(&mail, broken, "c=unknown");
        assert_eq!(verify(&server.verifier(), one).await, dkim("mail.example"), "{kept}");
    }
}

#[tokio::test]
async fn mails_of_all_clients_can_be_verified() {
    let server = server().await;
    let verifier = server.verifier();
    for (name, mail) in fixtures() {
        let headers = mail.strip_prefix(b"From kim@mail.example Sat Nov 21 12:30:00 2026\r\n").unwrap_or(&mail);
        let from = parse(&mail).from;
        let Some(domain) = from.as_ref().and_then(|from| from.canonical().split_once('@')).map(|(_, domain)| domain)
        else {
            assert_eq!(name, "two_from.eml");
            continue;
        };
        server.publish_key(&format!("s1._domainkey.{domain}"), &rsa_record(2048));
        let signer = signer(2048, domain, &HEADERS);
        let exact =
            signer.header_canonicalization(Canonicalization::Simple).body_canonicalization(Canonicalization::Simple);
        let mail = signed(headers, &exact);
        assert_eq!(verify(&verifier, &mail).await, dkim(domain), "{name}");
        // As delivered to a pipe: with an envelope line, and the line ends of the system.
        let lines: Vec<u8> = mail.iter().copied().filter(|byte| *byte != b'\r').collect();
        let piped = [b"From ana@mail.example Sat Nov 21 12:30:00 2026\n", &lines[..]].concat();
        assert_eq!(verify(&verifier, piped).await, dkim(domain), "{name}");
    }
}

#[tokio::test]
async fn other_senders_do_not_pass() {
    let server = server().await;
    let verifier = server.verifier();
    let mail = signed_by("builders.example", MAIL.as_bytes());
    let evil = signed_by("evil.example", MAIL.as_bytes());
    let second = "From: Ana <ana@builders.example>\r\n";
    let of_evil = replaced(MAIL.as_bytes(), "Ana <ana@builders.example>", "Eve <eve@evil.example>");
    let signed_evil = signed_by("evil.example", &of_evil);
    for (attack, mail, reason) in [
        ("unsigned", MAIL.into(), UnverifiedReason::Unsigned),
        ("signed by another domain", evil, UnverifiedReason::NotAligned),
        ("another body", replaced(&mail, "photo.", "bank account."), UnverifiedReason::Changed),
        ("text added to the body", [&mail[..], b"New bank account.\r\n"].concat(), UnverifiedReason::Changed),
        ("another subject", replaced(&mail, "Subject: Photo", "Subject: Account"), UnverifiedReason::Changed),
        ("another sender", replaced(&mail, "<ana@", "<kim@"), UnverifiedReason::Changed),
        ("sender above", [second.as_bytes(), &signed_evil].concat(), UnverifiedReason::NoSender),
        ("sender below", replaced(&signed_evil, "\r\nTo:", &format!("\r\n{second}To:")), UnverifiedReason::NoSender),
        (
            "sender with a blank",
            replaced(&signed_evil, "\r\nTo:", "\r\nFrom : a@builders.example\r\nTo:"),
            UnverifiedReason::Malformed,
        ),
        (
            "two addresses",
            replaced(&mail, "<ana@builders.example>", "<ana@builders.example>, <eve@evil.example>"),
            UnverifiedReason::NoSender,
        ),
        ("no sender", replaced(MAIL.as_bytes(), "From:", "Sender:"), UnverifiedReason::NoSender),
        (
            "sender with a blank, first",
            [b"From : Ana <a@builders.example>\r\n", &signed_evil[..]].concat(),
            UnverifiedReason::Malformed,
        ),
        ("line without colon", replaced(&mail, "\r\nTo:", "\r\nnonsense\r\nTo:"), UnverifiedReason::Malformed),
        ("bare CR", replaced(&mail, "\r\nTo:", "\r\nX: y\rFrom: a@b.example\r\nTo:"), UnverifiedReason::Malformed),
        ("too many headers", [&b"X: y\r\n".repeat(2_001), &mail[..]].concat(), UnverifiedReason::Malformed),
        (
            "domain that is shown",
            replaced(&signed_evil, "Eve <", "\"ana@builders.example\" <"),
            UnverifiedReason::Changed,
        ),
    ] {
        assert_eq!(verify(&verifier, mail).await, unverified(reason), "{attack}");
    }
    assert_eq!(verify(&verifier, &signed_evil).await, dkim("evil.example"), "the attacker's own mail");
}

#[tokio::test]
async fn signatures_that_do_not_protect_the_mail_do_not_pass() {
    let server = server().await;
    let verifier = server.verifier();
    let signer = |headers: &[&str]| signer(2048, "builders.example", headers);
    let with_length = signed(MAIL.as_bytes(), &signer(&HEADERS).body_length(true));
    let plain = signed(MAIL.as_bytes(), &signer(&HEADERS));
    for (weakness, mail) in [
        ("length of the body", with_length.clone()),
        ("text after that length", [&with_length[..], b"New bank account.\r\n"].concat()),
        ("sender not signed", signed(MAIL.as_bytes(), &signer(&["To", "Subject"]))),
        ("SHA-1", replaced(&plain, "a=rsa-sha256", "a=rsa-sha1")),
        ("no version", replaced(&plain, "v=1; ", "")),
        ("another version", replaced(&plain, "v=1; ", "v=2; ")),
        ("a tag twice", replaced(&plain, "v=1; ", "v=1; d=evil.example; ")),
        ("no domain", replaced(&plain, "d=builders.example; ", "")),
        ("no text", with_crlf(format!("DKIM-Signature: \n{}", MAIL.replace('\r', "")).as_bytes())),
        ("too many headers", replaced(&plain, "h=", &format!("h={}", "x:".repeat(200)))),
    ] {
        assert_eq!(verify(&verifier, mail).await, unverified(UnverifiedReason::Unusable), "{weakness}");
    }
    assert_eq!(server.asked(), Vec::<String>::new());

    // A user of a domain that may not sign for another.
    let other_user = signed(MAIL.as_bytes(), &signer(&HEADERS).agent_user_identifier("@evil.example"));
    assert_eq!(verify(&verifier, other_user).await, unverified(UnverifiedReason::Changed));
    let expired = signed(MAIL.as_bytes(), &signer(&HEADERS).expiration(1));
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(verify(&verifier, expired).await, unverified(UnverifiedReason::Expired));
    let fresh = signed(MAIL.as_bytes(), &signer(&HEADERS).expiration(3_600));
    assert_eq!(verify(&verifier, fresh).await, dkim("builders.example"));
}

#[tokio::test]
async fn domains_of_one_organization_may_sign() {
    let server = DnsServer::start().await;
    let verifier = server.verifier();
    for (from, signing, is_aligned) in [
        ("news.builders.co.uk", "builders.co.uk", true),
        ("builders.co.uk", "mail.builders.co.uk", true),
        ("a.builders.co.uk", "b.builders.co.uk", true),
        ("builders.co.uk", "evil.co.uk", false),
        ("builders.co.uk", "co.uk", false),
        ("ana.github.io", "github.io", false),
        ("ana.github.io", "eve.github.io", false),
        ("builders.example", "notbuilders.example", false),
        ("builders.example", "example", false),
    ] {
        server.publish_key(&format!("s1._domainkey.{signing}"), &rsa_record(2048));
        let mail = MAIL.replace("ana@builders.example", &format!("ana@{from}"));
        let expected = if is_aligned { dkim(signing) } else { unverified(UnverifiedReason::NotAligned) };
        assert_eq!(verify(&verifier, signed_by(signing, mail.as_bytes())).await, expected, "{from} by {signing}");
    }
}

#[tokio::test]
async fn first_ten_signatures_are_looked_at() {
    let server = server().await;
    let verifier = server.verifier();
    let mut mail = signed_by("builders.example", MAIL.as_bytes());
    for count in 2..=11 {
        mail = signed_by("evil.example", &mail);
        let expected = if count <= 10 { dkim("builders.example") } else { unverified(UnverifiedReason::NotAligned) };
        assert_eq!(verify(&verifier, &mail).await, expected, "{count}");
    }
    assert_eq!(server.asked(), ["s1._domainkey.builders.example"], "no lookups for other domains");
}

#[tokio::test]
async fn trusted_results_of_dmarc_pass() {
    let server = server().await;
    let verifier = server.verifier();
    let with = |results: &str, mail: &str| [format!("{results}\r\n").as_bytes(), mail.as_bytes()].concat();
    let pass = "Authentication-Results: MX.portal.example;\r\n\tdmarc=pass (p=none) header.from=builders.example";
    let trusted = Verification::Dmarc { authserv_id: "mx.portal.example".to_owned() };
    assert_eq!(verify(&verifier, with(pass, MAIL)).await, trusted);
    let received = format!("Received: from a by b\r\n{pass}\r\nReceived: from c by a");
    assert_eq!(verify(&verifier, with(&received, MAIL)).await, trusted);
    // A valid signature is not needed, nor asked for.
    assert_eq!(server.asked(), Vec::<String>::new());

    let unsigned = unverified(UnverifiedReason::Unsigned);
    for other in [
        pass.replace("MX.portal", "mx.evil"),
        pass.replace("pass", "fail"),
        pass.replace("builders", "evil"),
        format!("Authentication-Results: mx.portal.example; none\r\n{pass}"),
    ] {
        assert_eq!(verify(&verifier, with(&other, MAIL)).await, unsigned, "{other}");
    }
    let two = with(pass, &format!("From: eve@evil.example\r\n{MAIL}"));
    assert_eq!(verify(&verifier, two).await, unverified(UnverifiedReason::NoSender));
    // In the body.
    assert_eq!(verify(&verifier, format!("{MAIL}{pass}\r\n")).await, unsigned);
    // Without trusted servers, no result counts.
    let international = MAIL.replace("builders.example", "bücher.example");
    let results = "Authentication-Results: mx.portal.example; dmarc=pass header.from=xn--bcher-kva.example";
    assert_eq!(verify(&verifier, with(results, &international)).await, trusted);
}

#[tokio::test]
async fn dns_that_fails_is_no_verdict() {
    let server = server().await;
    let verifier = server.verifier();
    let mail = signed_by("builders.example", MAIL.as_bytes());
    let other = signed_by("mail.builders.example", &mail);
    server.publish("s1._domainkey.builders.example", Answer::Fails);
    let error = verifier.verify(mail.clone().into()).await.expect_err("no verdict");
    assert!(error.to_string().starts_with("the sender cannot be verified now: "), "{error}");
    // Another signature is valid.
    server.publish_key("s1._domainkey.mail.builders.example", &rsa_record(2048));
    assert_eq!(verify(&verifier, &other).await, dkim("mail.builders.example"));
    // Another domain's servers do not matter.
    server.publish("s1._domainkey.evil.example", Answer::Fails);
    let evil = signed_by("evil.example", MAIL.as_bytes());
    assert_eq!(verify(&verifier, evil).await, unverified(UnverifiedReason::NotAligned));
}

#[tokio::test]
async fn silent_dns_takes_five_seconds() {
    let server = server().await;
    let verifier = server.verifier();
    server.publish("s1._domainkey.builders.example", Answer::Silent);
    server.publish("s1._domainkey.mail.builders.example", Answer::Silent);
    let mail = signed_by("mail.builders.example", &signed_by("builders.example", MAIL.as_bytes()));
    let started = std::time::Instant::now();
    verifier.verify(mail.into()).await.expect_err("no verdict");
    let took = started.elapsed();
    assert!(took > Duration::from_secs(3) && took < Duration::from_secs(8), "both at once: {took:?}");
    assert!(server.asked().len() >= 2);
}

#[test]
fn verifier_needs_dns_servers() {
    let trusted = || vec!["mx.portal.example".to_owned()];
    let error = SenderVerifier::new(trusted(), &DnsServers::At(vec![])).expect_err("no servers");
    assert_eq!(error.to_string(), "no DNS servers can be used: there are none; name them in /etc/resolv.conf");
    // Before a runtime is there.
    SenderVerifier::new(trusted(), &DnsServers::At(vec![([127, 0, 0, 1], 53).into()])).expect("a verifier");
}
