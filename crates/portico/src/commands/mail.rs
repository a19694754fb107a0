//! Options for sending mail.

use clap::Args;
use portico_adapters::mail::{Sender, Transport};
use secrecy::{ExposeSecret, SecretString};

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct MailOptions {
    /// The mail server: smtps://user:password@host, or smtp://host:25; emails stay queued without one
    // Parsed by us: clap's error would repeat the password.
    #[arg(long, env = "PORTICO_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<SecretString>,
    /// The sender address of emails: portal@builders.example
    #[arg(long, env = "PORTICO_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl MailOptions {
    /// The mail transport and sender, if configured.
    pub(super) fn mail_transport(&self) -> Result<Option<(Transport, Sender)>, Failure> {
        let Some(url) = &self.smtp_url else { return Ok(None) };
        let transport = Transport::smtp(url.expose_secret())
            .map_err(|error| Failure::new(format_args!("--smtp-url or PORTICO_SMTP_URL is invalid: {error}")))?;
        let Some(from) = &self.mail_from else {
            return Err(Failure::new("--smtp-url needs --mail-from or PORTICO_MAIL_FROM, the sender address"));
        };
        let sender = Sender::parse(from).map_err(|error| {
            Failure::new(format_args!(
                "--mail-from or PORTICO_MAIL_FROM is `{from}`, which is invalid: {error}; use an address such as portal@builders.example"
            ))
        })?;
        Ok(Some((transport, sender)))
    }
}
