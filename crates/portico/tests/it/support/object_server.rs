//! An S3-compatible server, with a proxy before it that simulates outages.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::Method;
use portico_adapters::files::{BucketAccess, FileStore, StoreLocation};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The bucket that exists.
pub(crate) const BUCKET: &str = "portico-files";
/// Requests that need no signature: those that create the bucket and the access key.
const UNSIGNED: &str = "4";

/// moto, which checks signatures and rights and keeps objects in memory. Stopped on drop.
pub(crate) struct ObjectServer {
    child: Child,
    /// Its base URL.
    pub(crate) address: String,
    /// Id of an access key to all buckets.
    pub(crate) key_id: String,
    /// Secret of that access key.
    pub(crate) secret: String,
}

impl ObjectServer {
    /// Starts one with a bucket and an access key.
    pub(crate) async fn start() -> Self {
        let mut command = Command::new("moto_server");
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        command.env("PYTHONUNBUFFERED", "1").env("INITIAL_NO_AUTH_ACTION_COUNT", UNSIGNED);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("moto_server is missing: run script/setup --tests");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let address = log
            .by_ref()
            .map(|line| line.expect("it prints text"))
            .find_map(|line| line.split_once("Running on ").map(|(_, url)| url.trim().to_owned()))
            .expect("it prints its address");
        // Read to its end: a full pipe would stop the server.
        std::thread::spawn(move || log.for_each(drop));
        let mut server = Self { child, address, key_id: String::new(), secret: String::new() };
        server.prepare().await;
        server
    }

    async fn prepare(&mut self) {
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        let user = [("UserName", "portico"), ("Version", "2010-05-08")];
        self.manage("CreateUser", &user).await;
        self.manage("PutUserPolicy", &[&user[..], &[("PolicyName", "all"), ("PolicyDocument", policy)]].concat()).await;
        let key = self.manage("CreateAccessKey", &user).await;
        let part = |name: &str| {
            let (_, rest) = key.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}: {key}"));
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        (self.key_id, self.secret) = (part("AccessKeyId"), part("SecretAccessKey"));
        self.unsigned(Method::PUT, BUCKET).await;
    }

    /// Deletes an object of its bucket.
    pub(crate) async fn delete(&self, path: &str) {
        let allow = reqwest::Client::new().post(format!("{}/moto-api/reset-auth", self.address)).body("1");
        assert!(allow.send().await.expect("it answers").status().is_success());
        self.unsigned(Method::DELETE, &format!("{BUCKET}/{path}")).await;
    }

    async fn unsigned(&self, method: Method, path: &str) {
        let request = reqwest::Client::new().request(method, format!("{}/{path}", self.address));
        let answer = request.header("authorization", scope("s3")).send().await.expect("it answers");
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn manage(&self, action: &str, fields: &[(&str, &str)]) -> String {
        let form: Vec<_> = [("Action", action)].iter().chain(fields).copied().collect();
        let request = reqwest::Client::new().post(&self.address).header("authorization", scope("iam")).form(&form);
        let answer = request.send().await.expect("it answers");
        assert!(answer.status().is_success(), "{action}");
        answer.text().await.expect("it answers in text")
    }

    /// Access with its key.
    pub(crate) fn access(&self) -> BucketAccess {
        BucketAccess {
            endpoint: Some(self.address.parse().expect("an address")),
            region: "us-east-1".to_owned(),
            key_id: self.key_id.clone().into(),
            secret: self.secret.clone().into(),
            authority: None,
        }
    }

    /// The store in a part of its bucket.
    pub(crate) fn store(&self, prefix: &str) -> FileStore {
        store_in(&format!("s3://{BUCKET}/{prefix}"), &self.access())
    }
}

/// The store at a location.
pub(crate) fn store_in(location: &str, access: &BucketAccess) -> FileStore {
    let Ok(StoreLocation::Bucket(bucket)) = location.parse() else { panic!("no bucket: {location}") };
    FileStore::open_bucket(&bucket, access).expect("the settings can be used")
}

/// Tells the server which of its services is asked, which it reads from the signature.
fn scope(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x")
}

impl Drop for ObjectServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A local port before a server, which can be closed.
pub(crate) struct Outage {
    address: SocketAddr,
    is_down: Arc<AtomicBool>,
}

impl Outage {
    /// Passes everything on, with this latency of each connection.
    pub(crate) async fn before(server: &ObjectServer, latency: Duration) -> Self {
        Self::with(server, latency, None).await
    }

    /// Passes everything on, over TLS with this certificate and key.
    pub(crate) async fn encrypted(server: &ObjectServer, (certificate, key): (&Path, &Path)) -> Self {
        let chain = CertificateDer::pem_file_iter(certificate).expect("a certificate").map(|one| one.expect("PEM"));
        let key = PrivateKeyDer::from_pem_file(key).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain.collect(), key)
            .expect("a pair");
        Self::with(server, Duration::ZERO, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn with(server: &ObjectServer, latency: Duration, tls: Option<TlsAcceptor>) -> Self {
        let far = server.address.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("the port is known");
        let is_down = Arc::new(AtomicBool::new(false));
        let down = Arc::clone(&is_down);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if down.load(Ordering::Relaxed) {
                    continue;
                }
                let (far, tls) = (far.clone(), tls.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(latency).await;
                    let far = TcpStream::connect(far).await?;
                    match tls {
                        Some(tls) => join(tls.accept(near).await?, far).await,
                        None => join(near, far).await,
                    }
                });
            }
        });
        Self { address, is_down }
    }

    /// Closes all new connections from now on, or passes them on again.
    pub(crate) fn turn(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

async fn join(mut near: impl AsyncRead + AsyncWrite + Unpin, mut far: TcpStream) -> std::io::Result<()> {
    tokio::io::copy_bidirectional(&mut near, &mut far).await.map(drop)
}
