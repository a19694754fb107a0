//! SMTP connections.

use std::time::Duration;

use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

use super::error::{SendError, TransportError};
use crate::loopback::is_loopback;

/// Timeout of one SMTP step. A worker waits no longer for a whole mail.
const STEP: Duration = Duration::from_secs(20);
/// Maximum number of idle connections to a mail server, and how long they are kept.
const CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);

pub(crate) type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Parses `smtp://user:password@host:port` or `smtps://..`.
///
/// `smtp` to another machine requires STARTTLS, unless `?tls=none` states that the network is trusted; then no password
/// is sent. `smtp` to this machine needs no encryption.
pub(crate) fn connect_to(url: &str) -> Result<Smtp, TransportError> {
    let mut url = Url::parse(url).map_err(|error| TransportError::Unreadable(error.to_string()))?;
    let Some(host) = url.host() else { return Err(TransportError::Unreadable("it names no host".to_owned())) };
    let is_here = is_loopback(&host);
    let wish = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let has_password = !url.username().is_empty() || url.password().is_some();
    let tls = match (url.scheme(), wish.as_deref()) {
        ("smtps", None) => None,
        ("smtp", Some("required")) => Some("tls=required"),
        ("smtp", None) if !is_here => Some("tls=required"),
        ("smtp", None | Some("none")) if has_password && !is_here => return Err(TransportError::PasswordInClear),
        ("smtp", None | Some("none")) => None,
        ("smtp" | "smtps", _) => return Err(TransportError::Unreadable("tls is `required` or `none`".to_owned())),
        _ => return Err(TransportError::Unreadable("it begins with neither smtp:// nor smtps://".to_owned())),
    };
    url.set_query(tls);
    let builder = Smtp::from_url(url.as_str()).map_err(|error| TransportError::Unreadable(error.to_string()))?;
    let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE);
    Ok(builder.timeout(Some(STEP)).pool_config(pool).build())
}

pub(crate) async fn send(smtp: &Smtp, message: Message) -> Result<(), SendError> {
    let needs_utf8 = !message.envelope().to().iter().all(|address| address.to_string().is_ascii());
    smtp.send(message).await.map(drop).map_err(|error| {
        // Domains are A-labels by now. A mailbox with other letters needs a server with SMTPUTF8; a retry at this
        // server does not help.
        if needs_utf8 && error.is_client() {
            let text = "the mail server does not accept mailbox names with non-ASCII characters (SMTPUTF8)";
            return SendError::refused(None, text.to_owned());
        }
        classify(&error)
    })
}

/// Classifies the reply of a mail server. A 5xx code rejects the mail for good, except codes that reject the sender:
/// those mails may be sent once an operator has corrected the credentials.
fn classify(error: &Error) -> SendError {
    let code = error.status().map(u16::from);
    let rejects_sender = code.is_some_and(|code| matches!(code, 500..=504 | 530 | 534 | 535 | 538));
    let text = error.to_string();
    if error.is_permanent() && !rejects_sender { SendError::refused(code, text) } else { SendError::later(code, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        connect_to(url).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn invalid_url_error_omits_password() {
        for good in [
            "smtp://127.0.0.1:1025",
            "smtp://[::1]:1025",
            "smtp://u:p@localhost",
            "smtps://user:p%40ss@mail.example",
            "smtp://user:pass@mail.example:587",
            "smtp://relay.example?tls=none",
        ] {
            assert_eq!(refusal(good), "", "{good}");
        }
        for (bad, word) in [
            ("mail.example", "relative URL"),
            ("http://mail.example", "smtp://"),
            ("smtp://", "host"),
            ("smtp://u:hunter2@mail.example?tls=none", "in plain text"),
            ("smtp://u:hunter2@mail.example?tls=opportunistic", "`required` or `none`"),
            ("smtps://u:hunter2@mail.example?tls=none", "`required` or `none`"),
            ("smtp://u:hunter2@mail.example:99999", "port"),
        ] {
            let message = refusal(bad);
            assert!(message.contains(word), "{bad}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
