//! A scanner that speaks the protocol of clamd.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use portico_adapters::scanner::ScannerAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What counts as malware: a part of the test file of the European Institute for Computer Antivirus Research.
pub(crate) const MALWARE: &str = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE";
/// Maximum number of bytes that it accepts.
pub(crate) const LIMIT: usize = 5 * 1024 * 1024;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As clamd does.
    Scan,
    /// With an error.
    Fail,
    /// It closes connections after some bytes.
    Cut,
    /// It takes all bytes and says nothing.
    Silent,
    /// It stops taking bytes, and says nothing.
    Stalled,
}

/// Listens on a local port until the test ends.
pub(crate) struct Scanner {
    address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    scans: Arc<AtomicUsize>,
}

impl Scanner {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("the port is known");
        let (mood, scans) = (Arc::new(Mutex::new(Mood::Scan)), Arc::new(AtomicUsize::new(0)));
        let (now, count) = (Arc::clone(&mood), Arc::clone(&scans));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let mood = *now.lock().expect("the lock is not poisoned");
                tokio::spawn(async move { answer(stream, mood).await.ok() });
            }
        });
        Self { address, mood, scans }
    }

    pub(crate) fn turn(&self, mood: Mood) {
        *self.mood.lock().expect("the lock is not poisoned") = mood;
    }

    /// Number of scans, also of those that failed.
    pub(crate) fn scans(&self) -> usize {
        self.scans.load(Ordering::Relaxed)
    }

    /// Number of connections that the gateway has open.
    pub(crate) fn connections(&self) -> usize {
        let port = format!(":{:04X}", self.address.port());
        let table = std::fs::read_to_string("/proc/self/net/tcp").expect("the connections of this machine");
        // Local address, remote address, state: 01 is an established connection.
        let of_gateway = |line: &&str| {
            let fields: Vec<_> = line.split_whitespace().collect();
            matches!(fields[..], [_, _, remote, "01", ..] if remote.ends_with(&port))
        };
        table.lines().filter(of_gateway).count()
    }

    pub(crate) fn address(&self) -> ScannerAddress {
        format!("tcp://{}", self.address).parse().expect("an address")
    }
}

async fn answer(mut stream: TcpStream, mood: Mood) -> std::io::Result<()> {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await?;
    assert_eq!(&command, b"zINSTREAM\0");
    let mut bytes = Vec::new();
    loop {
        let length = stream.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        match mood {
            Mood::Cut => return Ok(()),
            // Without closing the connection.
            Mood::Stalled => return std::future::pending().await,
            Mood::Scan | Mood::Fail | Mood::Silent => {}
        }
        if bytes.len() + length > LIMIT && mood != Mood::Silent {
            // Without reading the rest.
            return stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").await;
        }
        let start = bytes.len();
        bytes.resize(start + length, 0);
        stream.read_exact(&mut bytes[start..]).await?;
    }
    if mood == Mood::Silent {
        // Until the gateway has had enough.
        return stream.read_u8().await.map(drop);
    }
    let has_malware = bytes.windows(MALWARE.len()).any(|part| part == MALWARE.as_bytes());
    let said: &[u8] = match mood {
        Mood::Fail => b"stream: Can't allocate memory ERROR\0",
        _ if has_malware => b"stream: Win.Test.EICAR_HDB-1 FOUND\0",
        _ => b"stream: OK\0",
    };
    stream.write_all(said).await
}
