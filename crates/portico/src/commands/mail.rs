//! How mail leaves, as `serve` and `worker` are told.

use clap::Args;
use portico_adapters::mail::{Sender, Transport};
use secrecy::{ExposeSecret, SecretString};

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct MailOptions {
    /// The mail server: smtps://user:password@host, or smtp://host:25; mails wait without one
    // Read by us: clap's own complaint would repeat the password in it.
    #[arg(long, env = "PORTICO_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<SecretString>,
    /// The address that mails come from: portal@builders.example
    #[arg(long, env = "PORTICO_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl MailOptions {
    /// How mail leaves, if it does.
    pub(super) fn way_out(&self) -> Result<Option<(Transport, Sender)>, Failure> {
        let Some(url) = &self.smtp_url else { return Ok(None) };
        let transport = Transport::smtp(url.expose_secret())
            .map_err(|error| Failure::new(format_args!("--smtp-url cannot be used: {error}")))?;
        let Some(from) = &self.mail_from else {
            return Err(Failure::new("--smtp-url needs --mail-from, the address that mails come from"));
        };
        let sender = Sender::parse(from).map_err(|error| {
            Failure::new(format_args!("--mail-from cannot be used: {error}; it is like portal@builders.example"))
        })?;
        Ok(Some((transport, sender)))
    }
}
