//! A private Redis for caches and notifications, without persistence.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::discover::RedisBinary;
use crate::error::DevstackError;
use crate::process::Server;
use crate::programs::REDIS;
use crate::state::StateFolder;
use crate::user::ServiceUser;

const START_LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn socket_path(sockets: &Path) -> PathBuf {
    sockets.join("redis.sock")
}

/// The URL of a Redis behind the socket in `sockets`.
pub(crate) fn url(sockets: &Path) -> String {
    let mut url = "redis+unix://".to_owned();
    for byte in socket_path(sockets).as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            url.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// Starts an empty Redis.
pub(crate) fn start(
    binary: &RedisBinary,
    state: &StateFolder,
    sockets: &Path,
    user: &ServiceUser,
) -> Result<Server, DevstackError> {
    start_with(binary, state, sockets, user, &[])
}

/// Starts an empty Redis with these options besides the common ones.
pub(crate) fn start_with(
    binary: &RedisBinary,
    state: &StateFolder,
    sockets: &Path,
    user: &ServiceUser,
    options: &[&OsStr],
) -> Result<Server, DevstackError> {
    let folder = state.redis();
    user.own_folder(&folder)?;
    let socket = socket_path(sockets);

    let mut command = user.command(&binary.server);
    command.args(["--port", "0", "--daemonize", "no"]);
    command.arg("--unixsocket").arg(&socket).args(["--unixsocketperm", "700"]);
    command.arg("--dir").arg(&folder);
    command.args(["--save", "", "--appendonly", "no"]);
    command.args(["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]);
    command.args(options);

    let (log, pid_file) = (state.log_file(REDIS.name), state.pid_file(REDIS.name));
    let mut server = Server::spawn(REDIS, command, &log, &pid_file)?;
    server.wait_until(START_LIMIT, || answers(&socket))?;
    Ok(server)
}

fn answers(socket: &Path) -> bool {
    let ask = || -> std::io::Result<[u8; 5]> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer == *b"+PONG")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::url;

    #[test]
    fn awkward_paths_are_escaped() {
        assert_eq!(url(Path::new("/a/run")), "redis+unix:///a/run/redis.sock");
        assert_eq!(url(Path::new("/a b?")), "redis+unix:///a%20b%3F/redis.sock");
    }
}
