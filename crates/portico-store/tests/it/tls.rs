//! TLS to a real PostgreSQL with certificates of our own.

use portico_devstack::{ServerCertificate, TlsPostgres};
use portico_store::{Database, Login, PoolSizes, Store, StoreError, migrate};
use tokio_postgres::Client;

/// The password of all roles.
const PASSWORD: &str = "hunter2";

struct Server(TlsPostgres);

impl Server {
    async fn start() -> Self {
        let server = Self(TlsPostgres::start().expect("PostgreSQL starts"));
        let admin = server.admin().await;
        for role in ["encrypted", "plain", "certified"] {
            let create = format!("create role {role} login superuser password '{PASSWORD}'");
            admin.batch_execute(&create).await.expect("a role can be created");
        }
        server
    }

    /// The superuser, by the socket.
    async fn admin(&self) -> Client {
        // Not even these are used there.
        let address = format!("{} sslmode=verify-full sslrootcert=/nowhere", self.0.socket().database("postgres"));
        Database::parse(&address).expect("an address").client_as_owner().await.expect("the socket answers")
    }

    /// Changes the certificate, and waits until new connections get it.
    async fn present(&self, certificate: Option<ServerCertificate>) {
        self.0.present(certificate).expect("the settings can be written");
        let file = certificate.map(|certificate| self.0.certificates().server(certificate).0.display().to_string());
        loop {
            let show = "select current_setting('ssl'), current_setting('ssl_cert_file')";
            let row = self.admin().await.query_one(show, &[]).await.expect("it answers");
            let (is_on, shown): (&str, &str) = (row.get(0), row.get(1));
            if (is_on == "on") == file.is_some() && file.as_deref().is_none_or(|file| file == shown) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    fn database(&self, role: &str, host: &str, parameters: &str) -> Result<Database, String> {
        let port = self.0.port();
        let authority = self.0.certificates().authority().display().to_string();
        let parameters = parameters.replace("CA", &authority);
        Database::parse(&format!("postgres://{role}:{PASSWORD}@{host}:{port}/postgres?{parameters}"))
    }

    /// Whether the connection is encrypted, by the server's own account; or why there is none.
    async fn connect(&self, role: &str, parameters: &str) -> Result<bool, String> {
        self.connect_to("localhost", role, parameters).await
    }

    async fn connect_to(&self, host: &str, role: &str, parameters: &str) -> Result<bool, String> {
        let database = self.database(role, host, parameters)?;
        let client = match database.client_as_owner().await {
            Ok(client) => client,
            Err(StoreError::Tls(reason) | StoreError::Unavailable(reason) | StoreError::Rejected(reason)) => {
                assert!(!reason.contains(PASSWORD) && !reason.contains("Error"), "{reason}");
                return Err(reason);
            }
            Err(other) => panic!("{other}"),
        };
        let row = client.query_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await;
        Ok(row.expect("it answers").get(0))
    }
}

/// What a connection of each mode comes to: encrypted, plain, or refused with these words.
#[derive(Clone, Copy)]
enum Expected {
    Encrypted,
    Refused(&'static str),
}

#[tokio::test]
async fn each_mode_meets_each_certificate() {
    // ROB-32
    use Expected::{Encrypted, Refused};
    use ServerCertificate::{
        Expired, Foreign, Nameless, NotYetValid, OtherHost, SelfSigned, SelfSignedAuthority, Valid,
    };
    let server = Server::start().await;
    let other_host = Refused("localhost is for another host: db.example; connect to a name of the certificate");
    for (certificate, by_authority, by_name) in [
        (Valid, Encrypted, Encrypted),
        (OtherHost, Encrypted, other_host),
        (Nameless, Encrypted, Refused("localhost is for another host: it has no DNS name")),
        (Expired, Refused("has expired on 2021-02-03 00:00 UTC; renew it on the server"), Refused("has expired")),
        (NotYetValid, Refused("is not valid yet before 2999-04-05 00:00 UTC; compare"), Refused("is not valid yet")),
        (SelfSigned, Refused("is self-signed; set sslrootcert to a file"), Refused("is self-signed")),
        (SelfSignedAuthority, Refused("is self-signed; set sslrootcert to a file"), Refused("is self-signed")),
        (Foreign, Refused("is signed by another CA, which is not in"), Refused("authority.pem; set sslrootcert")),
    ] {
        server.present(Some(certificate)).await;
        for (parameters, expected) in [
            ("", Encrypted),
            ("sslmode=allow", Encrypted),
            ("sslmode=prefer", Encrypted),
            ("sslmode=require", Encrypted),
            ("sslmode=disable", Refused("no encryption; if the server requires TLS, set sslmode to require or above")),
            // As verify-ca, and `prefer` then tries without.
            ("sslmode=require&sslrootcert=CA", by_authority),
            ("sslmode=allow&sslrootcert=CA", by_authority),
            ("sslmode=prefer&sslrootcert=CA", by_authority),
            ("sslmode=verify-ca&sslrootcert=CA", by_authority),
            ("sslmode=verify-full&sslrootcert=CA", by_name),
        ] {
            let found = server.connect("encrypted", parameters).await;
            match (&found, expected) {
                (Ok(true), Encrypted) => {}
                (Err(reason), Refused(words)) if reason.contains(words) => {}
                _ => panic!("{certificate:?}, {parameters}: {found:?}"),
            }
        }
        // Libraries that trust the operating system's CAs do not know ours.
        let system = server.connect("encrypted", "sslrootcert=system").await.expect_err("ours is unknown");
        assert!(!system.is_empty(), "{certificate:?}");
    }
    for pinned in [SelfSigned, SelfSignedAuthority] {
        // A self-signed certificate may be its own root.
        server.present(Some(pinned)).await;
        let root = server.0.certificates().server(pinned).0.display().to_string();
        for mode in ["verify-ca", "verify-full", "require"] {
            let parameters = format!("sslmode={mode}&sslrootcert={root}");
            assert_eq!(server.connect("encrypted", &parameters).await, Ok(true), "{pinned:?}, {mode}");
        }
    }
    server.present(Some(Valid)).await;
    assert_eq!(server.connect_to("127.0.0.1", "encrypted", "sslmode=verify-full&sslrootcert=CA").await, Ok(true));
    let foreign = server.0.certificates().foreign_authority().display().to_string();
    let reason = server.connect("encrypted", &format!("sslmode=verify-ca&sslrootcert={foreign}")).await;
    assert!(reason.clone().is_err_and(|reason| reason.contains("is signed by another CA")), "{reason:?}");
}

#[tokio::test]
async fn mode_decides_about_plain_connections() {
    let server = Server::start().await;
    let no_tls = "localhost does not offer TLS, and sslmode=";
    for mode in ["require", "verify-ca&sslrootcert=CA", "verify-full&sslrootcert=CA"] {
        // The role may connect without TLS only, but these modes never do.
        let reason = server.connect("plain", &format!("sslmode={mode}")).await.expect_err(mode);
        assert!(reason.contains("pg_hba.conf rejects"), "{mode}: {reason}");
    }
    for mode in ["disable", "allow", "prefer"] {
        assert_eq!(server.connect("plain", &format!("sslmode={mode}")).await, Ok(false), "{mode}");
    }
    // A certificate that cannot be verified: `prefer` is also content without TLS.
    server.present(Some(ServerCertificate::Foreign)).await;
    assert_eq!(server.connect("plain", "sslmode=prefer&sslrootcert=CA").await, Ok(false));
    server.present(None).await;
    for mode in ["require", "verify-ca&sslrootcert=CA", "verify-full&sslrootcert=CA"] {
        let reason = server.connect("plain", &format!("sslmode={mode}")).await.expect_err(mode);
        assert!(reason.contains(no_tls) && reason.contains("set `ssl = on`"), "{mode}: {reason}");
    }
    for mode in ["disable", "allow", "prefer"] {
        assert_eq!(server.connect("plain", &format!("sslmode={mode}")).await, Ok(false), "{mode}");
    }
    server.present(Some(ServerCertificate::Valid)).await;
    let direct = server.connect("encrypted", "sslmode=require&sslnegotiation=direct").await;
    // PostgreSQL 17 and newer can; older ones hang up.
    let says_so = |reason: &String| reason.contains("closed the connection during the TLS handshake");
    assert!(direct == Ok(true) || direct.as_ref().is_err_and(says_so), "{direct:?}");
}

#[tokio::test]
async fn client_certificate_is_sent() {
    let server = Server::start().await;
    let certificates = server.0.certificates();
    let with = |(certificate, key): (std::path::PathBuf, std::path::PathBuf)| {
        format!("sslmode=require&sslcert={}&sslkey={}", certificate.display(), key.display())
    };
    let without = server.connect("certified", "sslmode=require").await.expect_err("it needs one");
    assert!(without.contains("if the server requires a client certificate, set sslcert and sslkey"), "{without}");
    let foreign = server.connect("certified", &with(certificates.foreign_client())).await.expect_err("it is foreign");
    assert!(foreign.contains("localhost refuses the client certificate in"), "{foreign}");
    assert!(foreign.contains("foreign-client.pem (sslcert): it is signed by a CA that the server does not trust"));
    assert_eq!(server.connect("certified", &with(certificates.client())).await, Ok(true));
    let (client, other_key) = (certificates.client().0, certificates.foreign_client().1);
    let reason = server.connect("certified", &with((client, other_key))).await.expect_err("not its key");
    assert!(reason.contains("sslcert and sslkey do not belong together"), "{reason}");
}

#[tokio::test]
async fn sign_in_is_bound_to_the_certificate() {
    let server = Server::start().await;
    for mode in ["require", "verify-full&sslrootcert=CA"] {
        let parameters = format!("sslmode={mode}&channel_binding=require");
        assert_eq!(server.connect("encrypted", &parameters).await, Ok(true), "{mode}");
    }
    assert_eq!(server.connect("encrypted", "sslmode=require&channel_binding=disable").await, Ok(true));
    let plain = server.connect("plain", "sslmode=disable&channel_binding=require").await;
    assert!(plain.as_ref().is_err_and(|reason| reason.contains("channel binding")), "{plain:?}");
}

#[tokio::test]
async fn each_login_is_encrypted() {
    let server = Server::start().await;
    let database = server.database("encrypted", "localhost", "sslmode=verify-full&sslrootcert=CA").expect("an address");
    let database = database.with_login_password(Some(PASSWORD.to_owned().into()));
    migrate::migrate(&database).await.expect("the migrations run");
    let store = Store::new(&database, PoolSizes::default());
    store.ping().await.expect("sign-in works");
    store.writer(None, None).connection().await.expect("the writer connects").release();
    let admin = server.admin().await;
    let sessions = "select usename::text, ssl from pg_stat_ssl join pg_stat_activity using (pid) \
        where client_addr is not null order by 1";
    let sessions = admin.query(sessions, &[]).await.expect("it answers");
    let logins: Vec<(String, bool)> = sessions.iter().map(|row| (row.get(0), row.get(1))).collect();
    for login in [Login::Auth, Login::Writer] {
        assert!(logins.iter().any(|(name, _)| name == login.name()), "{logins:?}");
    }
    assert!(logins.iter().all(|(_, is_encrypted)| *is_encrypted), "{logins:?}");

    // A certificate that expires is noticed by the next connection, and a renewed one by the one after it.
    server.present(Some(ServerCertificate::Expired)).await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where client_addr is not null";
    admin.execute(end, &[]).await.expect("sessions can be ended");
    let mut outcome = store.ping().await;
    for _ in 0..50 {
        // The pool may not have noticed yet.
        if matches!(outcome, Err(StoreError::Tls(_))) {
            break;
        }
        outcome = store.ping().await;
    }
    let error = outcome.expect_err("the certificate has expired").to_string();
    assert!(error.contains("cannot be reached by TLS: the certificate of localhost has expired on 2021"), "{error}");
    server.present(Some(ServerCertificate::Valid)).await;
    store.ping().await.expect("sign-in works again");
}
