//! DKIM signatures (RFC 6376, RFC 8301, RFC 8463).

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use mail_auth::common::crypto::{Algorithm, HashAlgorithm};
use mail_auth::common::headers::Header as SignatureHeader;
use mail_auth::common::verify::{DomainKey, VerifySignature};
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::{AuthenticatedMessage, DkimResult, Error, Parameters, ResolverCache, Txt};

use super::alignment::are_aligned;
use super::coverage::is_covered;
use super::dns::Resolver;
use super::tags::Tags;
use super::{UnverifiedReason, VerifierUnavailable};
use crate::inbound_mail::mime::{Header, Headers};

/// Maximum number of signatures that are looked at.
const SIGNATURES: usize = 10;
/// Maximum number of headers that a signature lists.
const SIGNED_HEADERS: usize = 200;

/// The domain of a valid signature for mails from a domain, or why there is none.
pub(super) async fn signing_domain(
    resolver: &Resolver,
    mail: &[u8],
    headers: &Headers<'_>,
    from: &str,
) -> Result<Result<String, UnverifiedReason>, VerifierUnavailable> {
    let mut reason = UnverifiedReason::Unsigned;
    let mut messages: Vec<AuthenticatedMessage<'_>> = Vec::new();
    for header in headers.named("DKIM-Signature").take(SIGNATURES) {
        match usable(header, from) {
            Ok(signature) if !covers(&signature, headers, mail) => reason = reason.max(UnverifiedReason::Uncovered),
            Ok(signature) => {
                let hashes = hashes(&messages, &signature, &mail[headers.body_at..]);
                messages.push(message(mail, headers, header, signature, hashes));
            }
            Err(because) => reason = reason.max(because),
        }
    }
    let verified = messages.iter().map(|message| verify(resolver, message));
    let mut unavailable = None;
    for (message, verified) in messages.iter().zip(futures_util::future::join_all(verified).await) {
        match verified {
            Ok(Ok(())) => return Ok(Ok(message.dkim_headers[0].header.d.clone())),
            Ok(Err(because)) => reason = reason.max(because),
            Err(error) => unavailable = Some(error),
        }
    }
    unavailable.map_or(Ok(Err(reason)), Err)
}

/// Reads a signature, if it can prove that a mail is from a domain.
fn usable(header: &Header<'_>, from: &str) -> Result<Signature, UnverifiedReason> {
    let tags = Tags::read(&header.text()).filter(|_| !header.is_cut()).ok_or(UnverifiedReason::Unusable)?;
    let mut signature = Signature::parse(header.value).map_err(|_| UnverifiedReason::Unusable)?;
    if !are_aligned(&signature.d, from) {
        return Err(UnverifiedReason::NotAligned);
    }
    // With `l`, text could be added to the body.
    let is_whole = tags.get("l").is_none() && signature.l == 0 && tags.get("v") == Some("1");
    let is_named = signature.h.iter().any(|name| name.eq_ignore_ascii_case("from"));
    let is_strong = !matches!(signature.a, Algorithm::RsaSha1);
    let is_short = signature.h.len() <= SIGNED_HEADERS;
    if !(is_whole && is_named && is_strong && is_short) {
        return Err(UnverifiedReason::Unusable);
    }
    // Requests for reports and signatures by other domains would need more lookups.
    signature.r = false;
    signature.atps = None;
    Ok(signature)
}

fn covers(signature: &Signature, headers: &Headers<'_>, mail: &[u8]) -> bool {
    let signs = |name: &str| signature.h.iter().any(|other| other.eq_ignore_ascii_case(name));
    is_covered(signs, headers, &mail[headers.body_at..])
}

type BodyHash = (mail_auth::dkim::Canonicalization, HashAlgorithm, u64, Vec<u8>);

/// The hash of the body for a signature. Each kind is computed once.
fn hashes(messages: &[AuthenticatedMessage<'_>], signature: &Signature, body: &[u8]) -> Vec<BodyHash> {
    let algorithm = HashAlgorithm::from(signature.a);
    let known = messages.iter().flat_map(|message| &message.body_hashes);
    let known = known.into_iter().find(|(canonical, hash, ..)| *canonical == signature.cb && *hash == algorithm);
    let hash = || {
        let hash = algorithm.hash(signature.cb.canonical_body(body, 0));
        (signature.cb, algorithm, 0, hash.as_ref().to_vec())
    };
    vec![known.cloned().unwrap_or_else(hash)]
}

/// The mail as mail-auth reads it, with one signature, and its headers split as ours.
fn message<'a>(
    mail: &'a [u8],
    headers: &Headers<'a>,
    header: &Header<'a>,
    signature: Signature,
    body_hashes: Vec<BodyHash>,
) -> AuthenticatedMessage<'a> {
    AuthenticatedMessage {
        headers: headers.all().iter().map(|header| (header.name, header.value)).collect(),
        raw_message: mail,
        body_offset: u32::try_from(headers.body_at).unwrap_or(u32::MAX),
        body_hashes,
        dkim_headers: vec![SignatureHeader::new(header.name, header.value, signature)],
        ..AuthenticatedMessage::default()
    }
}

async fn verify(
    resolver: &Resolver,
    message: &AuthenticatedMessage<'_>,
) -> Result<Result<(), UnverifiedReason>, VerifierUnavailable> {
    let key = match resolver.key(&message.dkim_headers[0].header.domain_key()).await? {
        Ok(key) => OneKey(key),
        Err(reason) => return Ok(Err(reason)),
    };
    let outputs = resolver.authenticator().verify_dkim(Parameters::new(message).with_txt_cache(&key)).await;
    Ok(match outputs.first().map(|output| output.result()) {
        Some(DkimResult::Pass) => Ok(()),
        Some(DkimResult::Neutral(Error::Dkim(DkimError::SignatureExpired))) => Err(UnverifiedReason::Expired),
        _ => Err(UnverifiedReason::Changed),
    })
}

/// The key that was looked up, whatever its name.
struct OneKey(Arc<DomainKey>);

impl ResolverCache<Box<str>, Txt> for OneKey {
    fn get<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(Txt::DomainKey(Arc::clone(&self.0)))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}
