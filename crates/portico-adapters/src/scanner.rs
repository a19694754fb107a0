//! Scans files for malware by clamd.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use url::Url;

/// Maximum length of a chunk, whose length is sent before it.
const CHUNK: usize = 256 * 1024;
/// Maximum length of an answer.
const ANSWER: u64 = 4096;

/// Address of a clamd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// Host and port.
    Tcp(String, u16),
    /// A socket.
    Unix(PathBuf),
}

/// Maximum waits for a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScannerLimits {
    /// Duration of a connection attempt, and the wait for an answer once the scanner takes no more bytes.
    pub connect: Duration,
    /// Time in which the scanner takes no byte.
    pub stalled: Duration,
    /// Wait for the result after the last byte: clamd scans when it has them all.
    pub result: Duration,
}

impl Default for ScannerLimits {
    fn default() -> Self {
        let [connect, stalled, result] = [5, 60, 300].map(Duration::from_secs);
        Self { connect, stalled, result }
    }
}

/// Result of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// Nothing was found.
    Clean,
    /// Malware of this name was found.
    Infected(String),
    /// It is larger than the scanner accepts.
    TooLarge,
}

/// Why there is no result. The text is for operators.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The scanner does not answer, or cannot scan now.
    #[error("the scanner is not available: {0}")]
    Scanner(String),
    /// The bytes could not be read.
    #[error(transparent)]
    Bytes(Box<dyn std::error::Error + Send + Sync>),
}

impl FromStr for ScannerAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "use tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl";
        let url = Url::parse(text).map_err(|_| WRONG)?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let is_rooted = matches!(url.path(), "" | "/");
        match (url.scheme(), url.host_str(), url.port()) {
            ("tcp", Some(host), Some(port)) if is_bare && is_rooted => {
                // Addresses of IPv6 are in brackets in URLs only.
                Ok(Self::Tcp(host.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
            }
            ("unix", None | Some(""), None) if is_bare && !is_rooted => Ok(Self::Unix(url.path().into())),
            _ => Err(WRONG),
        }
    }
}

impl ScannerAddress {
    /// Scans a stream of bytes.
    ///
    /// # Errors
    ///
    /// [`ScanError`] if there is no result. A later attempt may have one.
    pub async fn scan<E>(
        &self,
        bytes: impl Stream<Item = Result<Bytes, E>>,
        limits: ScannerLimits,
    ) -> Result<Scan, ScanError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let late = || unavailable(format!("no connection within {:?}", limits.connect));
        let connected = tokio::time::timeout(limits.connect, async {
            Ok::<_, io::Error>(match self {
                Self::Tcp(host, port) => Connection::Tcp(TcpStream::connect((host.as_str(), *port)).await?),
                Self::Unix(path) => Connection::Unix(UnixStream::connect(path).await?),
            })
        });
        match connected.await.map_err(|_| late())?.map_err(unavailable)? {
            Connection::Tcp(stream) => scan(stream, bytes, limits).await,
            Connection::Unix(stream) => scan(stream, bytes, limits).await,
        }
    }
}

enum Connection {
    Tcp(TcpStream),
    Unix(UnixStream),
}

fn unavailable(reason: impl ToString) -> ScanError {
    ScanError::Scanner(reason.to_string())
}

async fn scan<E>(
    stream: impl AsyncRead + AsyncWrite,
    bytes: impl Stream<Item = Result<Bytes, E>>,
    limits: ScannerLimits,
) -> Result<Scan, ScanError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (from, mut to) = tokio::io::split(stream);
    let answer = async {
        let mut answer = Vec::new();
        let read = BufReader::new(from).take(ANSWER).read_until(0, &mut answer).await;
        // A connection that ends in an error may have brought the answer before.
        if answer.is_empty() {
            read.map_err(unavailable)?;
        }
        result_of(&answer)
    };
    let mut answer = std::pin::pin!(answer);
    // The scanner answers before it has all bytes if they are too many, and then takes no more.
    let sent = tokio::select! {
        biased;
        early = &mut answer => return early,
        sent = send(&mut to, bytes, limits.stalled) => sent,
    };
    match sent {
        Ok(()) | Err(ScanError::Scanner(_)) => {
            let wait = if sent.is_ok() { limits.result } else { limits.connect };
            let late = |_| unavailable(format!("no result within {wait:?}"));
            let answered = tokio::time::timeout(wait, answer).await.map_err(late).and_then(|answered| answered);
            match (sent, answered) {
                (Err(error), Err(_)) => Err(error),
                (_, answered) => answered,
            }
        }
        Err(error) => Err(error),
    }
}

async fn send<E>(
    to: &mut (impl AsyncWrite + Unpin),
    bytes: impl Stream<Item = Result<Bytes, E>>,
    stalled: Duration,
) -> Result<(), ScanError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut bytes = std::pin::pin!(bytes);
    write(to, b"zINSTREAM\0", stalled).await?;
    while let Some(part) = bytes.next().await {
        let part = part.map_err(|error| ScanError::Bytes(error.into()))?;
        for chunk in part.chunks(CHUNK) {
            // At most `CHUNK`, so it fits.
            write(to, &(chunk.len() as u32).to_be_bytes(), stalled).await?;
            write(to, chunk, stalled).await?;
        }
    }
    write(to, &[0; 4], stalled).await
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8], stalled: Duration) -> Result<(), ScanError> {
    let late = |_| unavailable(format!("it took no byte for {stalled:?}"));
    tokio::time::timeout(stalled, to.write_all(bytes)).await.map_err(late)?.map_err(unavailable)
}

fn result_of(answer: &[u8]) -> Result<Scan, ScanError> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_matches(['\0', '\n', ' ']);
    let result = text.strip_prefix("stream: ").unwrap_or(text);
    match result.strip_suffix(" FOUND") {
        Some(name) => Ok(Scan::Infected(name.to_owned())),
        None if result == "OK" => Ok(Scan::Clean),
        None if result.contains("size limit exceeded") => Ok(Scan::TooLarge),
        None if result.is_empty() => Err(unavailable("it closed the connection")),
        None => Err(unavailable(result)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_are_hosts_or_sockets() {
        let tcp = |host: &str, port| Ok(ScannerAddress::Tcp(host.to_owned(), port));
        assert_eq!("tcp://127.0.0.1:3310".parse(), tcp("127.0.0.1", 3310));
        assert_eq!("tcp://clamd.internal:3310/".parse(), tcp("clamd.internal", 3310));
        assert_eq!("tcp://[::1]:3310".parse(), tcp("::1", 3310));
        assert_eq!("unix:///run/clamav/clamd.ctl".parse(), Ok(ScannerAddress::Unix("/run/clamav/clamd.ctl".into())));
        for wrong in [
            "",
            "127.0.0.1:3310",
            "tcp://127.0.0.1",
            "tcp://127.0.0.1:3310/x",
            "tcp://a@b:1",
            "unix://run/clamd",
            "unix:///",
            "http://127.0.0.1:3310",
        ] {
            wrong.parse::<ScannerAddress>().expect_err(wrong);
        }
    }

    #[test]
    fn answers_of_clamd_are_read() {
        assert_eq!(result_of(b"stream: OK\0").ok(), Some(Scan::Clean));
        let infected = Scan::Infected("Win.Test.EICAR_HDB-1".to_owned());
        assert_eq!(result_of(b"stream: Win.Test.EICAR_HDB-1 FOUND\0").ok(), Some(infected));
        assert_eq!(result_of(b"INSTREAM size limit exceeded. ERROR\0").ok(), Some(Scan::TooLarge));
        for wrong in [&b""[..], b"\0", b"stream: Can't allocate memory ERROR\0", b"\xff"] {
            assert!(matches!(result_of(wrong), Err(ScanError::Scanner(_))), "{wrong:?}");
        }
    }
}
