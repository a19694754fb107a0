//! Tests of uploads: who may upload, and what becomes of an upload.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{TEXT, names, sees};
use crate::support::files::{create, finalize, receive, received};
use crate::support::schema::coordinates_of;
use crate::support::{MAPLE, RIDGE, change, project, refusals, sql_id, staff_with};

fn upload_of(reply: &portico_testkit::Reply) -> &Value {
    reply.at("/stagedUploadCreate/upload")
}

#[tokio::test]
async fn client_uploads_a_file() {
    // FIL-1, FIL-4
    let app = TestApp::demo().await;
    let upload = received(&app, &Person::client(), "Gutters.txt", TEXT).await;
    assert!(!names(&app, &Person::client(), MAPLE, "").await.contains(&"Gutters.txt".to_owned()));
    let reply = finalize(&app, &Person::client(), &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
    let expected = json!({ "id": id, "name": "Gutters.txt", "kind": "OTHER", "mediaType": "text/plain", "size": "21",
        "renditionState": "NONE", "version": 1,
        "uploadedBy": { "name": "Ana Whitlock", "isCompany": false, "isViewer": true } });
    assert_eq!(reply.at("/fileFinalize/file"), &expected);
    for (person, is_seen) in [
        (Person::client(), true),
        (Person::named("ben"), true),
        (staff_with(&app, &[]).await, true),
        (Person::trade(), false),
        (Person::named("cleo"), false),
        (Person::named("hana-client"), false),
        (Person::named("margot"), false),
    ] {
        assert_eq!(sees(&app, &person, &id).await, is_seen, "{person:?}");
    }
    let filter = "(filter: { uploadedBy: CLIENTS, kind: { in: [OTHER] } })";
    assert_eq!(names(&app, &Person::named("ben"), MAPLE, filter).await, ["Gutters.txt"]);
}

#[tokio::test]
async fn staff_need_documents_manage() {
    // FIL-1
    let app = TestApp::demo().await;
    let without = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let with = staff_with(&app, &[Permission::DocumentsManage]).await;
    for mutation in ["stagedUploadCreate", "fileFinalize", "fileShare", "fileDelete"] {
        let coordinate = format!("Mutation.{mutation}");
        assert!(!coordinates_of(&app, &without).await.contains(&coordinate), "{mutation}");
        assert!(coordinates_of(&app, &with).await.contains(&coordinate), "{mutation}");
    }
    let upload = received(&app, &with, "Gutters.txt", TEXT).await;
    let reply = finalize(&app, &with, &upload, json!({})).await;
    assert_eq!(reply.at("/fileFinalize/file/uploadedBy/isCompany"), true, "{}", reply.text);
}

#[tokio::test]
async fn trade_partner_has_no_uploads() {
    let app = TestApp::demo().await;
    for person in [Person::trade(), Person::named("wren")] {
        let open = coordinates_of(&app, &person).await;
        let mutations = ["stagedUploadCreate", "fileFinalize", "stagedUploadCancel", "fileShare", "fileDelete"];
        assert!(mutations.iter().all(|name| !open.contains(&format!("Mutation.{name}"))));
    }
}

#[tokio::test]
async fn uploads_in_other_projects_are_not_found() {
    let app = TestApp::demo().await;
    for (person, path) in [(Person::client(), RIDGE), (Person::named("cleo"), MAPLE), (Person::named("margot"), MAPLE)]
    {
        let reply = create(&app, &person, json!({ "projectId": project(&app, path) })).await;
        assert_eq!(refusals(reply.at("/stagedUploadCreate")), ["NOT_FOUND input.projectId"], "{}", reply.text);
    }
}

const COMPANY: &str = "company { portal { defaultShareFiles } }";

#[tokio::test]
async fn answer_says_who_will_see_it() {
    // FIL-8
    let app = TestApp::demo().await;
    let visible = |clients: bool| json!({ "clients": clients, "company": true, "trades": false });
    let (ana, owner) = (Person::client(), Person::owner());
    assert_eq!(upload_of(&create(&app, &ana, json!({})).await)["willBeVisibleTo"], visible(true));
    for (key, given, expected) in [
        ("a", json!({ "shareWithClients": true }), true),
        ("b", json!({ "shareWithClients": false }), false),
        ("c", json!({}), true),
    ] {
        let mut given = given;
        given["idempotencyKey"] = json!(key);
        let reply = create(&app, &owner, given).await;
        assert_eq!(upload_of(&reply)["willBeVisibleTo"], visible(expected), "{}", reply.text);
    }
    let default = change(&app, &owner, "companyPortalUpdate", "input: { defaultShareFiles: false }", COMPANY).await;
    assert_eq!(default["company"]["portal"]["defaultShareFiles"], false);
    let reply = create(&app, &owner, json!({ "idempotencyKey": "d" })).await;
    assert_eq!(upload_of(&reply)["willBeVisibleTo"], visible(false), "company_default_decides_omission");
    // Clients have no section for files then.
    let off = format!("input: {{ projectId: \"{}\", features: [DASHBOARD] }}", project(&app, MAPLE));
    change(&app, &owner, "portalSettingsUpdate", &off, "portal { id }").await;
    let reply = create(&app, &owner, json!({ "idempotencyKey": "e", "shareWithClients": true })).await;
    assert_eq!(upload_of(&reply)["willBeVisibleTo"], visible(false), "{}", reply.text);
    let reply = create(&app, &ana, json!({ "idempotencyKey": "f" })).await;
    assert_eq!(refusals(reply.at("/stagedUploadCreate")), ["INVALID_STATE "], "{}", reply.text);
}

#[tokio::test]
async fn opt_out_before_the_end_hides_file() {
    // FIL-8
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let before = names(&app, &Person::client(), MAPLE, "").await;
    let upload = received(&app, &owner, "Draft contract.txt", TEXT).await;
    let reply = finalize(&app, &owner, &upload, json!({ "shareWithClients": false })).await;
    let id = reply.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
    assert!(!sees(&app, &Person::client(), &id).await);
    assert_eq!(names(&app, &Person::client(), MAPLE, "").await, before);
    let log = "select kind || ' ' || array_to_string(audiences, ',') as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, ["INTERNAL_FILE_UPLOADED "]);
}

#[tokio::test]
async fn wrong_content_is_refused() {
    // A82
    let app = TestApp::demo().await;
    let ana = Person::client();
    let error = |reply: &portico_testkit::Reply| {
        let payload = reply.data().as_object().and_then(|data| data.values().next()).cloned().expect("a payload");
        (refusals(&payload), payload["userErrors"][0]["message"].as_str().unwrap_or_default().to_owned())
    };
    for (given, expected, words) in [
        (json!({ "size": 0 }), "INVALID input.size", "must be at least 1 byte"),
        (json!({ "size": "-5" }), "INVALID input.size", "must be at least 1 byte"),
        (json!({ "size": "2147483649" }), "INVALID input.size", "must not be larger than 2 GiB"),
        (json!({ "name": "setup.exe" }), "INVALID input.name", "has the extension of a program"),
        (json!({ "name": "photo.jpg.SCR" }), "INVALID input.name", "has the extension of a program"),
        (json!({ "sha256": "abc" }), "INVALID input.sha256", "64 hexadecimal digits"),
    ] {
        let (found, message) = error(&create(&app, &ana, given.clone()).await);
        assert_eq!(found, [expected], "{given}");
        assert!(message.contains(words), "{message}");
    }
    let reply = create(&app, &ana, json!({ "size": "many" })).await;
    assert!(reply.text.contains("64-bit integer"), "{}", reply.text);
    // Incomplete, another hash, and a program under another name.
    let reply = create(&app, &ana, json!({ "size": 42, "idempotencyKey": "half" })).await;
    let half = upload_of(&reply)["id"].as_str().expect("an upload").to_owned();
    receive(&app, &ana, &half, TEXT).await;
    let (found, message) = error(&finalize(&app, &ana, &half, json!({})).await);
    assert_eq!((found, message.contains("21 of 42 bytes")), (vec!["INVALID_STATE input.uploadId".to_owned()], true));
    let whole = received(&app, &ana, "Gutters.txt", TEXT).await;
    let (found, message) = error(&finalize(&app, &ana, &whole, json!({ "sha256": "0".repeat(64) })).await);
    assert_eq!((found, message.contains("the SHA-256")), (vec!["INVALID input.sha256".to_owned()], true), "{message}");
    let program =
        received(&app, &ana, "photo.jpg", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00").await;
    let (found, message) = error(&finalize(&app, &ana, &program, json!({})).await);
    assert_eq!((found, message.contains("program")), (vec!["INVALID input.uploadId".to_owned()], true), "{message}");
    let files = "select count(*) from files where name in ('Gutters.txt', 'photo.jpg')";
    assert_eq!(app.database().db_count(files).await, 0);
}

#[tokio::test]
async fn finalize_twice_makes_one_file() {
    let app = TestApp::concurrent().await;
    let ana = Person::client();
    let upload = received(&app, &ana, "Gutters.txt", TEXT).await;
    let finishes =
        (0..8).map(|number| finalize(&app, &ana, &upload, json!({ "idempotencyKey": format!("k{number}") })));
    let found = futures_util::future::join_all(finishes.collect::<Vec<_>>()).await;
    let ids: std::collections::BTreeSet<_> =
        found.iter().map(|reply| reply.at("/fileFinalize/file/id").to_string()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let count = "select count(*) from files where name = 'Gutters.txt'";
    assert_eq!(app.database().db_count(count).await, 1);
    assert_eq!(app.database().db_count("select count(*) from activity where kind = 'FILE_UPLOADED'").await, 1);
}

#[tokio::test]
async fn uploads_of_others_are_not_found() {
    // A38
    let app = TestApp::demo().await;
    let upload = received(&app, &Person::client(), "Gutters.txt", TEXT).await;
    let cancel = "mutation($input: StagedUploadCancelInput!) {
        stagedUploadCancel(input: $input) { userErrors { code field } } }";
    for person in [Person::named("ben"), Person::owner(), Person::named("cleo"), Person::named("margot")] {
        let reply = finalize(&app, &person, &upload, json!({})).await;
        assert_eq!(refusals(reply.at("/fileFinalize")), ["NOT_FOUND input.uploadId"], "{}", reply.text);
        let reply = app.ask_with(&person, cancel, json!({ "input": { "uploadId": upload } })).await;
        assert_eq!(refusals(reply.at("/stagedUploadCancel")), ["NOT_FOUND input.uploadId"], "{}", reply.text);
    }
    // Nor one's own after the end of access, nor an expired one.
    let ana = format!("{MAPLE}/client/ana");
    let removed = |at: &str| format!("update project_memberships set removed_at = {at} where id = {}", sql_id(&ana));
    app.database().db_execute(&removed("now()")).await;
    let reply = finalize(&app, &Person::client(), &upload, json!({})).await;
    assert_eq!(refusals(reply.at("/fileFinalize")), ["NOT_FOUND input.uploadId"], "{}", reply.text);
    app.database().db_execute(&removed("null")).await;
    app.database().db_execute("update staged_uploads set expires_at = '2020-01-01'").await;
    let reply = finalize(&app, &Person::client(), &upload, json!({})).await;
    assert_eq!(refusals(reply.at("/fileFinalize")), ["NOT_FOUND input.uploadId"], "{}", reply.text);
}

#[tokio::test]
async fn archived_project_takes_no_files() {
    let app = TestApp::demo().await;
    let upload = received(&app, &Person::client(), "Gutters.txt", TEXT).await;
    app.database().db_execute(&format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE))).await;
    for person in [Person::client(), Person::owner()] {
        let reply = create(&app, &person, json!({ "idempotencyKey": "late" })).await;
        assert_eq!(refusals(reply.at("/stagedUploadCreate")), ["PROJECT_CLOSED "], "{}", reply.text);
    }
    let reply = finalize(&app, &Person::client(), &upload, json!({})).await;
    assert_eq!(refusals(reply.at("/fileFinalize")), ["PROJECT_CLOSED "], "{}", reply.text);
}
