//! Tests of the binary: options for sending mail.

use portico_testkit::TestDatabase;

use crate::support::service::portico;
use crate::support::service::{SECRET, assert_fails, over, serve};

const FROM: [&str; 2] = ["--mail-from", "portal@builders.example"];

#[tokio::test]
async fn invalid_mail_settings_stop_the_start() {
    let database = TestDatabase::demo().await;
    for (arguments, words) in [
        (&["--smtp-url", "smtp://u:hunter2@mail.example"][..], &["--mail-from"][..]),
        (&["--smtp-url", "mail.example"], &["--smtp-url", "smtps://"]),
        (&["--smtp-url", "http://u:hunter2@mail.example"], &["--smtp-url", "smtp://"]),
        (&["--smtp-url", "smtp://u:hunter2@mail.example?tls=none"], &["--smtp-url", "in plain text"]),
        (
            &["--smtp-url", "smtp://mail.example", "--mail-from", "Portal <p@x.example>"],
            &["--mail-from", "not an email"],
        ),
        (&["--smtp-url", "smtp://mail.example", "--mail-from", "p@x.example\nBcc: b@x.example"], &["--mail-from"]),
        (&["--public-url", "portal.example"], &["--public-url"]),
        (&["--public-url", "https://u:hunter2@portal.example"], &["--public-url"]),
        (&["--public-url", "https://portal.example/deep"], &["--public-url"]),
        (&["--worker", "perhaps"], &["--worker"]),
    ] {
        assert_fails(serve(&database).args(arguments), words);
    }
}

#[tokio::test]
async fn worker_names_missing_settings() {
    let database = TestDatabase::demo().await;
    let worker = || over(&database, "worker");
    assert_fails(worker().args(FROM), &["--secret"]);
    assert_fails(worker().args(["--secret", SECRET]).args(FROM), &["--smtp-url or PORTICO_SMTP_URL"]);
    let url = ["--smtp-url", "smtp://u:hunter2@mail.example"];
    assert_fails(worker().args(["--secret", "hunter2"]).args(url).args(FROM), &["secret", "32"]);
    assert_fails(worker().args(["--secret", SECRET]).args(url), &["--mail-from or PORTICO_MAIL_FROM"]);
    let unreachable = "postgres://127.0.0.1:1/portico";
    let nowhere = ["worker", "--secret", SECRET, "--database-url", unreachable];
    assert_fails(portico().args(nowhere).args(url).args(FROM), &["database"]);
}
