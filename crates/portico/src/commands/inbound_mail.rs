//! `portico inbound-mail`, and the options for files by mail.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use portico::inbound_mail::{Delivered, InboundMail, MailRefused};
use portico::throttle::RateLimiter;
use portico_actions::{Actor, HeavyPool, Installation, Origin};
use portico_adapters::inbound_mail::{DnsServers, SenderVerifier};
use portico_core::access::Viewer;
use portico_core::decisions::DecisionKeys;
use portico_core::files::limits::MAIL_BYTES;
use portico_core::files::mail::MailDomain;
use portico_core::jobs::Wake;
use portico_core::links::{LinkKey, LinkSite};
use portico_core::network::is_dns_name;
use portico_core::webhooks::WebhookKey;
use portico_store::{PoolSizes, Store};
use secrecy::{ExposeSecret, SecretString};

use super::files::{FilesOptions, links};
use super::{DatabaseOptions, Failure, check_version, print_line};

const POOLS: PoolSizes = PoolSizes { reader: 1, auth: 1, writer: 1 };

#[derive(Debug, Clone, Args)]
pub(super) struct InboundMailOptions {
    /// The domain whose mail is received, such as files.example.com: each project has an address there; without one, files
    /// cannot be mailed
    #[arg(long, env = "PORTICO_INBOUND_MAIL_DOMAIN", value_name = "DOMAIN")]
    inbound_mail_domain: Option<MailDomain>,
    /// Mail servers whose Authentication-Results headers are trusted, by the name that these headers have
    #[arg(long, env = "PORTICO_INBOUND_MAIL_TRUSTED_SERVERS", value_name = "NAMES", value_delimiter = ',', value_parser = server_name)]
    inbound_mail_trusted_servers: Vec<String>,
    /// DNS servers that are asked for the keys of senders' signatures, as addresses with ports: 127.0.0.1:53; without them,
    /// those of the operating system
    #[arg(long, env = "PORTICO_INBOUND_MAIL_DNS", value_name = "ADDRESSES", value_delimiter = ',')]
    inbound_mail_dns: Vec<SocketAddr>,
}

/// Parses the name of a mail server (an authserv-id, RFC 8601).
fn server_name(text: &str) -> Result<String, &'static str> {
    if is_dns_name(text) { Ok(text.to_owned()) } else { Err("use names of mail servers, such as mx.example.com") }
}

impl InboundMailOptions {
    /// The receiver of mails, if there is a domain.
    pub(super) fn receiver(&self, webhook_key: Option<WebhookKey>) -> Result<Option<InboundMail>, Failure> {
        let Some(domain) = &self.inbound_mail_domain else {
            let is_alone = webhook_key.is_none() && self.inbound_mail_trusted_servers.is_empty();
            if !is_alone || !self.inbound_mail_dns.is_empty() {
                return Err(Failure::new(
                    "the options --inbound-mail-.. need --inbound-mail-domain or PORTICO_INBOUND_MAIL_DOMAIN",
                ));
            }
            return Ok(None);
        };
        let servers = match self.inbound_mail_dns.as_slice() {
            [] => DnsServers::System,
            addresses => DnsServers::At(addresses.to_vec()),
        };
        let verifier = SenderVerifier::new(self.inbound_mail_trusted_servers.clone(), &servers).map_err(|error| {
            Failure::new(format_args!("{error}: set --inbound-mail-dns or PORTICO_INBOUND_MAIL_DNS"))
        })?;
        Ok(Some(InboundMail::new(domain.clone(), verifier, webhook_key)))
    }
}

/// Parses the key of webhooks.
pub(super) fn webhook_key(text: Option<&SecretString>) -> Result<Option<WebhookKey>, Failure> {
    let parse = |text: &SecretString| WebhookKey::parse(text.expose_secret());
    text.map(parse).transpose().map_err(|error| {
        Failure::new(format_args!("--inbound-mail-key or PORTICO_INBOUND_MAIL_KEY is invalid: {error}"))
    })
}

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    inbound_mail: InboundMailOptions,
    /// Envelope recipient, added to the recipients in the headers
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
}

/// Name of the command.
pub(crate) const INBOUND_MAIL: &str = "inbound-mail";
/// Exit status after which a mail server delivers the mail again later. Also of wrong settings: an operator mends them, and no mail is lost.
pub(crate) const TRY_AGAIN: u8 = 75;

/// Exit status of the command, as mail servers understand it (sysexits.h).
fn status_of(refused: &MailRefused) -> u8 {
    const DATA: u8 = 65;
    const NO_USER: u8 = 67;
    const UNAVAILABLE: u8 = 69;
    match refused {
        MailRefused::Unreadable(_) => DATA,
        MailRefused::NoAddress => NO_USER,
        MailRefused::Archived => UNAVAILABLE,
        MailRefused::Full(_) | MailRefused::Unavailable => TRY_AGAIN,
    }
}

/// Receives the mail on standard input. Mail servers quote standard output in what they send back; standard error is for the operator.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let outcome = receive(options).await.map_err(|failure| {
        print_line(MailRefused::Unavailable);
        failure.with_status(TRY_AGAIN)
    })?;
    match outcome {
        Ok(Delivered::Received(_)) => Ok(()),
        Ok(Delivered::Ignored(reason)) => {
            tracing::info!(reason, "a mail was ignored");
            Ok(())
        }
        Err(refused) => {
            print_line(&refused);
            Err(Failure::new(&refused).with_status(status_of(&refused)))
        }
    }
}

async fn receive(options: Options) -> Result<Result<Delivered, MailRefused>, Failure> {
    options.files.check()?;
    let inbound = options.inbound_mail.receiver(None)?;
    let inbound = inbound
        .ok_or_else(|| Failure::new("the domain is missing: --inbound-mail-domain or PORTICO_INBOUND_MAIL_DOMAIN"))?;
    let mut raw = Vec::new();
    let limit = u64::try_from(MAIL_BYTES).unwrap_or(u64::MAX);
    std::io::stdin().lock().take(limit + 1).read_to_end(&mut raw).map_err(Failure::new)?;
    let store = Store::new(&options.database.database()?, POOLS);
    check_version(&store).await?;
    let bytes = options.files.store().open(&store).await?;
    let bytes = bytes.ok_or_else(|| Failure::new("the store is missing: --files-store or PORTICO_FILES_STORE"))?;
    #[expect(clippy::disallowed_methods, reason = "a command has no request whose clock it could ask")]
    let now = chrono::Utc::now();
    // A mail has no links, signs nothing and needs no password.
    let installation = Installation {
        links: LinkKey::from_secret(b""),
        decision_keys: DecisionKeys::default(),
        hosts: Arc::default(),
        attempts: Arc::new(RateLimiter::default()),
        heavy: HeavyPool::default(),
        wake: Wake::default(),
        files: Some(options.files.limits()),
        scans_files: options.files.store().has_scanner(),
        mail_domain: Some(inbound.domain().clone()),
        file_links: links(b"", None),
        site: LinkSite::PortalHosts,
    };
    let actor = Actor::new(store, Arc::new(Viewer::public()), Origin::default(), now, installation);
    Ok(inbound.receive(&actor, &bytes, raw.into(), &options.to).await)
}
