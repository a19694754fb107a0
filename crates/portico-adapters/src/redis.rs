//! Redis connection with a timeout per command and a circuit breaker, so that an outage of Redis delays no request.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portico_core::limits;
use portico_tls::{ClientCertificate, ParameterNames, Roots, TlsOptions, Verification, handshake, tls_error_of};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ClientTlsConfig, ConnectionAddr, IntoConnectionInfo, RedisError, RedisResult, TlsCertificates};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Consecutive failures that open the circuit breaker.
const MAX_FAILURES: u32 = 3;
/// First and longest pause of the open breaker before a probe; each failed probe doubles the pause.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

const NAMES: ParameterNames = ParameterNames {
    roots: "--redis-ca",
    certificate: "--redis-cert",
    key: "--redis-key",
    other_name: "set the host of --redis-url to a name of the certificate",
};

/// PEM files for TLS with Redis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedisTlsFiles {
    /// The trusted CAs; without a file, Mozilla's.
    pub authority: Option<PathBuf>,
    /// The client certificate.
    pub certificate: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
}

/// TLS with the server of a `rediss://` URL.
#[derive(Debug)]
struct RedisTls {
    host: String,
    port: u16,
    options: TlsOptions,
}

/// A shared connection, opened when first used and reopened when it breaks. Cheap to clone.
#[derive(Clone)]
pub struct RedisConnection {
    connection: ConnectionManager,
    breaker: Arc<Breaker>,
    tls: Option<Arc<RedisTls>>,
}

impl RedisConnection {
    /// Prepares a connection to `redis://host:6379`, or with TLS to `rediss://host:6379`.
    ///
    /// # Errors
    ///
    /// Describes what is wrong with the URL, without the URL itself, which may hold a password.
    pub fn new(url: &str) -> Result<Self, String> {
        Self::with_tls(url, RedisTlsFiles::default())
    }

    /// As [`Self::new`], with files for TLS.
    ///
    /// # Errors
    ///
    /// As [`Self::new`]; or names a file that cannot be used.
    pub fn with_tls(url: &str, files: RedisTlsFiles) -> Result<Self, String> {
        let invalid = || "--redis-url is invalid: use a URL such as redis://host:6379, or rediss://host:6379 for TLS";
        let info = url.into_connection_info().map_err(|_| invalid())?;
        let (client, tls) = match info.addr() {
            ConnectionAddr::TcpTls { insecure: true, .. } => {
                return Err(
                    "--redis-url ends in #insecure, which is not supported; set --redis-ca to a file with the \
                            certificate of the server's CA"
                        .to_owned(),
                );
            }
            ConnectionAddr::TcpTls { host, port, .. } => {
                let tls = RedisTls { host: host.clone(), port: *port, options: files.options()? };
                (tls.client(url)?, Some(Arc::new(tls)))
            }
            _ if files.authority.is_some() || files.certificate.is_some() || files.key.is_some() => {
                return Err("--redis-ca, --redis-cert and --redis-key are for TLS: use a rediss:// URL".to_owned());
            }
            _ => (Client::open(url).map_err(|_| invalid())?, None),
        };
        // A handshake takes several round trips. Requests do not wait for it longer than for an answer.
        let opening = if tls.is_some() { limits::CONNECTION } else { limits::REDIS };
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(limits::REDIS))
            .set_connection_timeout(Some(opening));
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| error.to_string())?;
        Ok(Self { connection, breaker: Arc::default(), tls })
    }

    /// Connects anew to find out whether TLS works.
    ///
    /// # Errors
    ///
    /// Describes what failed, and the remedy. Without TLS there is nothing to find.
    pub async fn check_tls(&self) -> Result<(), String> {
        let Some(tls) = &self.tls else { return Ok(()) };
        let checked = tokio::time::timeout(limits::CONNECTION, tls.check()).await;
        checked.unwrap_or_else(|_| Err(format!("no answer within {} s", limits::CONNECTION.as_secs())))
    }

    /// Logs why TLS does not work, if it does not.
    pub async fn log_tls_fault(&self) {
        if let Err(reason) = self.check_tls().await {
            tracing::warn!(reason, "Redis cannot be used by TLS");
        }
    }

    /// Sends commands. None if Redis does not answer in time, rejects them, or the breaker is open.
    pub async fn ask<T, F>(&self, commands: impl FnOnce(ConnectionManager) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if !self.breaker.allows_command() {
            return None;
        }
        // A canceled request is no failure of Redis.
        match tokio::time::timeout(limits::REDIS, commands(self.connection.clone())).await {
            Ok(Ok(answer)) => {
                self.breaker.record_success();
                Some(answer)
            }
            Ok(Err(error)) if is_reply(&error) => {
                // Redis answers, but rejects this command: it is full, or read-only.
                tracing::debug!(%error, "Redis rejected a command");
                self.breaker.refused.fetch_add(1, Ordering::Relaxed);
                self.breaker.record_success();
                None
            }
            Ok(Err(error)) => {
                self.record_failure(&error.to_string());
                None
            }
            Err(_) => {
                self.record_failure("no answer in time");
                None
            }
        }
    }

    fn record_failure(&self, reason: &str) {
        if self.breaker.record_failure(reason) && self.tls.is_some() {
            // The reason above is that of a command, which has waited for a connection.
            let connection = self.clone();
            tokio::spawn(async move { connection.log_tls_fault().await });
        }
    }

    /// Numbers of failures and rejections, and whether the breaker is closed.
    pub fn health(&self) -> RedisHealth {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let is_in_use = self.breaker.lock().open_until.is_none();
        RedisHealth { failures: read(&self.breaker.failures), refusals: read(&self.breaker.refused), is_in_use }
    }
}

impl RedisTlsFiles {
    fn options(self) -> Result<TlsOptions, String> {
        let client = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some(ClientCertificate { certificate, key }),
            (None, None) => None,
            _ => return Err("--redis-cert and --redis-key are given together".to_owned()),
        };
        let roots = self.authority.map_or(Roots::Mozilla, Roots::File);
        let verification = Verification::AuthorityAndName;
        let options = TlsOptions { verification, roots, client, protocol: None, names: &NAMES };
        // The errors name the files.
        options.client_config()?;
        Ok(options)
    }
}

impl RedisTls {
    fn client(&self, url: &str) -> Result<Client, String> {
        let read =
            |path: &Path| std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
        let root_cert = match &self.options.roots {
            Roots::File(path) => Some(read(path)?),
            _ => None,
        };
        let client_tls = match &self.options.client {
            Some(client) => {
                Some(ClientTlsConfig { client_cert: read(&client.certificate)?, client_key: read(&client.key)? })
            }
            None => None,
        };
        Client::build_with_tls(url, TlsCertificates { client_tls, root_cert })
            .map_err(|error| format!("--redis-url cannot be used with TLS: {error}"))
    }

    async fn check(&self) -> Result<(), String> {
        let Self { host, port, options } = self;
        let unreachable = |error: std::io::Error| format!("{host}:{port} cannot be reached: {error}");
        let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
        let mut stream = handshake(options, host, stream).await?.stream;
        // A server refuses a client certificate after the handshake. Any reply means that it has not.
        let asked = async {
            stream.write_all(b"PING\r\n").await?;
            stream.read_u8().await
        };
        asked.await.map(drop).map_err(|error| match tls_error_of(&error) {
            Some(error) => options.describe(error, host),
            None => unreachable(error),
        })
    }
}

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedisHealth {
    /// Number of commands without an answer in time.
    pub failures: u64,
    /// Number of commands that Redis rejected.
    pub refusals: u64,
    /// Whether commands are sent: the breaker is closed.
    pub is_in_use: bool,
}

fn is_reply(error: &RedisError) -> bool {
    !(error.is_io_error() || error.is_timeout() || error.is_connection_dropped() || error.is_unrecoverable_error())
}

#[derive(Default)]
struct Breaker {
    state: Mutex<State>,
    failures: AtomicU64,
    refused: AtomicU64,
}

#[derive(Default)]
struct State {
    in_a_row: u32,
    open_until: Option<Instant>,
    pause: Duration,
}

impl Breaker {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a command may be sent. The open breaker allows one probe at a time.
    fn allows_command(&self) -> bool {
        let mut state = self.lock();
        match state.open_until {
            None => true,
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                state.open_until = Some(Instant::now() + state.pause);
                true
            }
        }
    }

    fn record_success(&self) {
        let mut state = self.lock();
        if state.open_until.is_some() {
            tracing::info!("Redis answers again");
        }
        *state = State::default();
    }

    /// Returns whether this failure opens the breaker.
    fn record_failure(&self, reason: &str) -> bool {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.in_a_row += 1;
        if state.open_until.is_some() {
            state.pause = (state.pause * 2).min(PAUSE.1);
            state.open_until = Some(Instant::now() + state.pause);
        } else if state.in_a_row >= MAX_FAILURES {
            tracing::warn!(reason, "Redis does not answer; continuing without it");
            state.pause = PAUSE.0;
            state.open_until = Some(Instant::now() + state.pause);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaker_opens_on_failure_and_recovers() {
        let breaker = Breaker::default();
        for _ in 1..MAX_FAILURES {
            breaker.record_failure("down");
            assert!(breaker.allows_command());
        }
        breaker.record_failure("down");
        assert!(!breaker.allows_command());
        breaker.lock().open_until = Some(Instant::now());
        assert!(breaker.allows_command(), "one probe");
        assert!(!breaker.allows_command(), "no other command during the probe");
        breaker.record_failure("still down");
        assert!(!breaker.allows_command());
        assert_eq!(breaker.lock().pause, PAUSE.0 * 2);
        breaker.record_success();
        assert!(breaker.allows_command());
        breaker.record_failure("once");
        assert!(breaker.allows_command(), "a single failure does not open the breaker");
    }
}
