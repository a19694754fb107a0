//! How mail leaves, as `serve` and `worker` are told.

use clap::Args;
use portico_adapters::mail::{Sender, Transport};
use portico_core::people::LinkSite;

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct MailOptions {
    /// The mail server: smtps://user:password@host, or smtp://host:25; mails wait without one
    // Read by us: clap's own complaint would repeat the password in it.
    #[arg(long, env = "PORTICO_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The address that mails come from: portal@builders.example
    #[arg(long, env = "PORTICO_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Where links in mails lead, for a trial: http://127.0.0.1:8080; else to the portal host of each company, by HTTPS
    #[arg(long, env = "PORTICO_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
}

impl MailOptions {
    /// Where links lead.
    pub(super) fn site(&self) -> Result<LinkSite, Failure> {
        let Some(url) = &self.public_url else { return Ok(LinkSite::PortalHosts) };
        let base = url.trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        let is_base = host.parse::<axum::http::uri::Authority>().is_ok_and(|host| !host.as_str().contains('@'));
        if !is_base {
            return Err(Failure::new(
                "--public-url is no address like https://portal.example or http://127.0.0.1:8080",
            ));
        }
        Ok(LinkSite::At(base.to_owned()))
    }

    /// How mail leaves, if it does.
    pub(super) fn way_out(&self) -> Result<Option<(Transport, Sender)>, Failure> {
        let Some(url) = &self.smtp_url else { return Ok(None) };
        let transport =
            Transport::smtp(url).map_err(|error| Failure::new(format_args!("--smtp-url cannot be used: {error}")))?;
        let Some(from) = &self.mail_from else {
            return Err(Failure::new("--smtp-url needs --mail-from, the address that mails come from"));
        };
        let sender = Sender::parse(from).map_err(|error| {
            Failure::new(format_args!("--mail-from cannot be used: {error}; it is like portal@builders.example"))
        })?;
        Ok(Some((transport, sender)))
    }
}
