//! Helpers for tests of files.

use portico_actions::files::{UploadObjectBegin, UploadObjectEnd};
use portico_core::files::hash::ContentHash;
use portico_core::files::head;
use portico_core::id::{CompanyId, GlobalId, Tag, UploadId};
use portico_fixtures::world::World;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};
use std::sync::Arc;

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
