//! The HTTP client of buckets, over hyper and the TLS of all other connections.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody,
    HttpService,
};
use portico_tls::{ParameterNames, Roots, TlsOptions, Verification, handshake};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tower::Service;

/// Maximum duration of a connection attempt, with its handshake.
const CONNECT: Duration = Duration::from_secs(5);
/// Idle connections are closed before most servers close them.
const IDLE: Duration = Duration::from_secs(15);
const MAX_IDLE: usize = 32;

/// No client certificates: S3 signs its requests instead.
const NAMES: ParameterNames = ParameterNames {
    roots: "--files-s3-ca",
    certificate: "",
    key: "",
    other_name: "set the host of --files-s3-endpoint to a name of the certificate",
};

/// Makes clients of object stores.
#[derive(Debug)]
pub(super) struct Connector(Arc<TlsOptions>);

impl Connector {
    /// Connections that trust the CAs of a PEM file, or without one the public ones.
    pub(super) fn new(authority: Option<PathBuf>) -> Result<Self, String> {
        let tls = TlsOptions {
            verification: Verification::AuthorityAndName,
            roots: authority.map_or(Roots::Mozilla, Roots::File),
            client: None,
            protocol: None,
            names: &NAMES,
        };
        // A file that cannot be used is known at the start.
        tls.client_config()?;
        Ok(Self(Arc::new(tls)))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE)
            .build(Dialer(Arc::clone(&self.0)));
        Ok(HttpClient::new(BucketClient(client)))
    }
}

#[derive(Debug)]
struct BucketClient(Client<Dialer, HttpRequestBody>);

#[async_trait]
impl HttpService for BucketClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.request(request).await.map_err(|error| http_error(&error))?;
        Ok(response.map(|body| HttpResponseBody::new(body.map_err(|error| http_error(&error)))))
    }
}

/// The kind says whether the request is tried again. Requests that write are too: an object is written once, as a whole.
fn http_error(error: &(dyn Error + 'static)) -> HttpError {
    let mut kind = HttpErrorKind::Unknown;
    let mut deepest = error;
    loop {
        if let Some(client) = deepest.downcast_ref::<hyper_util::client::legacy::Error>()
            && client.is_connect()
        {
            kind = HttpErrorKind::Connect;
        } else if let Some(hyper) = deepest.downcast_ref::<hyper::Error>()
            && (hyper.is_closed() || hyper.is_incomplete_message() || hyper.is_body_write_aborted())
        {
            kind = HttpErrorKind::Request;
        } else if deepest.is::<io::Error>() && kind == HttpErrorKind::Unknown {
            kind = HttpErrorKind::Interrupted;
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => break,
        }
    }
    HttpError::new(kind, io::Error::other(deepest.to_string()))
}

/// Opens connections.
#[derive(Debug, Clone)]
struct Dialer(Arc<TlsOptions>);

impl Service<Uri> for Dialer {
    type Response = TokioIo<Box<dyn Socket>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let tls = Arc::clone(&self.0);
        Box::pin(async move {
            let late = |_| io::Error::other(format!("no connection within {} s", CONNECT.as_secs()));
            tokio::time::timeout(CONNECT, dial(&tls, &uri)).await.map_err(late)?.map(TokioIo::new)
        })
    }
}

async fn dial(tls: &TlsOptions, uri: &Uri) -> io::Result<Box<dyn Socket>> {
    let is_plain = uri.scheme_str() == Some("http");
    // Addresses of IPv6 are in brackets in URLs only.
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|error| io::Error::other(format!("cannot connect to {host}:{port}: {error}")))?;
    stream.set_nodelay(true)?;
    if is_plain {
        return Ok(Box::new(stream));
    }
    let session = handshake(tls, host, stream).await.map_err(io::Error::other)?;
    Ok(Box::new(session.stream))
}

/// A connection, encrypted or not.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

impl Connection for Box<dyn Socket> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}
