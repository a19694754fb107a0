//! Keys in the DNS.

use portico_adapters::inbound_mail::{UnverifiedReason, Verification};

use crate::dns::{Answer, DnsServer};
use crate::signing::{HEADERS, rsa_record, signed, signed_by, signer};
use crate::verify::{MAIL, dkim, unverified, verify};

/// The result for a signature by a key of this size, with this answer of the DNS.
async fn verified(bits: u32, answer: Answer) -> Verification {
    let server = DnsServer::start().await;
    server.publish("s1._domainkey.builders.example", answer);
    let mail = signed(MAIL.as_bytes(), &signer(bits, "builders.example", &HEADERS));
    verify(&server.verifier(), mail).await
}

fn text(record: &str) -> Answer {
    Answer::Texts(vec![record.to_owned()])
}

#[tokio::test]
async fn keys_for_mail_are_used() {
    let key = rsa_record(2048);
    let (_, base64) = key.split_once("p=").expect("a key");
    for record in [
        key.clone(),
        format!("p={base64}"),
        format!("v=DKIM1; t=s; s=email:other; h=sha1:SHA256; n=a note; p={base64};"),
        format!("k=rsa; s=*; p={}", base64.split_at(100).0.to_owned() + " " + base64.split_at(100).1),
    ] {
        assert_eq!(verified(2048, text(&record)).await, dkim("builders.example"), "{record}");
    }
    assert_eq!(verified(1024, text(&rsa_record(1024))).await, dkim("builders.example"));
    assert_eq!(verified(2048, Answer::Long(key.clone())).await, dkim("builders.example"), "over TCP");
    let several = Answer::Texts(vec!["v=spf1 -all".to_owned(), key]);
    assert_eq!(verified(2048, several).await, dkim("builders.example"));
}

#[tokio::test]
async fn weak_keys_are_refused() {
    let key = rsa_record(2048);
    let weak = unverified(UnverifiedReason::WeakKey);
    assert_eq!(verified(768, text(&rsa_record(768))).await, weak);
    for tags in ["t=y", "t=s:Y", "s=tlsrpt", "h=sha1"] {
        assert_eq!(verified(2048, text(&key.replace("p=", &format!("{tags}; p=")))).await, weak, "{tags}");
    }
}

#[tokio::test]
async fn missing_keys_are_refused() {
    let key = rsa_record(2048);
    let missing = unverified(UnverifiedReason::NoKey);
    for answer in [
        Answer::Empty,
        text("v=DKIM1; p="),
        text("v=spf1 -all"),
        text("v=DKIM1; k=rsa; p=AAAA"),
        text("v=DKIM1; k=rsa"),
        text(" "),
        text(&key.replace("k=rsa", "k=dsa")),
        text(&key.replace("DKIM1", "DKIM2")),
        text(&key.replace("k=rsa", "p=; k=rsa")),
    ] {
        assert_eq!(verified(2048, answer.clone()).await, missing, "{answer:?}");
    }
    // The name does not exist.
    let server = DnsServer::start().await;
    assert_eq!(verify(&server.verifier(), signed_by("builders.example", MAIL.as_bytes())).await, missing);
}

#[tokio::test]
async fn key_of_another_signer_does_not_verify() {
    let changed = unverified(UnverifiedReason::Changed);
    assert_eq!(verified(2048, text(&rsa_record(1024))).await, changed);
    assert_eq!(verified(1024, text(&rsa_record(2048))).await, changed);
    assert_eq!(verified(2048, text(&crate::signing::ed25519_record())).await, changed);
}
