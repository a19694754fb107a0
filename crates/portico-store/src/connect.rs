//! Connections to the server, like `tokio_postgres::Config::connect`, over a stream that adds SQLSTATE codes.

use std::io;
use std::time::Duration;

use diesel::ConnectionError;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};

use crate::sqlstate::WithCodes;

/// Default port of the server.
const PORT: u16 = 5432;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client, and the task that drives its connection.
pub(crate) type Connected = (Client, JoinHandle<()>);

/// Connects to the first host that answers and has the required session attributes.
pub(crate) async fn connect_client(config: &Config) -> Result<Connected, ConnectionError> {
    let mut last = ConnectionError::BadConnection("the address names no host".to_owned());
    for place in 0..config.get_hosts().len() {
        match connect_to(config, place).await {
            Ok(connected) => return Ok(connected),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect_to(config: &Config, place: usize) -> Result<Connected, ConnectionError> {
    let bad = |error: &io::Error| ConnectionError::BadConnection(format!("error connecting to server: {error}"));
    let timeout = config.get_connect_timeout().copied().unwrap_or(Duration::from_secs(60));
    let opened = tokio::time::timeout(timeout, open(config, place)).await;
    let stream = opened.map_err(|_| bad(&io::ErrorKind::TimedOut.into()))?.map_err(|error| bad(&error))?;
    let signing_in = tokio::time::timeout(timeout, config.connect_raw(WithCodes::new(stream), NoTls)).await;
    let (client, connection) =
        signing_in.map_err(|_| bad(&io::ErrorKind::TimedOut.into()))?.map_err(|error| sign_in_error(&error))?;
    let driver = tokio::spawn(async move {
        // The client's pending statements get the error; logging it here would repeat it.
        let _ = connection.await;
    });
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok((client, driver)),
    };
    let row = client.query_one("show transaction_read_only", &[]).await.map_err(|error| described(&error))?;
    if row.get::<_, &str>(0) == wanted {
        return Ok((client, driver));
    }
    Err(ConnectionError::BadConnection("the server does not have the wanted session attributes".to_owned()))
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

/// Describes why the server rejected the sign-in.
fn sign_in_error(error: &tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    let hangs_up = |cause: &io::Error| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        matches!(cause.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    };
    if error.is_closed() || cause.is_some_and(hangs_up) {
        let text =
            "the server closed the connection during sign-in; it may not be PostgreSQL, or be starting or stopping";
        return ConnectionError::BadConnection(text.to_owned());
    }
    described(error)
}

pub(crate) fn described(error: &tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    ConnectionError::BadConnection(format!("{error}{cause}"))
}
