//! Proxy between a gateway and Redis, which simulates network faults.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use portico_adapters::redis::RedisConnection;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use super::TestRedis;

/// Fault of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fault {
    /// None.
    None,
    /// Each answer is 30 ms late, within a gateway's timeout for one request.
    Slow,
    /// Nothing gets through, without an error.
    Silent,
}

/// Listens on a local port.
pub(crate) struct Proxy {
    address: SocketAddr,
    fault: Arc<AtomicU8>,
}

impl Proxy {
    pub(crate) async fn before(redis: &TestRedis) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("the port is known");
        let fault = Arc::new(AtomicU8::new(Fault::None as u8));
        tokio::spawn(serve(listener, redis.socket(), Arc::clone(&fault)));
        Self { address, fault }
    }

    pub(crate) fn turn(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::Relaxed);
    }

    pub(crate) fn link(&self) -> RedisConnection {
        RedisConnection::new(&format!("redis://{}", self.address)).expect("an address")
    }
}

async fn serve(listener: TcpListener, socket: PathBuf, fault: Arc<AtomicU8>) {
    while let Ok((near, _)) = listener.accept().await {
        let Ok(far) = UnixStream::connect(&socket).await else { continue };
        let (near_reads, near_writes) = near.into_split();
        let (far_reads, far_writes) = far.into_split();
        tokio::spawn(carry(near_reads, far_writes, Arc::clone(&fault), false));
        tokio::spawn(carry(far_reads, near_writes, Arc::clone(&fault), true));
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    fault: Arc<AtomicU8>,
    are_answers: bool,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let now = fault.load(Ordering::Relaxed);
        if now == Fault::Silent as u8 {
            continue;
        }
        if now == Fault::Slow as u8 && are_answers {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
