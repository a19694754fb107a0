//! A private PgBouncer in transaction mode, for tests of a gateway behind one.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::discover::{SearchPath, find_pgbouncer};
use crate::error::{DevstackError, IoContext};
use crate::postgres::PostgresAddress;
use crate::process::Server;
use crate::programs::PGBOUNCER;
use crate::state::{BaseFolder, SocketFolder, StateFolder};
use crate::sweep;
use crate::user::ServiceUser;

const START_LIMIT: Duration = Duration::from_secs(30);
/// Only part of the socket's name, of the same length as PostgreSQL's.
const PORT: u16 = 6432;

/// Options of a pooler.
#[derive(Debug, Clone)]
pub struct PoolerOptions {
    /// The server behind it.
    pub server: PostgresAddress,
    /// The accepted logins, all without a password; the server's own user is among them.
    pub logins: Vec<String>,
    /// The number of connections per login.
    pub connections: u16,
}

/// A running PgBouncer, which assigns any free connection to each transaction. Stopped on drop.
// Fields are dropped in this order: the lock last.
#[derive(Debug)]
pub struct Pooler {
    _server: Server,
    address: PostgresAddress,
    _sockets: SocketFolder,
    state: StateFolder,
}

impl Pooler {
    /// Starts a pooler in its own folder, and waits until it answers.
    ///
    /// # Errors
    ///
    /// [`DevstackError`]; everything that was started is stopped again.
    pub fn start(options: &PoolerOptions) -> Result<Self, DevstackError> {
        let binary = find_pgbouncer(&SearchPath::of_this_machine())?;
        let user = ServiceUser::choose()?;
        let state = {
            let base = BaseFolder::lock()?;
            sweep::abandoned_runs(&base)?;
            StateFolder::temporary(&base)?
        };
        let sockets = SocketFolder::create(&state, &user)?;
        let folder = sockets.path();
        let config = folder.join("pgbouncer.ini");
        let logins = folder.join("logins");
        write(&logins, &options.logins_file())?;
        write(&config, &options.config(folder, &logins))?;

        let mut command = user.command(&binary);
        command.arg(&config);
        let mut server =
            Server::spawn(PGBOUNCER, command, &state.log_file(PGBOUNCER.name), &state.pid_file(PGBOUNCER.name))?;
        let socket = folder.join(format!(".s.PGSQL.{PORT}"));
        server.wait_until(START_LIMIT, || UnixStream::connect(&socket).is_ok())?;
        let address = PostgresAddress { socket_dir: folder.to_owned(), port: PORT, user: options.server.user.clone() };
        Ok(Self { _server: server, address, _sockets: sockets, state })
    }

    /// Its address, in place of the server's.
    #[must_use]
    pub fn address(&self) -> &PostgresAddress {
        &self.address
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.state.log_file(PGBOUNCER.name))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

impl PoolerOptions {
    fn logins_file(&self) -> String {
        let logins = self.logins.iter().chain([&self.server.user]);
        logins.fold(String::new(), |mut text, login| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\"{login}\" \"\"");
            text
        })
    }

    fn config(&self, folder: &Path, logins: &Path) -> String {
        let (host, port) = (self.server.socket_dir.display(), self.server.port);
        let (folder, logins, connections) = (folder.display(), logins.display(), self.connections);
        // Trust is safe for the same reason as in PostgreSQL: only our user can enter the socket's folder.
        format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\n\
             unix_socket_dir = {folder}\nunix_socket_mode = 0700\nauth_type = trust\nauth_file = {logins}\n\
             pool_mode = transaction\ndefault_pool_size = {connections}\nmax_client_conn = 1000\n"
        )
    }
}

/// Writes a file that the servers' user can read.
fn write(path: &Path, text: &str) -> Result<(), DevstackError> {
    fs::write(path, text).doing("write", path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).doing("open to its reader", path)
}
