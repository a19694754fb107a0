//! DKIM signatures, made with keys of the fixtures.

use std::fs;

use data_encoding::{BASE64, HEXLOWER};
use mail_auth::common::crypto::{DkimKey, Ed25519Key, RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{DkimSigner, Done};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

use crate::folder;

/// Headers that servers sign.
pub(crate) const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];
/// What is before an RSA key of 2048 bits in the form in which domains publish it.
const PUBLIC_KEY_INFO: &str = "30820122300d06092a864886f70d01010105000382010f00";

fn rsa(bits: u32) -> RsaKey<Sha256> {
    let pem = fs::read(folder().join(format!("keys/rsa-{bits}.pem"))).expect("a key");
    RsaKey::from_key_der(PrivateKeyDer::from_pem_slice(&pem).expect("PEM")).expect("an RSA key")
}

fn ed25519() -> Ed25519Key {
    // The key of RFC 8463.
    let seed = BASE64.decode(b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").expect("base64");
    let public = BASE64.decode(b"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").expect("base64");
    Ed25519Key::from_seed_and_public_key(&seed, &public).expect("a key")
}

/// The record of an RSA key.
pub(crate) fn rsa_record(bits: u32) -> String {
    let mut key = rsa(bits).public_key();
    if bits == 2048 {
        key = [HEXLOWER.decode(PUBLIC_KEY_INFO.as_bytes()).expect("hexadecimal"), key].concat();
    }
    format!("v=DKIM1; k=rsa; p={}", BASE64.encode(&key))
}

/// The record of the Ed25519 key.
pub(crate) fn ed25519_record() -> String {
    format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&ed25519().public_key()))
}

/// A signer for a domain, with the selector `s1`.
pub(crate) fn signer(bits: u32, domain: &str, headers: &[&str]) -> DkimSigner<DkimKey, Done> {
    sign_with(DkimKey::from(rsa(bits)), domain, headers)
}

pub(crate) fn ed25519_signer(domain: &str) -> DkimSigner<DkimKey, Done> {
    sign_with(DkimKey::from(ed25519()), domain, &HEADERS)
}

fn sign_with(key: DkimKey, domain: &str, headers: &[&str]) -> DkimSigner<DkimKey, Done> {
    DkimSigner::from_key(key).domain(domain).selector("s1").headers(headers.iter().copied())
}

/// The mail with a signature above its headers.
pub(crate) fn signed(mail: &[u8], signer: &DkimSigner<DkimKey, Done>) -> Vec<u8> {
    let signature = signer.sign(mail).expect("a signature").to_header();
    [signature.as_bytes(), mail].concat()
}

/// The mail signed by the domain of its sender.
pub(crate) fn signed_by(domain: &str, mail: &[u8]) -> Vec<u8> {
    signed(mail, &signer(2048, domain, &HEADERS))
}
