//! Tests of files on options of selections (SEL-5, FIL-3, FIL-9).

use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::attachments::{attach, on, record};
use super::{file, names, perform, sees, share};
use crate::support::schema::coordinates_of;
use crate::support::{MAPLE, RIDGE, change, of_project, project, refusals, sql_id};

const PLAN: &str = "Floor plan.pdf";
const TILE: &str = "Our favorite tile.jpg";
const QUOTE: &str = "Offer of the window supplier.pdf";
const BRIDGE: &str = "Bridge faucet in brass.jpg";
/// An option of a selection that concerns the plumber, and not the electrician.
const BRASS: &str = "option/Kitchen faucet/Bridge faucet, aged brass";
const STEEL: &str = "option/Kitchen faucet/Pull-down, brushed steel";
/// An option of a draft.
const BALUSTERS: &str = "option/Stair railing upgrade/Steel cable run";

fn some(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Attaches a file of the demo to an option as an owner. Returns the attachment.
async fn attached(app: &TestApp, name: &str, path: &str, more: Value) -> String {
    let done = attach(app, &Person::owner(), &file(app, name), &record(app, path), more).await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    done["attachment"]["id"].as_str().expect("an ID").to_owned()
}

#[tokio::test]
async fn photo_of_an_option_is_seen_with_the_selection() {
    // SEL-5, FIL-3, VIS-28
    let app = TestApp::demo().await;
    let (ana, ben, staff, tomas) = (Person::client(), Person::named("ben"), Person::staff(), Person::trade());
    let brass = record(&app, BRASS);
    for person in [&ana, &ben, &staff, &tomas] {
        assert_eq!(on(&app, person, &brass).await, some(&[BRIDGE]), "{person:?}");
    }
    assert_eq!(on(&app, &Person::named("eli"), &brass).await, None, "the selection does not concern him");
    // Each further file is last. The plumber sees those that are shared with him.
    let plan = attached(&app, PLAN, BRASS, json!({})).await;
    attached(&app, TILE, BRASS, json!({})).await;
    attached(&app, QUOTE, BRASS, json!({})).await;
    assert_eq!(on(&app, &staff, &brass).await, some(&[BRIDGE, PLAN, TILE, QUOTE]));
    for person in [&ana, &ben] {
        assert_eq!(on(&app, person, &brass).await, some(&[BRIDGE, PLAN, TILE]), "the quote is not shared");
    }
    assert_eq!(on(&app, &tomas, &brass).await, some(&[BRIDGE, PLAN]));
    // From the file, and by the filter.
    let query = "query($id: ID!) { node(id: $id) { ... on FileAttachment { file { name }
        record { ... on SelectionOption { title } } } } }";
    let reply = app.ask_with(&ana, query, json!({ "id": plan })).await;
    let expected = json!({ "file": { "name": PLAN }, "record": { "title": "Bridge faucet, aged brass" } });
    assert_eq!(*reply.at("/node"), expected);
    assert_eq!(names(&app, &ana, MAPLE, &format!("(filter: {{ recordId: \"{brass}\" }})")).await, [BRIDGE, PLAN, TILE]);
    let log = "select kind || coalesce(details ->> 'recordKind', '') as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, ["FILE_ATTACHEDSELECTION_OPTION"; 3]);
    // Detached, the file remains.
    let done = perform(&app, &Person::owner(), "fileDetach", json!({ "id": plan }), "file { name }").await;
    assert_eq!(done["file"]["name"], PLAN, "{done}");
    assert_eq!(on(&app, &ana, &brass).await, some(&[BRIDGE, TILE]));
    assert!(!sees(&app, &ana, &plan).await && sees(&app, &ana, &file(&app, PLAN)).await);
    share(&app, &file(&app, TILE), json!({ "sharedWithClients": false })).await;
    assert_eq!(on(&app, &ana, &brass).await, some(&[BRIDGE]));
    assert_eq!(on(&app, &staff, &brass).await, some(&[BRIDGE, TILE, QUOTE]));
}

#[tokio::test]
async fn photo_of_a_hidden_option_is_hidden() {
    // SEL-5, PRT-6, FIL-9
    let app = TestApp::demo().await;
    let (ana, staff, tomas) = (Person::client(), Person::staff(), Person::trade());
    let (draft, brass) = (record(&app, BALUSTERS), record(&app, BRASS));
    let of_draft = attached(&app, PLAN, BALUSTERS, json!({})).await;
    let hidden = attached(&app, PLAN, BRASS, json!({ "hiddenFromClients": true })).await;
    assert_eq!(on(&app, &staff, &draft).await, some(&[PLAN]));
    assert_eq!(on(&app, &staff, &brass).await, some(&[BRIDGE, PLAN]));
    assert_eq!(on(&app, &tomas, &brass).await, some(&[BRIDGE, PLAN]), "hidden from clients only");
    assert_eq!(on(&app, &ana, &brass).await, some(&[BRIDGE]));
    for person in [&ana, &tomas] {
        assert_eq!(on(&app, person, &draft).await, None, "{person:?}");
        assert!(!sees(&app, person, &of_draft).await, "{person:?}");
        let found = of_project(&app, person, MAPLE, "files { nodes { attachments { id } } }").await;
        assert!(!found.to_string().contains(&of_draft), "{person:?}: {found}");
    }
    assert!(!sees(&app, &ana, &hidden).await && sees(&app, &tomas, &hidden).await);
    for id in [&draft, &brass] {
        let found = names(&app, &ana, MAPLE, &format!("(filter: {{ recordId: \"{id}\" }})")).await;
        assert!(!found.contains(&PLAN.to_owned()), "{id}");
    }
    let input = json!({ "id": hidden, "hiddenFromClients": false });
    perform(&app, &Person::owner(), "fileAttachmentUpdate", input, "attachment { id }").await;
    assert_eq!(on(&app, &ana, &brass).await, some(&[BRIDGE, PLAN]));
    // With the selection, its option's files are shared.
    let release = json!({ "id": app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Stair railing upgrade")), "expectedVersion": 1 });
    let done = perform(&app, &Person::owner(), "selectionShare", release, "selection { id }").await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    for person in [&ana, &tomas] {
        assert_eq!(on(&app, person, &draft).await, some(&[PLAN]), "{person:?}");
    }
}

#[tokio::test]
async fn sections_decide_about_photos_of_options() {
    // PRT-1: that of selections, without the section of documents.
    let app = TestApp::demo().await;
    let (ana, brass) = (Person::client(), record(&app, BRASS));
    let with = async |features: &str| {
        let input = format!("input: {{ projectId: \"{}\", features: [{features}] }}", project(&app, MAPLE));
        change(&app, &Person::owner(), "portalSettingsUpdate", &input, "portal { id }").await;
    };
    with("DASHBOARD, SELECTIONS").await;
    assert_eq!(on(&app, &ana, &brass).await, some(&[BRIDGE]));
    assert!(sees(&app, &ana, &file(&app, BRIDGE)).await);
    with("DASHBOARD, DOCUMENTS").await;
    assert_eq!(on(&app, &ana, &brass).await, None);
    let found = of_project(&app, &ana, MAPLE, "files(query: \"bridge\") { nodes { attachments { id } } }").await;
    assert_eq!(found["files"]["nodes"], json!([{ "attachments": [] }]));
    with("DASHBOARD, SCHEDULE").await;
    assert!(!sees(&app, &ana, &file(&app, BRIDGE)).await);
}

#[tokio::test]
async fn staff_alone_attach_to_options() {
    // FIL-3
    let app = TestApp::demo().await;
    let (ana, tile) = (Person::client(), file(&app, TILE));
    let refused = attach(&app, &ana, &tile, &record(&app, BRASS), json!({})).await;
    assert_eq!(refusals(&refused), ["INVALID input.recordId"], "{refused}");
    let message = "is not a selection: you can attach files to selections only";
    assert_eq!(refused["userErrors"][0]["message"], message);
    let unknown = TestApp::global(Tag::SELECTION_OPTION, new_uuid());
    let missing = attach(&app, &ana, &tile, &unknown, json!({})).await;
    assert_eq!(refusals(&missing), ["NOT_FOUND input.recordId"]);
    assert_eq!(attach(&app, &ana, &tile, &record(&app, BALUSTERS), json!({})).await, missing, "a draft's");
    let foreign = app.id(Tag::SELECTION_OPTION, "alderbrook/harbor-court/option/Backsplash tile/Sea-green zellige");
    for id in [&unknown, &foreign] {
        assert_eq!(refusals(&attach(&app, &Person::owner(), &tile, id, json!({})).await), ["NOT_FOUND input.recordId"]);
    }
    assert!(!coordinates_of(&app, &Person::named("priya")).await.contains("Mutation.fileAttach"));
    let shared =
        attach(&app, &Person::owner(), &tile, &record(&app, BRASS), json!({ "shareWithAssignees": true })).await;
    assert_eq!(refusals(&shared), ["INVALID input.shareWithAssignees"], "{shared}");
    assert_eq!(on(&app, &Person::staff(), &record(&app, BRASS)).await, some(&[BRIDGE]));
}

#[tokio::test]
async fn deleted_options_leave_their_files() {
    // SEL-5: the attachments go, the files stay.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let of = |path: &str| {
        format!("select count(*) from file_attachments where record_id = {}", sql_id(&format!("{MAPLE}/{path}")))
    };
    let steel = "Pull-down faucet in steel.jpg";
    attached(&app, PLAN, STEEL, json!({})).await;
    assert_eq!(app.database().db_count(&of(STEEL)).await, 2);
    let done =
        perform(&app, &owner, "selectionOptionDelete", json!({ "id": record(&app, STEEL) }), "selection { id }").await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    assert_eq!(app.database().db_count(&of(STEEL)).await, 0);
    for person in [&Person::client(), &owner] {
        for name in [PLAN, steel] {
            assert!(sees(&app, person, &file(&app, name)).await, "{name}");
        }
    }
    let found = of_project(&app, &owner, MAPLE, "files(query: \"pull-down\") { nodes { attachments { id } } }").await;
    assert_eq!(found["files"]["nodes"], json!([{ "attachments": [] }]));
    // A draft, with its options.
    attached(&app, PLAN, BALUSTERS, json!({})).await;
    let draft = "selection/Stair railing upgrade";
    let before = [app.database().db_count(&of(draft)).await, app.database().db_count(&of(BALUSTERS)).await];
    assert_eq!(before, [1, 1]);
    let done = perform(&app, &owner, "selectionDelete", json!({ "id": record(&app, draft) }), "project { id }").await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    for path in [draft, BALUSTERS] {
        assert_eq!(app.database().db_count(&of(path)).await, 0, "{path}");
    }
    assert!(sees(&app, &owner, &file(&app, QUOTE)).await);
}

#[tokio::test]
async fn copied_options_have_no_files() {
    // SEL-1, SEL-5: files belong to a project.
    let app = TestApp::demo().await;
    let copy =
        json!({ "fromProjectId": project(&app, MAPLE), "toProjectId": project(&app, RIDGE), "idempotencyKey": "copy" });
    let done = perform(&app, &Person::owner(), "selectionsCopy", copy, "project { id }").await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    let fields = "selections(first: 50) { nodes { attachments { id } options { title attachments { id } } } }";
    let found = of_project(&app, &Person::owner(), RIDGE, fields).await.to_string();
    assert!(found.contains("Bridge faucet, aged brass") && !found.contains("\"id\""), "{found}");
}

#[tokio::test]
async fn photos_of_options_add_no_statements() {
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { selections(first: 50) { nodes { id attachments { id }
        options { id attachments { id file { id name image(size: SMALL) { url } } } } } } } }";
    for person in [Person::client(), Person::trade(), Person::staff()] {
        let mut counts = Vec::new();
        for size in [1, 30, 31] {
            let grown = app.db_grown_project(size).await;
            let answer = app.cold().answer(&person, query, json!({ "id": grown })).await;
            assert!(answer.codes.is_empty(), "{}", answer.to_json());
            let photos = answer.to_json().to_string().matches("Grown ").count();
            assert!(photos >= size, "{person:?}: {photos} photos of {size}");
            counts.push(answer.request_counts.statements);
        }
        assert!(counts.iter().all(|count| *count == counts[0]), "{person:?}: {counts:?}");
    }
}
