//! Sealed links to files and uploads.
//!
//! A link holds the hash of the session that it was made for, which gives access to role views, so nothing in it may be
//! readable. It is the same text each time, because equal answers have equal bytes: the nonce follows from the payload.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

use super::kinds::RenditionKind;
use super::name;
use crate::id::CompanyId;
use crate::links::LinkSite;
use crate::sessions::TokenHash;

/// Context of the derivation of the key that encrypts. A different text invalidates all links.
const SEAL_CONTEXT: &str = "portico 2026-11-28 sealed links to files";
/// Context of the derivation of the key from which nonces follow.
const NONCE_CONTEXT: &str = "portico 2026-11-28 nonces of links to files";
/// First byte of a payload.
const VERSION: u8 = 1;
/// The length of the payload in bytes: version, purpose, token hash, company, id, content number, rendition, minutes, and zeros.
const PAYLOAD: usize = 1 + 1 + 32 + 16 + 16 + 4 + 1 + 4 + 2;
/// The length of the authentication tag in bytes.
const TAG: usize = 16;
/// The length of a link's bytes. They fill base64 without padding, so that each link has one spelling.
const BYTES: usize = NONCE_LEN + PAYLOAD + TAG;
/// The length of a link's text.
const TEXT: usize = BYTES / 3 * 4;

/// Purpose of a link to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileLinkPurpose {
    /// Download as an attachment.
    Download,
    /// Showing in a browser, at the host of files only.
    Inline,
    /// Sending the bytes of an upload.
    Upload,
}

impl FileLinkPurpose {
    const ALL: [Self; 3] = [Self::Download, Self::Inline, Self::Upload];

    const fn code(self) -> u8 {
        match self {
            Self::Download => 1,
            Self::Inline => 2,
            Self::Upload => 3,
        }
    }

    /// The path of a sealed link of this purpose. The name at the end of a download's is for programs that save files by their
    /// address; the gateway ignores it.
    fn path(self, sealed: &str, name: &str) -> String {
        match self {
            Self::Download | Self::Inline => format!("/files/{sealed}/{}", name::ascii(name)),
            Self::Upload => format!("/uploads/{sealed}"),
        }
    }
}

/// The keys of links to files, and the host of downloads.
#[derive(Debug, Clone)]
pub struct FileLinks {
    /// The keys.
    pub key: FileLinkKey,
    /// Base URL of a host that has only files, without a trailing slash. None if files are downloaded from the portal's host, as
    /// attachments only.
    pub base: Option<String>,
}

impl FileLinks {
    /// The URL of a link, for the portal at this host. `name` is the file's. None if the link cannot be sealed, or shows a file in a
    /// browser without a host for it.
    pub fn url(&self, link: &FileLink, name: &str, site: &LinkSite, host: &str) -> Option<String> {
        let path = link.purpose.path(&self.key.seal(link)?, name);
        match (link.purpose, &self.base) {
            (FileLinkPurpose::Download | FileLinkPurpose::Inline, Some(base)) => Some(format!("{base}{path}")),
            (FileLinkPurpose::Inline, None) => None,
            (FileLinkPurpose::Download | FileLinkPurpose::Upload, _) => Some(site.address(host, &path)),
        }
    }
}

/// Content of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// What it is for.
    pub purpose: FileLinkPurpose,
    /// Session or API key that it was made for.
    pub token: TokenHash,
    /// Company of the file.
    pub company: CompanyId,
    /// The file or upload.
    pub id: Uuid,
    /// Number of the file's content; 0 for uploads.
    pub content_number: i32,
    /// Rendition of the content; the original for uploads.
    pub rendition: RenditionKind,
    /// Expiry, in whole minutes; seconds are dropped.
    pub expires_at: DateTime<Utc>,
}

/// The keys that seal and open links.
#[derive(Clone)]
pub struct FileLinkKey(Arc<Keys>);

struct Keys {
    /// None never: the algorithm takes keys of 32 bytes.
    seal: Option<LessSafeKey>,
    nonces: [u8; 32],
}

impl fmt::Debug for FileLinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileLinkKey(..)")
    }
}

impl FileLinkKey {
    /// Derives the keys from the secret that all gateways of an installation share.
    pub fn from_secret(secret: &[u8]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &blake3::derive_key(SEAL_CONTEXT, secret));
        let seal = key.ok().map(LessSafeKey::new);
        Self(Arc::new(Keys { seal, nonces: blake3::derive_key(NONCE_CONTEXT, secret) }))
    }

    /// Seals a link: 140 characters of base64url. None if the token's hash is malformed.
    pub fn seal(&self, link: &FileLink) -> Option<String> {
        let payload = link.to_bytes()?;
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&blake3::keyed_hash(&self.0.nonces, &payload).as_bytes()[..NONCE_LEN]);
        let mut sealed = [0; BYTES];
        sealed[..NONCE_LEN].copy_from_slice(&nonce);
        let (body, tag) = sealed[NONCE_LEN..].split_at_mut(PAYLOAD);
        body.copy_from_slice(&payload);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let made = self.0.seal.as_ref()?.seal_in_place_separate_tag(nonce, Aad::empty(), body).ok()?;
        tag.copy_from_slice(made.as_ref());
        Some(BASE64URL_NOPAD.encode(&sealed))
    }

    /// Opens a link; none if it was not sealed by this installation, or is spelled differently.
    pub fn open(&self, text: &str) -> Option<FileLink> {
        if text.len() != TEXT {
            return None;
        }
        let mut sealed: [u8; BYTES] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (nonce, body) = sealed.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let payload = self.0.seal.as_ref()?.open_in_place(nonce, Aad::empty(), body).ok()?;
        FileLink::from_bytes((&*payload).try_into().ok()?)
    }
}

impl FileLink {
    fn to_bytes(&self) -> Option<[u8; PAYLOAD]> {
        let minutes = u32::try_from(self.expires_at.timestamp().div_euclid(60)).ok()?;
        let mut bytes = Vec::with_capacity(PAYLOAD);
        bytes.extend([VERSION, self.purpose.code()]);
        bytes.extend(self.token.to_bytes()?);
        bytes.extend(self.company.0.as_bytes());
        bytes.extend(self.id.as_bytes());
        bytes.extend(self.content_number.to_be_bytes());
        bytes.push(code_of(self.rendition));
        bytes.extend(minutes.to_be_bytes());
        bytes.extend([0; 2]);
        bytes.try_into().ok()
    }

    fn from_bytes(bytes: &[u8; PAYLOAD]) -> Option<Self> {
        let mut rest = bytes.as_slice();
        if take(&mut rest)? != [VERSION] {
            return None;
        }
        let [purpose] = take(&mut rest)?;
        let purpose = FileLinkPurpose::ALL.into_iter().find(|known| known.code() == purpose)?;
        let token = TokenHash::from_bytes(&take(&mut rest)?);
        let company = CompanyId(Uuid::from_bytes(take(&mut rest)?));
        let id = Uuid::from_bytes(take(&mut rest)?);
        let content_number = i32::from_be_bytes(take(&mut rest)?);
        let [rendition] = take(&mut rest)?;
        let rendition = RenditionKind::ALL.iter().copied().find(|known| code_of(*known) == rendition)?;
        let minutes = u32::from_be_bytes(take(&mut rest)?);
        let expires_at = DateTime::from_timestamp(i64::from(minutes) * 60, 0)?;
        (rest == [0; 2]).then_some(Self { purpose, token, company, id, content_number, rendition, expires_at })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk()?;
    *rest = others;
    Some(*first)
}

const fn code_of(rendition: RenditionKind) -> u8 {
    match rendition {
        RenditionKind::Original => 1,
        RenditionKind::Large => 2,
        RenditionKind::Medium => 3,
        RenditionKind::Small => 4,
        RenditionKind::Video => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::new_uuid;

    fn key() -> FileLinkKey {
        FileLinkKey::from_secret(b"of tests")
    }

    fn link() -> FileLink {
        FileLink {
            purpose: FileLinkPurpose::Download,
            token: TokenHash::of("ps_ana"),
            company: CompanyId(new_uuid()),
            id: new_uuid(),
            content_number: 3,
            rendition: RenditionKind::Large,
            expires_at: "2026-11-28T10:30:00Z".parse().expect("a time"),
        }
    }

    #[test]
    fn links_open_with_their_content() {
        for purpose in FileLinkPurpose::ALL {
            for rendition in RenditionKind::ALL {
                let link = FileLink { purpose, rendition: *rendition, ..link() };
                let sealed = key().seal(&link).expect("a link");
                assert_eq!(sealed.len(), 140);
                assert_eq!(key().open(&sealed), Some(link));
            }
        }
    }

    #[test]
    fn equal_links_have_equal_texts() {
        let link = link();
        assert_eq!(key().seal(&link), key().seal(&link.clone()));
        for other in [
            FileLink { purpose: FileLinkPurpose::Inline, ..link.clone() },
            FileLink { token: TokenHash::of("ps_ben"), ..link.clone() },
            FileLink { id: new_uuid(), ..link.clone() },
            FileLink { content_number: 4, ..link.clone() },
            FileLink { expires_at: link.expires_at + chrono::TimeDelta::minutes(15), ..link.clone() },
        ] {
            let (one, two) = (key().seal(&link).expect("a link"), key().seal(&other).expect("a link"));
            assert!(one[..20] != two[..20], "each link has its own nonce");
        }
    }

    #[test]
    fn changed_byte_of_a_link_is_refused() {
        // A75
        let sealed = key().seal(&link()).expect("a link");
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).expect("base64url");
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key().open(&BASE64URL_NOPAD.encode(&forged)), None, "bit {bit}");
        }
        assert_eq!(FileLinkKey::from_secret(b"of others").open(&sealed), None);
    }

    #[test]
    fn only_canonical_spelling_is_accepted() {
        let sealed = loop {
            let sealed = key().seal(&link()).expect("a link");
            if sealed.contains('-') || sealed.contains('_') {
                break sealed;
            }
        };
        for wrong in [
            "",
            &sealed[1..],
            &format!("{sealed}A"),
            &format!("{sealed}="),
            &format!("{} ", &sealed[1..]),
            &sealed.replace('-', "+").replace('_', "/"),
            &format!("{}ü", &sealed[2..]),
        ] {
            assert_eq!(key().open(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn downloads_lead_to_the_host_of_files() {
        let address = |purpose, base: Option<&str>| {
            let links = FileLinks { key: key(), base: base.map(str::to_owned) };
            let link = FileLink { purpose, ..link() };
            let url = links.url(&link, "Küche plan.pdf", &LinkSite::PortalHosts, "portal.example")?;
            Some(url.replace(&key().seal(&link)?, "TOKEN"))
        };
        let files = Some("https://files.example");
        use FileLinkPurpose::{Download, Inline, Upload};
        for (purpose, base, url) in [
            (Download, None, Some("https://portal.example/files/TOKEN/K_che_plan.pdf")),
            (Download, files, Some("https://files.example/files/TOKEN/K_che_plan.pdf")),
            (Inline, files, Some("https://files.example/files/TOKEN/K_che_plan.pdf")),
            (Inline, None, None),
            (Upload, None, Some("https://portal.example/uploads/TOKEN")),
            (Upload, files, Some("https://portal.example/uploads/TOKEN")),
        ] {
            assert_eq!(address(purpose, base).as_deref(), url, "{purpose:?} {base:?}");
        }
    }

    #[test]
    fn nothing_in_a_link_is_readable() {
        let link = link();
        let sealed = BASE64URL_NOPAD.decode(key().seal(&link).expect("a link").as_bytes()).expect("base64url");
        let contains = |part: &[u8]| sealed.windows(part.len()).any(|window| window == part);
        assert!(!contains(&link.token.to_bytes().expect("a hash")[..4]));
        assert!(!contains(&link.id.as_bytes()[..4]) && !contains(&link.company.0.as_bytes()[..4]));
        assert_eq!(format!("{:?}", key()), "FileLinkKey(..)");
        assert!(!format!("{link:?}").contains(link.token.as_str()));
    }
}
