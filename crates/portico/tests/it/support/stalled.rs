//! Proxy between a gateway and PostgreSQL, which simulates a server that stops answering.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portico_core::id::new_uuid;
use portico_store::Database;
use portico_testkit::TestDatabase;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio_postgres::config::{Config, Host};

/// Listens on a local socket.
pub(crate) struct StallingPostgres {
    folder: PathBuf,
    is_stopped: Arc<AtomicBool>,
}

impl StallingPostgres {
    pub(crate) fn start() -> Self {
        let server = env::var("PORTICO_TEST_POSTGRES").expect("PORTICO_TEST_POSTGRES is not set");
        let config: Config = server.parse().expect("the address can be read");
        let [Host::Unix(sockets), ..] = config.get_hosts() else { panic!("the server listens on a local socket") };
        let far = sockets.join(".s.PGSQL.5432");
        let folder = env::temp_dir().join(format!("portico-stalling-{}", new_uuid().simple()));
        std::fs::create_dir(&folder).expect("a folder can be made");
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).expect("a socket can be made");
        let is_stopped = Arc::new(AtomicBool::new(false));
        tokio::spawn(serve(listener, far, Arc::clone(&is_stopped)));
        Self { folder, is_stopped }
    }

    /// From now on, nothing gets through, without an error.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// The address of a database behind it.
    pub(crate) fn database(&self, database: &TestDatabase) -> Database {
        let server = env::var("PORTICO_TEST_POSTGRES").expect("PORTICO_TEST_POSTGRES is not set");
        let config: Config = server.parse().expect("the address can be read");
        let user = config.get_user().expect("the address names a user");
        let address = format!("host={} user={user} dbname={}", self.folder.display(), database.name());
        Database::parse(&address).expect("the address can be read")
    }
}

impl Drop for StallingPostgres {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn serve(listener: UnixListener, far: PathBuf, is_stopped: Arc<AtomicBool>) {
    while let Ok((near, _)) = listener.accept().await {
        let Ok(far) = UnixStream::connect(&far).await else { continue };
        let (near_reads, near_writes) = near.into_split();
        let (far_reads, far_writes) = far.into_split();
        tokio::spawn(carry(near_reads, far_writes, Arc::clone(&is_stopped)));
        tokio::spawn(carry(far_reads, near_writes, Arc::clone(&is_stopped)));
    }
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, is_stopped: Arc<AtomicBool>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !is_stopped.load(Ordering::Relaxed) && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
