//! The handshake.

use std::io;
use std::sync::Arc;

use rustls::pki_types::{IpAddr, Ipv4Addr, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::binding::server_end_point;
use crate::fault::tls_error_of;
use crate::options::{TlsOptions, Verification};

/// An encrypted connection.
pub struct Session<S> {
    /// The stream.
    pub stream: TlsStream<S>,
    /// The hash of the server's certificate, for SCRAM's channel binding.
    pub end_point: Option<Vec<u8>>,
    /// Whether the server has chosen the application protocol.
    pub has_protocol: bool,
}

/// Makes a stream to `host` a TLS session.
///
/// # Errors
///
/// Describes what failed, and the remedy.
pub async fn handshake<S>(options: &TlsOptions, host: &str, stream: S) -> Result<Session<S>, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut config = options.client_config()?;
    let name = match ServerName::try_from(host.to_owned()) {
        Ok(name) => name,
        Err(_) if options.verification == Verification::AuthorityAndName => {
            return Err(format!("{host} is neither a DNS name nor an IP address, so no certificate can be for it"));
        }
        Err(_) => {
            config.enable_sni = false;
            ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0; 4])))
        }
    };
    let stream =
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| {
            match tls_error_of(&error) {
                Some(error) => options.describe(error, host),
                None if is_hang_up(&error) => {
                    format!("{host} closed the connection during the TLS handshake; check the address and the port")
                }
                None => format!("the TLS handshake with {host} failed: {error}"),
            }
        })?;
    let (_, session) = stream.get_ref();
    let end_point = session.peer_certificates().and_then(|chain| server_end_point(chain.first()?));
    let has_protocol = session.alpn_protocol().is_some();
    Ok(Session { stream, end_point, has_protocol })
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}
