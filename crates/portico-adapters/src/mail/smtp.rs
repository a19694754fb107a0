//! A mail server, from its address.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::{Host, Url};

use super::error::{SendError, TransportError};

/// How long a mail server may take for one step. A worker waits no longer for the whole of a mail.
const STEP: Duration = Duration::from_secs(20);
/// How many connections to a mail server are kept, and for how long while nothing is sent.
const CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);

pub(crate) type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Reads `smtp://user:password@host:port` or `smtps://..`.
///
/// Whoever says `smtp` to another machine gets STARTTLS and nothing less, unless `?tls=none` says that the way there is
/// safe; then no password is sent. On this machine there is nobody on the way.
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

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        // Hosts of schemes that `url` does not know are names, even if they are numbers.
        Host::Domain(name) => *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

pub(crate) async fn send(smtp: &Smtp, message: Message) -> Result<(), SendError> {
    let needs_utf8 = !message.envelope().to().iter().all(|address| address.to_string().is_ascii());
    smtp.send(message).await.map(drop).map_err(|error| {
        // Domains are A-labels by now. A mailbox with other letters needs a server that takes it, and this one will not learn to.
        if needs_utf8 && error.is_client() {
            let text = "the mail server does not accept mailbox names with non-ASCII characters (SMTPUTF8)";
            return SendError::refused(None, text.to_owned());
        }
        told(&error)
    })
}

/// What a mail server said. It refuses a mail with 5xx; to refuse *us* it has codes of their own, and then the mail may go out as
/// soon as somebody has mended the password.
fn told(error: &Error) -> SendError {
    let code = error.status().map(u16::from);
    let is_about_us = code.is_some_and(|code| matches!(code, 500..=504 | 530 | 534 | 535 | 538));
    let text = error.to_string();
    if error.is_permanent() && !is_about_us { SendError::refused(code, text) } else { SendError::later(code, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        connect_to(url).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn an_address_is_read_or_refused_in_words_without_its_password() {
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
            ("smtp://u:hunter2@mail.example?tls=none", "in the clear"),
            ("smtp://u:hunter2@mail.example?tls=opportunistic", "`required` or `none`"),
            ("smtps://u:hunter2@mail.example?tls=none", "`required` or `none`"),
            ("smtp://u:hunter2@mail.example:99999", "port"),
        ] {
            let told = refusal(bad);
            assert!(told.contains(word), "{bad}: {told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
