//! Tests of `portico inbound-mail`, as a mail server runs it (FIL-2).

use std::io::Write;
use std::process::{Command, Stdio};

use portico_testkit::{Person, TestApp, TestDatabase};

use super::files_killed::Folder;
use crate::support::inbound_mail::{Mail, address_of};
use crate::support::service::{assert_fails, over, serve, text};
use crate::support::{MAPLE, of_project, sql_id};

/// The command for this database and store. The DNS does not answer.
fn command(database: &TestDatabase, folder: &Folder) -> Command {
    let mut command = over(database, "inbound-mail");
    command.args(["--files-store", &format!("file://{}", folder.0.display())]);
    command.args(["--inbound-mail-domain", "mail.portico.example", "--inbound-mail-dns", "127.0.0.1:1"]);
    command.args(["--inbound-mail-trusted-servers", "mx.elsewhere.example,mx.portico.example"]);
    command
}

/// Delivers a mail. Returns the exit status and the message.
fn deliver(command: &mut Command, raw: &[u8]) -> (Option<i32>, String) {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the binary can be started");
    // A command that refuses its options reads nothing.
    let _ = child.stdin.take().expect("it is piped").write_all(raw);
    let output = child.wait_with_output().expect("it ends");
    // For the sender: one sentence, without what is for the operator.
    let sentence = text(&output.stdout);
    assert!(sentence.lines().count() <= 1 && !sentence.contains("PORTICO") && !sentence.contains('/'), "{sentence}");
    (output.status.code(), format!("{sentence}{}", text(&output.stderr)))
}

#[tokio::test]
async fn mail_server_is_told_what_to_do() {
    // FIL-2
    let database = TestDatabase::demo().await;
    let app = TestApp::over(database.clone());
    let folder = Folder::marked();
    let to = address_of(&app, MAPLE).await;
    let mail = Mail::of("ana.whitlock@mail.example", &to).with("Gutters.txt", "Two on the north side").checked();
    assert_eq!(deliver(&mut command(&database, &folder), &mail.raw()).0, Some(0));
    assert_eq!(deliver(&mut command(&database, &folder), &mail.raw()).0, Some(0), "delivered again");
    assert_eq!(folder.objects().len(), 1);
    let found = of_project(&app, &Person::named("ben"), MAPLE, "files(query: \"Gutters\") { nodes { name } }").await;
    assert_eq!(found["files"]["nodes"], serde_json::json!([{ "name": "Gutters.txt" }]), "{found}");
    // The recipient of the envelope, as of a blind copy.
    let blind = Mail::of("ana.whitlock@mail.example", "friends@mail.example").with("Attic.txt", "Dry").checked();
    assert_eq!(deliver(command(&database, &folder).args(["--to", &to]), &blind.raw()).0, Some(0));
    let (status, message) = deliver(&mut command(&database, &folder), &blind.raw());
    assert_eq!(status, Some(67), "{message}");
    assert!(message.contains("portico: no project has this address"), "{message}");
    let (status, message) = deliver(&mut command(&database, &folder), b"");
    assert_eq!(status, Some(65), "{message}");
    database.db_execute(&format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE))).await;
    let late = Mail::of("ana.whitlock@mail.example", &to).with("Late.txt", "Sorry").checked();
    assert_eq!(deliver(&mut command(&database, &folder), &late.raw()).0, Some(69));
}

#[tokio::test]
async fn mail_server_tries_again_after_a_fault() {
    let database = TestDatabase::demo().await;
    let app = TestApp::over(database.clone());
    let (folder, to) = (Folder::marked(), address_of(&app, MAPLE).await);
    // A signature that could be valid, and no DNS that knows.
    let signature = "DKIM-Signature: v=1; a=rsa-sha256; d=mail.example; s=one; c=relaxed/relaxed; h=from:to; \
        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA";
    let mail = Mail::of("ana.whitlock@mail.example", &to).with("Gutters.txt", "Two").under(signature);
    let (status, message) = deliver(&mut command(&database, &folder), &mail.raw());
    assert_eq!(status, Some(75), "{message}");
    assert!(message.contains("deliver it again later"), "{message}");
    let nowhere = Folder::marked();
    let gone = nowhere.0.clone();
    drop(nowhere);
    std::fs::create_dir(&gone).expect("a folder without its marker");
    let gone = Folder(gone);
    let (status, message) = deliver(&mut command(&database, &gone), &mail.raw());
    assert_eq!(status, Some(75), "{message}");
    assert!(message.contains("--files-store or PORTICO_FILES_STORE"), "{message}");
    let mut without = over(&database, "inbound-mail");
    let (status, message) = deliver(&mut without, &mail.raw());
    assert_eq!(status, Some(75), "{message}");
    assert!(message.contains("--inbound-mail-domain or PORTICO_INBOUND_MAIL_DOMAIN"), "{message}");
}

#[tokio::test]
async fn options_of_mail_are_checked() {
    let database = TestDatabase::bare().await;
    for (options, words) in [
        (&["--inbound-mail-domain", "localhost"][..], &["--inbound-mail-domain", "files.example.com"][..]),
        (
            &["--inbound-mail-domain", "files.example.com", "--inbound-mail-key", "hunter2"],
            &["--inbound-mail-key or PORTICO_INBOUND_MAIL_KEY", "openssl rand"],
        ),
        (&["--inbound-mail-trusted-servers", "mx.example.com"], &["--inbound-mail-domain"]),
    ] {
        assert_fails(serve(&database).args(options), words);
    }
}
