//! Redis of one test, to be filled, flushed, poisoned and killed.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use portico_adapters::redis::RedisConnection;
use portico_core::id::new_uuid;
use portico_devstack::{SearchPath, find_redis};
use redis::aio::MultiplexedConnection;

/// Stops with the test.
pub(crate) struct TestRedis {
    folder: PathBuf,
    child: Option<Child>,
}

impl TestRedis {
    pub(crate) fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("portico-caching-{}", new_uuid().simple()));
        fs::create_dir(&folder).expect("a folder can be made");
        let mut redis = Self { folder, child: None };
        redis.revive();
        redis
    }

    /// Restarts it, empty.
    pub(crate) fn revive(&mut self) {
        let binary = find_redis(&SearchPath::of_this_machine()).expect("there is a Redis");
        let mut command = Command::new(&binary.server);
        command.args(["--port", "0", "--daemonize", "no", "--save", "", "--appendonly", "no"]);
        command.arg("--unixsocket").arg(self.socket()).arg("--dir").arg(&self.folder);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("Redis can be started"));
        while !answers(&self.socket()) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it was running");
            child.wait().expect("it has ended");
        }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A gateway's connection.
    pub(crate) fn link(&self) -> RedisConnection {
        RedisConnection::new(&self.url()).expect("an address")
    }

    /// The test's own connection.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).expect("an address");
        client.get_multiplexed_async_connection().await.expect("it answers")
    }

    /// Runs one command: `FLUSHALL`, `CONFIG SET maxmemory 2mb`.
    pub(crate) async fn run(&self, command: &str) {
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().expect("a word"));
        words.for_each(|word| {
            command.arg(word);
        });
        command.exec_async(&mut self.connection().await).await.expect("the command succeeds");
    }

    /// Number of hits so far.
    pub(crate) async fn hits(&self) -> u64 {
        let info: String =
            redis::cmd("INFO").arg("stats").query_async(&mut self.connection().await).await.expect("it answers");
        let line = info.lines().find_map(|line| line.strip_prefix("keyspace_hits:"));
        line.expect("it counts").trim().parse().expect("a number")
    }

    /// All entries.
    pub(crate) async fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let mut connection = self.connection().await;
        let mut keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("it answers");
        keys.sort();
        let mut entries = Vec::new();
        for key in keys {
            let value: Vec<u8> =
                redis::cmd("GET").arg(&key).query_async(&mut connection).await.expect("it is still there");
            entries.push((key, value));
        }
        entries
    }

    pub(crate) async fn put(&self, entries: &[(String, Vec<u8>)]) {
        let mut pipeline = redis::pipe();
        for (key, value) in entries {
            pipeline.set(key, value);
        }
        pipeline.exec_async(&mut self.connection().await).await.expect("it takes them");
    }

    /// Waits until no entry has been added for a while: gateways write after they have answered.
    pub(crate) async fn settled(&self) -> usize {
        let mut before = usize::MAX;
        loop {
            let size: usize = redis::cmd("DBSIZE").query_async(&mut self.connection().await).await.expect("it answers");
            if size == before {
                return size;
            }
            before = size;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn answers(socket: &Path) -> bool {
    let ask = || -> std::io::Result<[u8; 5]> {
        let mut stream = UnixStream::connect(socket)?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer == *b"+PONG")
}
