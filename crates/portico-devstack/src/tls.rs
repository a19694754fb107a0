//! A PostgreSQL and a Redis that listen on `127.0.0.1` with TLS, for tests.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::certificates::{Certificates, ServerCertificate};
use crate::discover::{SearchPath, find_postgres, find_redis};
use crate::error::{DevstackError, IoContext};
use crate::postgres::{self, Durability, PostgresAddress};
use crate::process::Server;
use crate::redis;
use crate::state::{BaseFolder, SocketFolder, StateFolder};
use crate::sweep;
use crate::user::ServiceUser;

/// Who may connect how. By TCP: `plain` without TLS only, `certified` with a client certificate, all others with TLS.
const CLIENTS: &str = "local all all trust\n\
    hostnossl all plain 127.0.0.1/32 scram-sha-256\n\
    hostssl all plain 127.0.0.1/32 reject\n\
    hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n\
    hostssl all all 127.0.0.1/32 scram-sha-256\n";

/// A running PostgreSQL with TLS. Stopped on drop.
// Fields are dropped in this order: the lock last.
#[derive(Debug)]
pub struct TlsPostgres {
    server: Server,
    address: PostgresAddress,
    port: u16,
    certificates: Certificates,
    /// The settings of TLS, included by `postgresql.conf`.
    settings: PathBuf,
    _sockets: SocketFolder,
    user: ServiceUser,
    _state: StateFolder,
}

impl TlsPostgres {
    /// Starts one in its own folder, with the valid certificate, and waits until it answers.
    ///
    /// # Errors
    ///
    /// [`DevstackError`]; everything that was started is stopped again.
    pub fn start() -> Result<Self, DevstackError> {
        let binaries = find_postgres(&SearchPath::of_this_machine())?;
        let (user, state, sockets) = folders()?;
        let certificates = Certificates::create(state.path().join("certificates"), &user)?;
        postgres::initialise(&binaries, &state, &user, Durability::Fast)?;
        let data = state.postgres();
        user.write_file(&data.join("pg_hba.conf"), CLIENTS)?;
        let settings = data.join("tls.conf");
        write_settings(&settings, &user, &certificates, Some(ServerCertificate::Valid))?;
        let main = data.join("postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(&main).doing("open", &main)?;
        file.write_all(b"\ninclude 'tls.conf'\n").doing("write", &main)?;

        // On the command line the later of two counts.
        let port = free_port()?;
        let number = port.to_string();
        let network = [("listen_addresses", "127.0.0.1"), ("port", number.as_str())];
        let options = [Durability::Fast.settings(), &network].concat();
        let server = postgres::start_with(&binaries, &state, sockets.path(), &user, &options)?;
        let mut address = PostgresAddress::in_folder(sockets.path());
        address.port = port;
        Ok(Self { server, address, port, certificates, settings, _sockets: sockets, user, _state: state })
    }

    /// Its socket, where the superuser needs neither TLS nor a password.
    #[must_use]
    pub fn socket(&self) -> &PostgresAddress {
        &self.address
    }

    /// Its port on `127.0.0.1`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificates.
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// Uses another certificate, or no TLS, for new connections some time after this call: when `show ssl` and
    /// `show ssl_cert_file` say so.
    ///
    /// # Errors
    ///
    /// [`DevstackError`] if its settings cannot be written.
    pub fn present(&self, certificate: Option<ServerCertificate>) -> Result<(), DevstackError> {
        write_settings(&self.settings, &self.user, &self.certificates, certificate)?;
        self.server.reload();
        Ok(())
    }
}

fn write_settings(
    path: &Path,
    user: &ServiceUser,
    certificates: &Certificates,
    certificate: Option<ServerCertificate>,
) -> Result<(), DevstackError> {
    let switch = if certificate.is_some() { "on" } else { "off" };
    let (pem, key) = certificates.server(certificate.unwrap_or(ServerCertificate::Valid));
    let text = format!(
        "ssl = {switch}\nssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\n",
        pem.display(),
        key.display(),
        certificates.authority().display()
    );
    // Complete at once, as the server may read it at any time.
    let draft = path.with_extension("new");
    user.write_file(&draft, &text)?;
    fs::rename(&draft, path).doing("rename", &draft)
}

/// A running Redis with TLS. Stopped on drop.
// Fields are dropped in this order: the lock last.
#[derive(Debug)]
pub struct TlsRedis {
    _server: Server,
    port: u16,
    certificates: Certificates,
    _sockets: SocketFolder,
    _state: StateFolder,
}

impl TlsRedis {
    /// Starts one in its own folder, and waits until it answers.
    ///
    /// # Errors
    ///
    /// [`DevstackError`]; everything that was started is stopped again.
    pub fn start(certificate: ServerCertificate, requires_client: bool) -> Result<Self, DevstackError> {
        let binary = find_redis(&SearchPath::of_this_machine())?;
        let (user, state, sockets) = folders()?;
        let certificates = Certificates::create(state.path().join("certificates"), &user)?;
        let (pem, key) = certificates.server(certificate);
        let authority = certificates.authority();
        let port = free_port()?;
        let number = port.to_string();
        let options: [&OsStr; 12] = [
            "--bind".as_ref(),
            "127.0.0.1".as_ref(),
            "--tls-port".as_ref(),
            number.as_ref(),
            "--tls-cert-file".as_ref(),
            pem.as_ref(),
            "--tls-key-file".as_ref(),
            key.as_ref(),
            "--tls-ca-cert-file".as_ref(),
            authority.as_ref(),
            "--tls-auth-clients".as_ref(),
            if requires_client { "yes" } else { "no" }.as_ref(),
        ];
        let server = redis::start_with(&binary, &state, sockets.path(), &user, &options)?;
        Ok(Self { _server: server, port, certificates, _sockets: sockets, _state: state })
    }

    /// Its port on `127.0.0.1`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificates.
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }
}

fn folders() -> Result<(ServiceUser, StateFolder, SocketFolder), DevstackError> {
    let user = ServiceUser::choose()?;
    let state = {
        let base = BaseFolder::lock()?;
        sweep::abandoned_runs(&base)?;
        StateFolder::temporary(&base)?
    };
    let sockets = SocketFolder::create(&state, &user)?;
    Ok((user, state, sockets))
}

/// A port that was free just now.
fn free_port() -> Result<u16, DevstackError> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener.doing("listen on", Path::new("127.0.0.1"))?.port())
}
