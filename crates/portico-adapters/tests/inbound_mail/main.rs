//! Inbound mail: reading, and verifying the sender (FIL-2).

mod dns;
mod fixtures;
mod fuzz;
mod limits;
mod signing;
mod verify;
mod verify_keys;

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use portico_adapters::inbound_mail::ParsedMail;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/mail")
}

/// A mail of the fixtures, with the line ends with which it arrives.
fn fixture(name: &str) -> Vec<u8> {
    let stored = fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    with_crlf(&stored)
}

/// All fixtures by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names = entries.map(|name| name.into_string().expect("an ASCII name"));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".eml")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), fixture(&name))).collect()
}

fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(mail.len());
    for byte in mail {
        if *byte == b'\n' {
            changed.push(b'\r');
        }
        changed.push(*byte);
    }
    changed
}

fn parse(mail: &[u8]) -> ParsedMail {
    ParsedMail::parse(&Bytes::copy_from_slice(mail)).expect("a mail")
}
