//! Mails with files, as a provider delivers them.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use mail_auth::common::crypto::{RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use portico::inbound_mail::{DEMO_KEY, DEMO_TRUSTED_SERVER};
use portico_core::webhooks::WebhookKey;
use portico_testkit::{Person, Reply, TestApp};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

use super::files::{now, request};
use super::of_project;

#[path = "../../../../portico-adapters/tests/inbound_mail/dns.rs"]
#[expect(dead_code, reason = "the tests of the verifier need more of it")]
mod dns;

pub(crate) use dns::{Answer, DnsServer};

/// The mail as the sender's domain signs it.
pub(crate) fn signed(raw: &[u8]) -> Vec<u8> {
    let pem = include_bytes!("../../../../../fixtures/mail/keys/rsa-2048.pem");
    let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::from_pem_slice(pem).expect("PEM")).expect("a key");
    let signer = DkimSigner::from_key(key).domain("mail.example").selector("phones");
    let signer = signer.headers(["From", "To", "Subject", "Date", "Content-Type"]);
    [signer.sign(raw).expect("a signature").to_header().as_bytes(), raw].concat()
}

/// A DNS server that publishes the key of that signature.
pub(crate) async fn dns_with_key() -> DnsServer {
    let server = DnsServer::start().await;
    let record = include_str!("../../../../../fixtures/mail/keys/rsa-2048.dns.txt");
    server.publish_key("phones._domainkey.mail.example", record.trim());
    server
}

/// The address of a project, as its owner sees it.
pub(crate) async fn address_of(app: &TestApp, path: &str) -> String {
    let owner = if path.starts_with("fernhill") { Person::named("margot") } else { Person::owner() };
    let found = of_project(app, &owner, path, "filesAddress").await;
    found["filesAddress"].as_str().unwrap_or_else(|| panic!("no address in {found}")).to_owned()
}

/// A mail in parts.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    headers: Vec<String>,
    attachments: Vec<(String, Vec<u8>)>,
    from: String,
}

impl Mail {
    /// A mail to this address. Nothing proves its sender.
    pub(crate) fn of(from: &str, to: &str) -> Self {
        let headers = vec![
            format!("From: Sender <{from}>"),
            format!("To: <{to}>"),
            "Subject: Files".to_owned(),
            "Date: Fri, 27 Nov 2026 10:00:00 +0000".to_owned(),
        ];
        Self { headers, attachments: Vec::new(), from: from.to_owned() }
    }

    /// With a header above the others.
    pub(crate) fn under(mut self, header: &str) -> Self {
        self.headers.insert(0, header.to_owned());
        self
    }

    /// As the trusted server hands it on, which has checked the sender's domain.
    pub(crate) fn checked(self) -> Self {
        let domain = self.from.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
        self.under(&format!("Authentication-Results: {DEMO_TRUSTED_SERVER}; dmarc=pass header.from={domain}"))
    }

    /// With an attachment.
    pub(crate) fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.attachments.push((name.to_owned(), bytes.into()));
        self
    }

    /// The raw mail.
    pub(crate) fn raw(&self) -> Vec<u8> {
        let mut text = self.headers.join("\r\n");
        text.push_str("\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n");
        text.push_str("--part\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n");
        for (name, bytes) in &self.attachments {
            text.push_str("--part\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n");
            text.push_str(&format!("Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n"));
            for line in data_encoding::BASE64.encode(bytes).as_bytes().chunks(76) {
                text.push_str(&String::from_utf8_lossy(line));
                text.push_str("\r\n");
            }
        }
        text.push_str("--part--\r\n");
        text.into_bytes()
    }
}

/// Delivers a raw mail, signed at this time.
pub(crate) async fn deliver_at(app: &TestApp, raw: Vec<u8>, at: DateTime<Utc>) -> Reply {
    let key = WebhookKey::parse(DEMO_KEY).expect("a key");
    let (time, signature) = (at.timestamp().to_string(), key.sign("one", at, &raw));
    let headers = [
        ("content-type", "message/rfc822"),
        ("webhook-id", "one"),
        ("webhook-timestamp", time.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    app.send(request(Method::POST, "/inbound-mail", &headers, Body::from(raw))).await
}

/// Delivers a mail. Returns the status.
pub(crate) async fn deliver(app: &TestApp, mail: &Mail) -> StatusCode {
    deliver_at(app, mail.raw(), now()).await.status
}
