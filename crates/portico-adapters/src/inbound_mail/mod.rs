//! Inbound mail: what it brings, and whether its sender is proven (FIL-2).
//!
//! All bytes are hostile. Each step is linear in the size of the mail, and headers, parts, depth and attachments are limited
//! ([`MailFault`]). One reader splits the headers for both halves, so that the `From` that is verified is the `From` that is reported.

mod addresses;
mod attachments;
mod automatic;
mod mime;
mod parsed;
mod tnef;
mod verify;

pub use attachments::MailAttachment;
pub use parsed::{MailFault, ParsedMail};
pub use verify::{
    DnsConfigError, DnsServers, SenderVerifier, UnverifiedReason, Verification, VerifierUnavailable, identity_of,
};
