//! Commands against a PostgreSQL and a Redis with TLS.

use std::process::Command;
use std::time::{Duration, Instant};

use portico_devstack::{ServerCertificate, TlsPostgres, TlsRedis};
use portico_store::Database;
use rustix::process::Signal;

use crate::support::service::{SECRET, Service, assert_fails, portico, run, text};

/// A command that connects with the verification of the server's certificate.
fn command(server: &TlsPostgres, name: &str) -> Command {
    let authority = server.certificates().authority().display().to_string();
    let (variable, user) =
        if name == "migrate" { ("PORTICO_OWNER_URL", "owner:hunter2@") } else { ("PORTICO_DATABASE_URL", "") };
    let url =
        format!("postgres://{user}localhost:{}/postgres?sslmode=verify-full&sslrootcert={authority}", server.port());
    let mut command = portico();
    command.arg(name).env(variable, url).env("PORTICO_LOGIN_PASSWORD", "hunter2");
    if name != "migrate" {
        command.env("PORTICO_SECRET", SECRET);
    }
    if name == "serve" {
        command.args(["--bind", "127.0.0.1:0"]);
    }
    if name == "worker" {
        command.args(["--smtp-url", "smtp://127.0.0.1:1", "--mail-from", "portal@portico.example"]);
        command.args(["--public-url", "https://portal.example"]);
    }
    command
}

#[tokio::test]
async fn commands_name_the_fault_of_a_certificate() {
    // ROB-32
    let server = TlsPostgres::start().expect("PostgreSQL starts");
    let socket = Database::parse(&server.socket().database("postgres")).expect("an address");
    let admin = socket.client_as_owner().await.expect("the socket answers");
    admin.batch_execute("create role owner login superuser password 'hunter2'").await.expect("a role can be created");
    let migrated = run(&mut command(&server, "migrate"));
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));

    // Redis with a fault does not keep the gateway from starting, and is logged.
    let redis = TlsRedis::start(ServerCertificate::Expired, false).expect("Redis starts");
    let mut serve = command(&server, "serve");
    serve.env("PORTICO_REDIS_URL", format!("rediss://:hunter2@localhost:{}", redis.port()));
    serve.env("PORTICO_REDIS_CA", redis.certificates().authority());
    let mut service = Service::start_logging(&mut serve);
    let log = service.log();
    let ready =
        || async { reqwest::get(format!("{}/health/ready", service.address)).await.expect("it answers").status() };
    assert_eq!(ready().await.as_u16(), 200);
    let plain =
        "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) where client_addr is not null and not ssl";
    assert_eq!(admin.query_one(plain, &[]).await.expect("it answers").get::<_, i64>(0), 0);

    // The running gateway meets the fault when it connects again.
    server.present(Some(ServerCertificate::OtherHost)).expect("the settings can be written");
    let started = Instant::now();
    loop {
        // By a new connection, since an open one may not have read the setting yet.
        let other = socket.client_as_owner().await.expect("the socket answers");
        let shown = other.query_one("show ssl_cert_file", &[]).await.expect("it answers");
        if shown.get::<_, &str>(0).contains("other-host") {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server has not read its settings");
    }
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where client_addr is not null";
    admin.execute(end, &[]).await.expect("sessions can be ended");
    while ready().await.as_u16() == 200 {
        assert!(started.elapsed() < Duration::from_secs(60), "it has not noticed the end of its sessions");
    }
    // The first reply may have been about an ended session; this one is about a new connection.
    assert_eq!(ready().await.as_u16(), 503);
    let fault = "the certificate of localhost is for another host: db.example; connect to a name of the certificate";
    for name in ["migrate", "serve", "worker"] {
        assert_fails(&mut command(&server, name), &["cannot be reached by TLS", fault, "sslmode=verify-ca"]);
    }
    assert_eq!(service.end(Signal::TERM), Some(0));
    let log = log.join().expect("the log is read");
    assert!(
        log.contains("Redis cannot be used by TLS") && log.contains("localhost has expired on 2021-02-03"),
        "{log}"
    );
    assert!(log.contains(fault) && !log.contains("hunter2"), "{log}");
}

#[test]
fn unusable_redis_files_are_named() {
    let serve = || {
        let mut command = portico();
        command.args(["serve", "--secret", SECRET, "--bind", "127.0.0.1:0"]);
        command.args(["--database-url", "postgres://127.0.0.1:1/portico"]);
        command
    };
    assert_fails(serve().args(["--redis-ca", "/nowhere/ca.pem"]), &["need --redis-url or PORTICO_REDIS_URL"]);
    let url = ["--redis-url", "rediss://:hunter2@localhost", "--redis-ca", "/nowhere/ca.pem"];
    assert_fails(serve().args(url), &["--redis-ca: cannot read /nowhere/ca.pem"]);
}
