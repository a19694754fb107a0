//! Connections to the server, like `tokio_postgres::Config::connect`, over a stream that adds SQLSTATE codes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use portico_tls::{handshake, tls_error_of};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_postgres::{Client, Config};

use crate::StoreError;
use crate::address::{Address, Encryption};
use crate::sqlstate::WithCodes;

/// Default port of the server.
const PORT: u16 = 5432;
/// Asks whether the server supports TLS (`SSLRequest`): a length of 8, and the code 1234 5679.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client, and the task that drives its connection.
pub(crate) type Connected = (Client, JoinHandle<()>);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The server cannot be reached, or is not usable.
    #[error("{0}")]
    Unreachable(String),
    /// TLS failed: a fault of a certificate or of a setting, with its remedy.
    #[error("{0}")]
    Tls(String),
    /// The server rejected the sign-in.
    #[error("{0}")]
    Rejected(String),
}

impl From<ConnectError> for StoreError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Tls(reason) => Self::Tls(reason),
            ConnectError::Rejected(reason) => Self::Rejected(reason),
            ConnectError::Unreachable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<diesel::ConnectionError> for ConnectError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// Connects to the first host that answers and has the required session attributes.
pub(crate) async fn connect_client(address: &Address) -> Result<Connected, ConnectError> {
    let mut last = ConnectError::Unreachable("the address names no host".to_owned());
    for place in 0..address.config.get_hosts().len() {
        match connect_to(address, place).await {
            Ok(connected) => return Ok(connected),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect_to(address: &Address, place: usize) -> Result<Connected, ConnectError> {
    let (client, driver) = sign_in_encrypted(address, place).await?;
    let wanted = match address.config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok((client, driver)),
    };
    let row = client.query_one("show transaction_read_only", &[]).await.map_err(|error| described(&error))?;
    if row.get::<_, &str>(0) == wanted {
        return Ok((client, driver));
    }
    Err(ConnectError::Unreachable("the server does not have the wanted session attributes".to_owned()))
}

/// Signs in as `sslmode` says: `allow` and `prefer` try a second connection if the server rejects the first one.
async fn sign_in_encrypted(address: &Address, place: usize) -> Result<Connected, ConnectError> {
    // As libpq: what passes no network needs no encryption.
    let is_local = matches!(address.config.get_hosts().get(place), Some(Host::Unix(_)));
    let (first, second) = match address.encryption {
        _ if is_local => (Attempt::Plain, None),
        Encryption::Disable => (Attempt::Plain, None),
        Encryption::Allow => (Attempt::Plain, Some(Attempt::Encrypted)),
        Encryption::Prefer => (Attempt::IfOffered, Some(Attempt::Plain)),
        Encryption::Require => (Attempt::Encrypted, None),
    };
    let (error, was_encrypted) = match sign_in(address, place, first).await {
        Ok(connected) => return Ok(connected),
        Err(failure) => failure,
    };
    let Some(second) = second.filter(|second| was_encrypted != (*second == Attempt::Encrypted)) else {
        return Err(error);
    };
    if matches!(error, ConnectError::Unreachable(_)) {
        return Err(error);
    }
    match sign_in(address, place, second).await {
        Ok(connected) => Ok(connected),
        // Both reasons, as either may be the one to mend.
        Err((other, _)) => Err(match (&error, &other) {
            (ConnectError::Tls(_), _) | (_, ConnectError::Tls(_)) => ConnectError::Tls(both(&error, &other)),
            _ => ConnectError::Rejected(both(&error, &other)),
        }),
    }
}

fn both(first: &ConnectError, second: &ConnectError) -> String {
    let (first, second) = (first.to_string(), second.to_string());
    if first == second { first } else { format!("{first}; and then: {second}") }
}

/// One way to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Plain,
    /// Encrypted, or plain if the server has no TLS.
    IfOffered,
    Encrypted,
}

/// Connects and signs in. The error says whether the connection was, or would have been, encrypted.
async fn sign_in(address: &Address, place: usize, attempt: Attempt) -> Result<Connected, (ConnectError, bool)> {
    let config = &address.config;
    let would_be = attempt != Attempt::Plain;
    let bad = |error: &io::Error| ConnectError::Unreachable(format!("error connecting to server: {error}"));
    let late = || bad(&io::ErrorKind::TimedOut.into());
    let timeout = config.get_connect_timeout().copied().unwrap_or(Duration::from_secs(60));
    let opened = tokio::time::timeout(timeout, open(config, place)).await;
    let stream = opened.map_err(|_| (late(), would_be))?.map_err(|error| (bad(&error), would_be))?;
    let encrypted = tokio::time::timeout(timeout, encrypt(address, place, attempt, stream)).await;
    let stream = encrypted.map_err(|_| (late(), would_be))?.map_err(|error| (error, would_be))?;
    let is_encrypted = stream.is_encrypted;
    let signing_in = tokio::time::timeout(timeout, config.connect_raw(stream, AlreadyEncrypted)).await;
    let (client, connection) = signing_in
        .map_err(|_| (late(), is_encrypted))?
        .map_err(|error| (sign_in_error(&error, address, place, is_encrypted), is_encrypted))?;
    let driver = tokio::spawn(async move {
        // The client's pending statements get the error; logging it here would repeat it.
        let _ = connection.await;
    });
    Ok((client, driver))
}

/// A connection before sign-in.
struct ServerStream {
    stream: WithCodes<Box<dyn Stream>>,
    is_encrypted: bool,
    /// The hash of the server's certificate.
    end_point: Option<Vec<u8>>,
}

impl ServerStream {
    fn plain(stream: Box<dyn Stream>) -> Self {
        Self { stream: WithCodes::new(stream), is_encrypted: false, end_point: None }
    }
}

async fn encrypt(
    address: &Address,
    place: usize,
    attempt: Attempt,
    mut stream: Box<dyn Stream>,
) -> Result<ServerStream, ConnectError> {
    if attempt == Attempt::Plain {
        return Ok(ServerStream::plain(stream));
    }
    let host = host_name(&address.config, place);
    if !address.is_direct && !offers_tls(&mut stream).await.map_err(|error| negotiation_error(&error))? {
        if attempt == Attempt::IfOffered {
            return Ok(ServerStream::plain(stream));
        }
        return Err(ConnectError::Tls(format!(
            "{host} does not offer TLS, and sslmode={} requires it; set `ssl = on` in its postgresql.conf",
            address.mode
        )));
    }
    let session = handshake(&address.tls, &host, stream).await.map_err(ConnectError::Tls)?;
    if address.is_direct && !session.has_protocol {
        return Err(ConnectError::Tls(format!(
            "{host} does not support sslnegotiation=direct, which needs PostgreSQL 17; leave it out"
        )));
    }
    let stream: Box<dyn Stream> = Box::new(session.stream);
    Ok(ServerStream { stream: WithCodes::new(stream), is_encrypted: true, end_point: session.end_point })
}

async fn offers_tls(stream: &mut Box<dyn Stream>) -> io::Result<bool> {
    stream.write_all(&SSL_REQUEST).await?;
    // Exactly one byte: bytes after it would have been sent before the encryption, by anyone.
    match stream.read_u8().await? {
        b'S' => Ok(true),
        b'N' => Ok(false),
        // `E` begins an error: the server cannot serve anyone now.
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn negotiation_error(error: &io::Error) -> ConnectError {
    if is_hang_up(error) || error.kind() == io::ErrorKind::InvalidData {
        return ConnectError::Unreachable(HANG_UP.to_owned());
    }
    ConnectError::Unreachable(format!("error connecting to server: {error}"))
}

/// The name that a certificate must have.
fn host_name(config: &Config, place: usize) -> String {
    match (config.get_hosts().get(place), config.get_hostaddrs().get(place)) {
        (Some(Host::Tcp(name)), _) => name.clone(),
        (_, Some(address)) => address.to_string(),
        _ => "the server".to_owned(),
    }
}

/// The encryption is complete when `tokio_postgres` begins.
struct AlreadyEncrypted;

impl TlsConnect<ServerStream> for AlreadyEncrypted {
    type Stream = ServerStream;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<ServerStream>>;

    fn connect(self, stream: ServerStream) -> Self::Future {
        std::future::ready(Ok(stream))
    }
}

impl TlsStream for ServerStream {
    fn channel_binding(&self) -> ChannelBinding {
        self.end_point.clone().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for ServerStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ServerStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

async fn open(config: &Config, place: usize) -> io::Result<Box<dyn Stream>> {
    let ports = config.get_ports();
    let port = ports.get(place).or(ports.first()).copied().unwrap_or(PORT);
    let stream = match (config.get_hosts().get(place), config.get_hostaddrs().get(place)) {
        (Some(Host::Unix(folder)), _) => {
            let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?;
            return Ok(Box::new(stream));
        }
        (_, Some(address)) => TcpStream::connect((*address, port)).await?,
        (Some(Host::Tcp(name)), None) => TcpStream::connect((name.as_str(), port)).await?,
        (None, None) => return Err(io::ErrorKind::NotFound.into()),
    };
    stream.set_nodelay(true)?;
    if config.get_keepalives() {
        let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
        if let Some(interval) = config.get_keepalives_interval() {
            keepalive = keepalive.with_interval(interval);
        }
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    }
    Ok(Box::new(stream))
}

const HANG_UP: &str =
    "the server closed the connection during sign-in; it may not be PostgreSQL, or be starting or stopping";

/// Describes why the server rejected the sign-in.
fn sign_in_error(error: &tokio_postgres::Error, address: &Address, place: usize, is_encrypted: bool) -> ConnectError {
    // Servers refuse a client certificate after the handshake of TLS 1.3.
    if let Some(error) = tls_error_of(error) {
        return ConnectError::Tls(address.tls.describe(error, &host_name(&address.config, place)));
    }
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    if error.is_closed() || cause.is_some_and(is_hang_up) {
        return ConnectError::Unreachable(HANG_UP.to_owned());
    }
    let Some(server) = error.as_db_error() else { return described(error) };
    let text = format!("{} {}", server.code().code(), text_of(error));
    // The code is shared by several reasons, and the text may be in another language.
    if *server.code() != SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        return ConnectError::Rejected(text);
    }
    let is_local = matches!(address.config.get_hosts().get(place), Some(Host::Unix(_)));
    ConnectError::Rejected(if !is_encrypted && !is_local && address.encryption == Encryption::Disable {
        format!("{text}; if the server requires TLS, set sslmode to require or above")
    } else if is_encrypted && address.tls.client.is_none() {
        format!("{text}; if the server requires a client certificate, set sslcert and sslkey")
    } else {
        text
    })
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

pub(crate) fn described(error: &tokio_postgres::Error) -> ConnectError {
    ConnectError::Unreachable(text_of(error))
}

fn text_of(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}
