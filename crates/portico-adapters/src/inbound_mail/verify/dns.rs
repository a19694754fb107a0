//! Keys of DKIM in the DNS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mail_auth::MessageAuthenticator;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::hickory_resolver::proto::rr::{Name, RData};
use mail_auth::hickory_resolver::system_conf::read_system_conf;

use super::tags::Tags;
use super::{UnverifiedReason, VerifierUnavailable};

/// Maximum time of a lookup, with all attempts.
const LOOKUP: Duration = Duration::from_secs(5);
/// Time after which a server is asked again.
const ATTEMPT: Duration = Duration::from_secs(2);
/// Minimum size of an RSA key (RFC 8301).
const RSA_BITS: usize = 1024;

/// The DNS servers that are asked for keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsServers {
    /// Those of the operating system, in `/etc/resolv.conf`.
    System,
    /// These, over UDP and TCP.
    At(Vec<SocketAddr>),
    /// None: no signature is verified.
    None,
}

/// The DNS servers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no DNS servers can be used: {0}; name them in /etc/resolv.conf")]
pub struct DnsConfigError(String);

impl From<NetError> for DnsConfigError {
    fn from(error: NetError) -> Self {
        Self(error.to_string())
    }
}

/// Looks up keys. Answers are cached for as long as they say.
#[derive(Clone)]
pub(super) struct Resolver {
    authenticator: MessageAuthenticator,
    is_connected: bool,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl Resolver {
    pub(super) fn new(servers: &DnsServers) -> Result<Self, DnsConfigError> {
        let (config, mut options) = match servers {
            DnsServers::System => read_system_conf()?,
            DnsServers::None => (ResolverConfig::from_name_servers(Vec::new()), ResolverOpts::default()),
            DnsServers::At(addresses) => {
                let servers = addresses.iter().copied().map(server).collect();
                (ResolverConfig::from_name_servers(servers), ResolverOpts::default())
            }
        };
        let is_connected = *servers != DnsServers::None;
        if is_connected && config.name_servers().is_empty() {
            return Err(DnsConfigError("there are none".to_owned()));
        }
        options.timeout = ATTEMPT;
        options.attempts = 1;
        let authenticator = MessageAuthenticator::new(config, options)?;
        Ok(Self { authenticator, is_connected })
    }

    pub(super) fn authenticator(&self) -> &MessageAuthenticator {
        &self.authenticator
    }

    /// The key of a signature, by the name of its record, if it may be used.
    pub(super) async fn key(
        &self,
        name: &str,
    ) -> Result<Result<Arc<DomainKey>, UnverifiedReason>, VerifierUnavailable> {
        if !self.is_connected {
            return Ok(Err(UnverifiedReason::NoKey));
        }
        let Ok(name) = Name::from_str_relaxed(name) else { return Ok(Err(UnverifiedReason::NoKey)) };
        let late = |_| VerifierUnavailable(format!("the DNS did not answer within {} s", LOOKUP.as_secs()));
        let found = tokio::time::timeout(LOOKUP, self.authenticator.resolver().txt_lookup(name)).await.map_err(late)?;
        let found = match found {
            Ok(found) => found,
            Err(error) if is_absent(&error) => return Ok(Err(UnverifiedReason::NoKey)),
            Err(error) => return Err(VerifierUnavailable(error.to_string())),
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        // Of several records, which RFC 6376 leaves undefined, the first key.
        let mut keys = texts.map(|text| usable(&text));
        let first = keys.next().unwrap_or(Err(UnverifiedReason::NoKey));
        Ok(first.or_else(|reason| keys.find_map(Result::ok).ok_or(reason)))
    }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// Whether the answer is that there is no such record.
fn is_absent(error: &NetError) -> bool {
    let NetError::Dns(DnsError::NoRecordsFound(answer)) = error else { return false };
    matches!(answer.response_code, ResponseCode::NXDomain | ResponseCode::NoError)
}

/// Reads a key (RFC 6376, section 3.6.1; RFC 8301).
fn usable(record: &[u8]) -> Result<Arc<DomainKey>, UnverifiedReason> {
    let tags = str::from_utf8(record).ok().and_then(Tags::read).ok_or(UnverifiedReason::NoKey)?;
    let key = DomainKey::parse(record).map_err(|_| UnverifiedReason::NoKey)?;
    let allows =
        |name: &str, items: &[&str]| tags.get(name).is_none() || items.iter().any(|item| tags.lists(name, item));
    let is_strong = key.p.public_key_bits() >= RSA_BITS && !tags.lists("t", "y");
    let is_for_mail = allows("h", &["sha256"]) && allows("s", &["*", "email"]);
    if is_strong && is_for_mail { Ok(Arc::new(key)) } else { Err(UnverifiedReason::WeakKey) }
}
