//! Helpers for tests of files.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use portico_actions::files::{UploadObjectBegin, UploadObjectEnd};
use portico_core::clock::Clock;
use portico_core::files::hash::ContentHash;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::files::{RenditionKind, head};
use portico_core::id::{CompanyId, GlobalId, Tag, UploadId};
use portico_fixtures::world::World;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::MAPLE;

/// Starts an upload to the showcase project.
pub(crate) async fn create(app: &TestApp, by: &Person, given: Value) -> Reply {
    let mut input = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Gutters.txt", "size": 21, "idempotencyKey": "create" });
    for (name, value) in given.as_object().expect("members of the input") {
        input[name] = value.clone();
    }
    let query = "mutation($input: StagedUploadCreateInput!) { stagedUploadCreate(input: $input) {
        upload { id name size received willBeVisibleTo { clients company trades } } userErrors { code field message } } }";
    app.ask_with(by, query, json!({ "input": input })).await
}

/// Finishes an upload.
pub(crate) async fn finalize(app: &TestApp, by: &Person, upload: &str, given: Value) -> Reply {
    let mut input = json!({ "uploadId": upload, "idempotencyKey": format!("finalize {upload}") });
    for (name, value) in given.as_object().expect("members of the input") {
        input[name] = value.clone();
    }
    let query = "mutation($input: FileFinalizeInput!) { fileFinalize(input: $input) {
        file { id name kind mediaType size renditionState version uploadedBy { name isCompany isViewer } }
        userErrors { code field message } } }";
    app.ask_with(by, query, json!({ "input": input })).await
}

/// Records that the bytes of an upload to the first company have arrived, without storing them.
pub(crate) async fn receive(app: &TestApp, by: &Person, upload: &str, bytes: &[u8]) {
    let viewer = Arc::new(app.viewer(by).await);
    let company = CompanyId(World::id("alderbrook"));
    let upload = GlobalId::parse(upload).ok().and_then(|id| id.of_kind(Tag::UPLOAD)).map(UploadId).expect("an upload");
    let size = i64::try_from(bytes.len()).expect("few bytes");
    let begin = UploadObjectBegin { company, upload, start: 0, size };
    let object = begin.run(&app.actor(Arc::clone(&viewer))).await.expect("the upload is open");
    let mut hash = ContentHash::new();
    hash.update(bytes);
    let end = UploadObjectEnd {
        company,
        upload,
        object,
        start: 0,
        size,
        hash_state: hash.state(),
        head: head::encode(bytes),
    };
    assert_eq!(end.run(&app.actor(viewer)).await.expect("the upload is open"), size);
}

/// Starts an upload to the showcase project and receives its bytes. Returns its id.
pub(crate) async fn received(app: &TestApp, by: &Person, name: &str, bytes: &[u8]) -> String {
    let reply =
        create(app, by, json!({ "name": name, "size": bytes.len(), "idempotencyKey": format!("create {name}") })).await;
    let upload =
        reply.at("/stagedUploadCreate/upload/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    receive(app, by, &upload, bytes).await;
    upload
}

/// A link of a person's session to a file or an upload.
pub(crate) fn link(person: &Person, purpose: FileLinkPurpose, id: &str) -> FileLink {
    FileLink {
        purpose,
        token: person.hash().expect("a session"),
        company: CompanyId(World::id("alderbrook")),
        id: uuid_of(id),
        content_number: 1,
        rendition: RenditionKind::Original,
        expires_at: now() + TimeDelta::minutes(30),
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    Clock::of_server().moment()
}

pub(crate) fn uuid_of(id: &str) -> Uuid {
    GlobalId::parse(id).expect("an id").uuid
}

pub(crate) fn path(app: &TestApp, link: &FileLink) -> String {
    let sealed = app.files().links.key.seal(link).expect("a link");
    let start = if link.purpose == FileLinkPurpose::Upload { "uploads" } else { "files" };
    format!("/{start}/{sealed}")
}

pub(crate) fn download_path(app: &TestApp, person: &Person, id: &str, rendition: RenditionKind) -> String {
    path(app, &FileLink { rendition, ..link(person, FileLinkPurpose::Download, id) })
}

pub(crate) fn upload_path(app: &TestApp, person: &Person, upload: &str) -> String {
    path(app, &link(person, FileLinkPurpose::Upload, upload))
}

/// The status of a link. By HEAD: not all content is text.
pub(crate) async fn status(app: &TestApp, path: &str) -> StatusCode {
    app.send(request(Method::HEAD, path, &[], Body::empty())).await.status
}

pub(crate) async fn text(app: &TestApp, path: &str) -> Reply {
    app.send(request(Method::GET, path, &[], Body::empty())).await
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(body).expect("a request")
}

pub(crate) async fn patch(app: &TestApp, path: &str, offset: usize, body: impl Into<Body>) -> Reply {
    let offset = offset.to_string();
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-offset", offset.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    app.send(request(Method::PATCH, path, &headers, body.into())).await
}

pub(crate) fn offset_of(reply: &Reply) -> &str {
    reply.headers.get("upload-offset").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Starts an upload of this size to the showcase project. Returns its id.
pub(crate) async fn staged(app: &TestApp, by: &Person, name: &str, size: usize) -> String {
    let given = json!({ "name": name, "size": size.to_string(), "idempotencyKey": name });
    let reply = create(app, by, given).await;
    reply.at("/stagedUploadCreate/upload/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

pub(crate) fn sample(length: usize) -> String {
    "Gutters, north side. ".chars().cycle().take(length).collect()
}

/// The path of a URL, without its host.
pub(crate) fn path_in(url: &Value) -> String {
    let url = url.as_str().unwrap_or_else(|| panic!("no address: {url}"));
    let (_, host) = url.split_once("://").expect("an address");
    host[host.find('/').expect("a path")..].to_owned()
}
