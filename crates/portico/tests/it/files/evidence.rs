//! Tests of files that decisions refer to (EXP-8).

use std::time::Duration;

use futures_util::future::join3;
use portico_core::decisions::sha256;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::attachments::attach;
use super::{TEXT, file, perform, sees, share};
use crate::support::files::{finalize, received};
use crate::support::schema::coordinates_of;
use crate::support::selections::{approval_document, approve, document_hash};
use crate::support::{MAPLE, refusals, sql_id};

/// A selection that can be approved.
const FAUCET: &str = "alderbrook/maple-street/selection/Kitchen faucet";
/// Its chosen option, and another one.
const CHOSEN: &str = "alderbrook/maple-street/option/Kitchen faucet/Bridge faucet, aged brass";
const OTHER: &str = "alderbrook/maple-street/option/Kitchen faucet/Touchless, matte black";
const PHOTO: &str = "Bridge faucet in brass.jpg";
const PLAN: &str = "Floor plan.pdf";
const TILE: &str = "Our favorite tile.jpg";
const WALL: &str = "South wall framed.jpg";
const QUOTE: &str = "Offer of the window supplier.pdf";

fn faucet(app: &TestApp) -> String {
    app.id(Tag::SELECTION, FAUCET)
}

/// A new file of a person, by its id.
async fn uploaded(app: &TestApp, by: &Person, name: &str, bytes: &[u8]) -> String {
    let upload = received(app, by, name, bytes).await;
    let reply = finalize(app, by, &upload, json!({})).await;
    reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

/// Attaches a file to the selection as an owner. Returns the attachment.
async fn attached(app: &TestApp, id: &str, more: Value) -> String {
    let done = attach(app, &Person::owner(), id, &faucet(app), more).await;
    done["attachment"]["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned()
}

/// The files of the document that a person sees, and would sign.
async fn files_seen(app: &TestApp, person: &Person) -> Value {
    let document = approval_document(app, person, FAUCET).await;
    let text = document["text"].as_str().unwrap_or_else(|| panic!("no document: {document}"));
    serde_json::from_str::<Value>(text).expect("it is JSON")["files"].clone()
}

async fn delete(app: &TestApp, person: &Person, id: &str) -> Value {
    perform(app, person, "fileDelete", json!({ "id": id }), "project { id }").await
}

async fn is_evidence(app: &TestApp, person: &Person, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on File { isEvidence } } }";
    app.ask_with(person, query, json!({ "id": id })).await.at("/node/isEvidence").clone()
}

#[tokio::test]
async fn decision_lists_the_files_that_clients_saw() {
    // EXP-8, SEL-2
    let app = TestApp::demo().await;
    let (ana, ben, owner) = (Person::client(), Person::named("ben"), Person::owner());
    assert_eq!(files_seen(&app, &ana).await[0]["name"], PHOTO, "on the chosen option");
    let notes = uploaded(&app, &ana, "Faucet we saw.txt", TEXT).await;
    attached(&app, &notes, json!({})).await;
    attached(&app, &file(&app, PLAN), json!({})).await;
    // Hidden from clients on this record, and everywhere.
    attached(&app, &file(&app, WALL), json!({ "hiddenFromClients": true })).await;
    attached(&app, &file(&app, QUOTE), json!({})).await;
    let seen = files_seen(&app, &ana).await;
    assert_eq!(
        seen[0],
        json!({ "id": notes, "name": "Faucet we saw.txt", "mediaType": "text/plain", "size": "21",
            "sha256": sha256(std::str::from_utf8(TEXT).expect("a text")) })
    );
    assert_eq!(
        (&seen[1]["name"], &seen[1]["mediaType"], &seen[2]["name"], &seen[3]),
        (&json!(PLAN), &json!("application/pdf"), &json!(PHOTO), &Value::Null)
    );
    let document = approval_document(&app, &ana, FAUCET).await;
    for person in [&ben, &owner, &Person::staff()] {
        assert_eq!(approval_document(&app, person, FAUCET).await, document, "{person:?}");
    }
    for id in [&notes, &file(&app, PLAN)] {
        assert_eq!(is_evidence(&app, &ana, id).await, json!(false));
    }
    assert_eq!(approve(&app, &ben, FAUCET).await["userErrors"], json!([]));
    let query = "query($id: ID!) { project(id: $id) { decisions(first: 1) { nodes { document documentHash } } } }";
    let reply = app.ask_with(&ana, query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    let decision = &reply.at("/project/decisions/nodes")[0];
    assert_eq!((&decision["document"], &decision["documentHash"]), (&document["text"], &document["hash"]));
    for id in [&notes, &file(&app, PLAN), &file(&app, PHOTO)] {
        for person in [&ana, &ben, &owner] {
            assert_eq!(is_evidence(&app, person, id).await, json!(true));
        }
    }
    for name in [WALL, QUOTE] {
        assert_eq!(is_evidence(&app, &owner, &file(&app, name)).await, json!(false), "{name}");
    }
    // Trade partners do not see decisions.
    assert!(!coordinates_of(&app, &Person::trade()).await.contains("File.isEvidence"));
}

#[tokio::test]
async fn evidence_cannot_be_deleted() {
    // EXP-8
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let notes = uploaded(&app, &ana, "Faucet we saw.txt", TEXT).await;
    let (on_faucet, tile) = (attached(&app, &notes, json!({})).await, file(&app, TILE));
    attached(&app, &tile, json!({})).await;
    assert_eq!(approve(&app, &ana, FAUCET).await["userErrors"], json!([]));
    // Of the tile, an earlier approval is known from the demo.
    for (person, id, expected) in [
        (
            &ana,
            &notes,
            "is evidence of decision 4 of the project and cannot be deleted: ask the company to unshare it instead",
        ),
        (
            &owner,
            &notes,
            "is evidence of decision 4 of the project and cannot be deleted: unshare it with `fileShare` instead",
        ),
        (
            &owner,
            &tile,
            "is evidence of decisions 2 and 4 of the project and cannot be deleted: unshare it with `fileShare` instead",
        ),
    ] {
        let refused = delete(&app, person, id).await;
        assert_eq!(refusals(&refused), ["INVALID_STATE input.id"], "{refused}");
        assert_eq!(refused["userErrors"][0]["message"], expected);
    }
    // Others are told no more than before.
    assert_eq!(refusals(&delete(&app, &Person::named("ben"), &notes).await), ["NOT_ALLOWED input.id"]);
    assert_eq!(refusals(&delete(&app, &Person::named("margot"), &notes).await), ["NOT_FOUND input.id"]);
    // It stays also without the attachment. The remedy works.
    let detached = perform(&app, &owner, "fileDetach", json!({ "id": on_faucet }), "file { id }").await;
    assert_eq!(detached["userErrors"], json!([]), "{detached}");
    assert_eq!(refusals(&delete(&app, &owner, &notes).await), ["INVALID_STATE input.id"]);
    share(&app, &notes, json!({ "sharedWithClients": false })).await;
    assert!(!sees(&app, &ana, &notes).await);
    assert_eq!(refusals(&delete(&app, &ana, &notes).await), ["NOT_FOUND input.id"]);
    assert_eq!(refusals(&delete(&app, &owner, &notes).await), ["INVALID_STATE input.id"]);
    assert_eq!(is_evidence(&app, &owner, &notes).await, json!(true));
    assert_eq!(delete(&app, &owner, &file(&app, WALL)).await["userErrors"], json!([]), "other files are deleted");
}

#[tokio::test]
async fn changed_files_are_read_again_before_approval() {
    // EXP-8, SEL-2
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let notes = uploaded(&app, &ana, "Faucet we saw.txt", TEXT).await;
    let other = uploaded(&app, &owner, "Sink.txt", b"A sink, not a faucet!").await;
    let on_faucet = attached(&app, &notes, json!({})).await;
    let mut hash = document_hash(&app, &ana, FAUCET).await;
    let update = |hidden: bool| json!({ "id": on_faucet, "hiddenFromClients": hidden });
    for (mutation, input) in [
        ("fileAttach", json!({ "fileId": other, "recordId": faucet(&app), "idempotencyKey": "other" })),
        ("fileUpdate", json!({ "id": other, "expectedVersion": 1, "name": "Basin.txt" })),
        ("fileShare", json!({ "id": other, "sharedWithClients": false })),
        ("fileAttachmentUpdate", update(true)),
        ("fileAttachmentUpdate", update(false)),
        ("fileDelete", json!({ "id": notes })),
        ("fileRestore", json!({ "id": notes })),
        ("fileDetach", json!({ "id": on_faucet })),
        ("fileUpdate", json!({ "id": file(&app, PHOTO), "expectedVersion": 1, "name": "Brass.jpg" })),
        (
            "fileAttach",
            json!({ "fileId": file(&app, WALL), "recordId": app.id(Tag::SELECTION_OPTION, CHOSEN), "idempotencyKey": "option" }),
        ),
    ] {
        let done = perform(&app, &owner, mutation, input, "").await;
        assert_eq!(done["userErrors"], json!([]), "{mutation}: {done}");
        let input = json!({ "id": faucet(&app), "documentHash": hash, "idempotencyKey": new_uuid().to_string() });
        let refused = perform(&app, &ana, "selectionApprove", input, "").await;
        assert_eq!(refusals(&refused), ["CONFLICT input.documentHash"], "{mutation}: {refused}");
        hash = document_hash(&app, &ana, FAUCET).await;
    }
    assert_eq!(approve(&app, &ana, FAUCET).await["userErrors"], json!([]));
    // Neither the deleted nor the detached file was evidence at any time.
    let held = "select f.name as text from file_holds h join decisions d on d.id = h.decision_id
        join file_contents c on c.id = h.content_id join files f on f.id = c.file_id where d.position = 4 order by 1";
    assert_eq!(app.database().db_texts(held).await, ["Brass.jpg", WALL]);
}

#[tokio::test]
async fn decision_lists_files_of_chosen_options_once() {
    // EXP-8, SEL-2, SEL-5
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let on_option = async |name: &str, option: &str, is_hidden: bool| {
        let id = app.id(Tag::SELECTION_OPTION, option);
        let done = attach(&app, &owner, &file(&app, name), &id, json!({ "hiddenFromClients": is_hidden })).await;
        assert_eq!(done["userErrors"], json!([]), "{done}");
    };
    // Of the other option, hidden from clients, and not shared.
    on_option(TILE, OTHER, false).await;
    on_option(WALL, CHOSEN, true).await;
    on_option(QUOTE, CHOSEN, false).await;
    let of_files = async |person: &Person| {
        let seen = files_seen(&app, person).await;
        seen.as_array().expect("a list").iter().map(|file| file["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_files(&ana).await, [PHOTO]);
    // On the selection and its option: once, with the files of the selection.
    on_option(PLAN, CHOSEN, false).await;
    assert_eq!(of_files(&ana).await, [PHOTO, PLAN]);
    attached(&app, &file(&app, PLAN), json!({})).await;
    for person in [&ana, &Person::named("ben"), &owner, &Person::staff()] {
        assert_eq!(of_files(person).await, [PLAN, PHOTO], "{person:?}");
    }
    assert_eq!(approve(&app, &ana, FAUCET).await["userErrors"], json!([]));
    for (name, expected) in [(PHOTO, true), (PLAN, true), (TILE, true), (WALL, false), (QUOTE, false)] {
        // An earlier decision refers to the tile.
        assert_eq!(is_evidence(&app, &owner, &file(&app, name)).await, json!(expected), "{name}");
    }
    let held = "select count(*) from file_holds h join decisions d on d.id = h.decision_id where d.position = 4";
    assert_eq!(app.database().db_count(held).await, 2);
    let refused = delete(&app, &owner, &file(&app, PHOTO)).await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.id"], "{refused}");
}

#[tokio::test]
async fn deletion_and_approval_at_once_agree() {
    // EXP-8, SEC-21
    let app = TestApp::concurrent().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let (mut approved, mut deleted) = (0, 0);
    for round in 0..30_u32 {
        let doomed = uploaded(&app, &owner, &format!("Doomed {round}.txt"), TEXT).await;
        attached(&app, &doomed, json!({})).await;
        let added = uploaded(&app, &owner, &format!("Added {round}.txt"), TEXT).await;
        let hash = document_hash(&app, &ana, FAUCET).await;
        let input = json!({ "id": faucet(&app), "documentHash": hash, "idempotencyKey": format!("approve {round}") });
        // A third request attaches a file: it locks the same rows.
        // Each of them is first in some rounds.
        let (early, late) =
            (Duration::from_millis(u64::from(round % 6) * 10), Duration::from_millis(u64::from(5 - round % 6) * 10));
        let after = async |delay: Duration| tokio::time::sleep(delay).await;
        let (approval, deletion, attachment) = join3(
            async {
                after(late).await;
                perform(&app, &ana, "selectionApprove", input, "decision { document }").await
            },
            async {
                after(early).await;
                delete(&app, &owner, &doomed).await
            },
            async {
                after(early).await;
                attach(&app, &owner, &added, &faucet(&app), json!({})).await
            },
        )
        .await;
        assert_eq!(attachment["userErrors"], json!([]), "{attachment}");
        let has_approved = refusals(&approval).is_empty();
        if has_approved {
            let document = approval["decision"]["document"].as_str().expect("a document");
            assert!(document.contains(&doomed), "the hash was that of a document with the file: {document}");
            assert_eq!(refusals(&deletion), ["INVALID_STATE input.id"], "{deletion}");
            assert_eq!(is_evidence(&app, &owner, &doomed).await, json!(true));
            approved += 1;
        } else {
            // Deleted before, or the other file was attached before; the deletion is not refused then.
            assert_eq!(refusals(&approval), ["CONFLICT input.documentHash"], "{approval}");
            assert_eq!(deletion["userErrors"], json!([]), "{deletion}");
            assert_eq!(is_evidence(&app, &owner, &doomed).await, json!(false));
            deleted += 1;
        }
        // The next round, with few files.
        let again = format!(
            "update selections set status = 'CHOSEN', approved_at = null where id = {0}; delete from file_attachments where record_id = {0}",
            sql_id(FAUCET)
        );
        app.database().db_execute(&again).await;
    }
    assert!(approved > 0 && deleted > 0, "{approved} approvals, {deleted} deletions");
    let held =
        "select count(*) from file_holds h join file_contents c on c.id = h.content_id join files f on f.id = c.file_id
        where f.state = 'DELETED' or not f.is_evidence";
    assert_eq!(app.database().db_count(held).await, 0);
}

#[tokio::test]
async fn no_login_deletes_or_changes_evidence() {
    // EXP-8
    let app = TestApp::demo().await;
    let scope = format!("set portico.company = {}", sql_id("alderbrook"));
    let held = "select f::text || c::text || r::text || o::text as text
        from file_holds h join file_contents c on c.id = h.content_id join files f on f.id = c.file_id
        join file_renditions r on r.content_id = c.id join file_objects o on o.rendition_id = r.id order by 1";
    let before = app.database().db_texts(held).await;
    assert_eq!(before.len(), 4, "the original of the tile and three images");
    let logins =
        [None, Some("portico_writer"), Some("portico_worker"), Some("portico_accounts"), Some("portico_operator")];
    let of_held = "in (select c.file_id from file_contents c join file_holds h on h.content_id = c.id)";
    let of_tile = format!("= {}", sql_id(&format!("{MAPLE}/file/{TILE}")));
    for login in logins {
        let client = app.database().db_client(login).await;
        client.batch_execute(&scope).await.expect("it can be set");
        // Not every login reads holds.
        let of = if login.is_none() { of_held } else { of_tile.as_str() };
        for statement in [
            format!("delete from files where id {of}"),
            format!("update files set state = 'DELETED', deleted_at = now() where id {of}"),
            format!("update files set is_evidence = false where id {of}"),
            format!("delete from file_contents where file_id {of}"),
            format!("update file_contents set sha256 = md5('a') || md5('b') where file_id {of}"),
            format!("update file_contents set number = 2 where file_id {of}"),
            format!("delete from file_renditions where file_id {of}"),
            format!("update file_renditions set sha256 = md5('a') || md5('b') where file_id {of}"),
            format!(
                "delete from file_objects where rendition_id in (select id from file_renditions where file_id {of})"
            ),
            format!(
                "update file_objects set rendition_id = null where rendition_id in (select id from file_renditions where file_id {of})"
            ),
            "delete from file_holds".to_owned(),
            "update file_holds set company_id = company_id".to_owned(),
            "truncate file_holds".to_owned(),
            "truncate files cascade".to_owned(),
            "truncate file_contents cascade".to_owned(),
            "truncate file_renditions cascade".to_owned(),
            "truncate file_objects".to_owned(),
        ] {
            let refused = client.batch_execute(&statement).await.expect_err(&statement);
            let code = refused.code().map(|code| code.code().to_owned()).unwrap_or_default();
            // A trigger, the constraint of the state, or no right.
            let expected: &[&str] = if login.is_none() { &["23001", "23514"] } else { &["23001", "23514", "42501"] };
            assert!(expected.contains(&code.as_str()), "{login:?}: {statement}: {refused}");
        }
    }
    assert_eq!(app.database().db_texts(held).await, before);
}

#[tokio::test]
async fn retention_keeps_evidence() {
    // EXP-8, ROB-33
    let app = TestApp::demo().await;
    // As if the state were another one.
    let deleted = format!(
        "alter table files drop constraint files_check1;
        update files set state = 'DELETED', deleted_at = '2020-01-01' where id in ({}, {})",
        sql_id(&format!("{MAPLE}/file/{TILE}")),
        sql_id(&format!("{MAPLE}/file/{WALL}")),
    );
    app.database().db_execute(&deleted).await;
    assert_eq!(app.database().db_texts("select retention.delete_files('2021-01-01', 500)::text as text").await, ["1"]);
    let left = format!("select name as text from files where name in ('{TILE}', '{WALL}')");
    assert_eq!(app.database().db_texts(&left).await, [TILE]);
    let objects = "select count(*) from file_holds h join file_renditions r on r.content_id = h.content_id
        join file_objects o on o.rendition_id = r.id";
    assert_eq!(app.database().db_count(objects).await, 4);
}
