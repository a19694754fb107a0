//! Gateways that are killed while they receive a file, and that are started without their folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_core::id::{Tag, new_uuid};
use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;
use portico_testkit::{Person, TestApp, TestDatabase};
use reqwest::{Client, Method, Response};
use rustix::process::Signal;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::MAPLE;
use crate::support::files::{path_in, sample};
use crate::support::service::{Service, assert_fails, serve};

pub(super) const TOKEN: &str = "ps_of-a-gateway-that-is-killed";
/// Size of the file, and of what is acknowledged before.
pub(super) const SIZE: usize = 9 * 1024 * 1024;
pub(super) const ACKNOWLEDGED: usize = 300_000;

/// A store of files that is deleted at the end of the test.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// A store that the database may refer to.
    pub(super) fn marked() -> Self {
        let path = std::env::temp_dir().join(format!("portico-files-{}", new_uuid()));
        fs::create_dir(&path).expect("a new folder");
        fs::write(path.join("portico-store"), format!("{}\n", new_uuid())).expect("it is marked");
        Self(path)
    }

    /// The ids of all objects in it, of those that are incomplete as well.
    pub(super) fn objects(&self) -> Vec<String> {
        fn walk(folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                    found.push(name.split('#').next().unwrap_or_default().to_owned());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0.join("objects"), &mut found);
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn start(database: &TestDatabase, folder: &Folder) -> Service {
    let store = format!("file://{}", folder.0.display());
    Service::start(serve(database).args(["--files-store", &store, "--public-url", "http://127.0.0.1:8080"]))
}

/// A session of a person with this token, which does not end during the test.
pub(super) async fn db_session(database: &TestDatabase, of: &Person, token: &str) {
    let session = format!(
        "insert into sessions (id, token_hash, identity_id, actor, staff_membership_id, expires_at)
            select gen_random_uuid(), '{}', identity_id, actor, staff_membership_id, now() + interval '1 day' from sessions
            where token_hash = '{}'",
        TokenHash::of(token).as_str(),
        of.token_hash()
    );
    database.db_execute(&session).await;
}

pub(super) async fn ask(service: &Service, token: &str, query: &str) -> Value {
    let (status, answer) = service.ask(token, query).await;
    assert_eq!((status, answer.get("errors")), (200, None), "{answer}");
    answer["data"].clone()
}

/// Starts an upload as the client. Returns its id and its path.
pub(super) async fn created(service: &Service, name: &str, size: usize) -> (String, String) {
    let maple = TestApp::global(Tag::PROJECT, World::id(MAPLE));
    let query = format!(
        r#"mutation {{ stagedUploadCreate(input: {{ projectId: "{maple}", name: "{name}", size: "{size}",
            idempotencyKey: "{name}" }}) {{ upload {{ id url }} userErrors {{ message }} }} }}"#
    );
    let created = ask(service, TOKEN, &query).await;
    let upload = &created["stagedUploadCreate"]["upload"];
    (upload["id"].as_str().unwrap_or_else(|| panic!("no upload: {created}")).to_owned(), path_in(&upload["url"]))
}

/// Finishes an upload of the client. Returns the path of the download.
pub(super) async fn finished(service: &Service, upload: &str) -> String {
    let query = format!(
        r#"mutation {{ fileFinalize(input: {{ uploadId: "{upload}", idempotencyKey: "end {upload}" }}) {{
            file {{ download {{ url }} }} userErrors {{ message }} }} }}"#
    );
    path_in(&ask(service, TOKEN, &query).await["fileFinalize"]["file"]["download"]["url"])
}

pub(super) async fn send(service: &Service, method: Method, path: &str, offset: usize, body: String) -> Response {
    let request = Client::new().request(method, format!("{}{path}", service.address));
    let request = request.header("upload-offset", offset).header("content-type", "application/offset+octet-stream");
    request.body(body).send().await.expect("it answers")
}

pub(super) fn offset_of(response: &Response) -> usize {
    let offset = response.headers().get("upload-offset").and_then(|value| value.to_str().ok());
    offset.and_then(|offset| offset.parse().ok()).unwrap_or_else(|| panic!("no offset: {response:?}"))
}

#[tokio::test]
async fn empty_folder_is_refused() {
    let (database, folder) = (TestDatabase::demo().await, Folder::marked());
    // As while its file system is not mounted.
    fs::remove_file(folder.0.join("portico-store")).expect("it is marked");
    let store = format!("file://{}", folder.0.display());
    let words = ["--files-store", "does not hold this installation's files", "check that the folder is mounted"];
    assert_fails(serve(&database).args(["--files-store", &store]), &words);
    assert_eq!(fs::read_dir(&folder.0).expect("a folder").count(), 0, "nothing was written");
}

#[tokio::test]
async fn killed_gateway_keeps_what_it_acknowledged() {
    // F31
    let (database, folder) = (TestDatabase::demo().await, Folder::marked());
    db_session(&database, &Person::client(), TOKEN).await;
    let content = sample(SIZE);
    let mut service = start(&database, &folder).await;
    for (number, pause) in [1, 15, 40, 120].into_iter().enumerate() {
        let (id, to) = created(&service, &format!("{number}.txt"), SIZE).await;
        let first = send(&service, Method::PATCH, &to, 0, content[..ACKNOWLEDGED].to_owned()).await;
        assert_eq!((first.status().as_u16(), offset_of(&first)), (204, ACKNOWLEDGED));
        // The rest, while which it is killed: rows, bytes and confirmations of two objects follow one another.
        let address = service.address.trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&address).await.expect("it listens");
        let head = format!(
            "PATCH {to} HTTP/1.1\r\nhost: {address}\r\nupload-offset: {ACKNOWLEDGED}\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            SIZE - ACKNOWLEDGED
        );
        let rest = content.as_bytes()[ACKNOWLEDGED..].to_vec();
        let sending = tokio::spawn(async move {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&rest).await
        });
        tokio::time::sleep(Duration::from_millis(pause)).await;
        assert_eq!(service.end(Signal::KILL), None, "it is killed");
        sending.abort();

        service = start(&database, &folder).await;
        let known = send(&service, Method::HEAD, &to, 0, String::new()).await;
        let offset = offset_of(&known);
        assert!((ACKNOWLEDGED..=SIZE).contains(&offset), "after {pause} ms: {offset}");
        let rest = send(&service, Method::PATCH, &to, offset, content[offset..].to_owned()).await;
        assert_eq!((rest.status().as_u16(), offset_of(&rest)), (204, SIZE), "after {pause} ms");
        let from = finished(&service, &id).await;
        let download = send(&service, Method::GET, &from, 0, String::new()).await;
        assert!(download.text().await.expect("the whole") == content, "after {pause} ms");
    }
    // Whatever was being written has a row, by which the sweep finds it.
    let rows = database.db_texts("select id::text as text from file_objects").await;
    for object in folder.objects() {
        assert!(rows.contains(&object), "{object}");
    }
    assert_eq!(service.end(Signal::TERM), Some(0));
}
