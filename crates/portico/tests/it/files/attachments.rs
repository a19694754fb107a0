//! Tests of files on records (FIL-3, FIL-9, SEL-5, SCH-6).

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{TEXT, changes, file, names, perform, sees, share};
use crate::support::files::{finalize, received};
use crate::support::schema::coordinates_of;
use crate::support::{MAPLE, ORCHARD, change, of_project, refusals, staff_with};

const PLAN: &str = "Floor plan.pdf";
const TILE: &str = "Our favorite tile.jpg";
const WALL: &str = "South wall framed.jpg";
const QUOTE: &str = "Offer of the window supplier.pdf";
const DOOR: &str = "selection/Front door";
const COUNTERTOPS: &str = "selection/Kitchen countertops";
const WALLS: &str = "task/Frame walls";

/// The id of a record of the showcase project, by the kind in its path.
pub(super) fn record(app: &TestApp, path: &str) -> String {
    let tag = match path.split('/').next() {
        Some("task") => Tag::TASK,
        Some("selection") => Tag::SELECTION,
        Some("option") => Tag::SELECTION_OPTION,
        _ => Tag::MESSAGE,
    };
    app.id(tag, &format!("{MAPLE}/{path}"))
}

fn attachment(app: &TestApp, path: &str, name: &str) -> String {
    app.id(Tag::FILE_ATTACHMENT, &format!("{MAPLE}/attachment/{path}/{name}"))
}

/// The names of the files that a person sees on a record, in their order. None if the record is hidden.
pub(super) async fn on(app: &TestApp, person: &Person, record: &str) -> Option<Vec<String>> {
    let parts = ["Task", "Selection", "SelectionOption", "Message"];
    let open = coordinates_of(app, person).await;
    let parts = parts.into_iter().filter(|ty| open.contains(&format!("{ty}.attachments")));
    let parts: String = parts.map(|ty| format!("... on {ty} {{ attachments {{ file {{ name }} }} }} ")).collect();
    let query = format!("query($id: ID!) {{ node(id: $id) {{ id {parts} }} }}");
    let reply = app.ask_with(person, &query, json!({ "id": record })).await;
    let node = reply.at("/node");
    let attached = node.get("attachments").and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |attachment: &Value| attachment["file"]["name"].as_str().expect("a name").to_owned();
    (!node.is_null()).then(|| attached.iter().map(name).collect())
}

pub(super) async fn attach(app: &TestApp, by: &Person, file: &str, record: &str, more: Value) -> Value {
    let mut input = json!({ "fileId": file, "recordId": record, "idempotencyKey": new_uuid().to_string() });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    perform(app, by, "fileAttach", input, "attachment { id file { name } record { id } }").await
}

#[tokio::test]
async fn client_adds_file_to_selection() {
    // FIL-3, SEL-5
    let app = TestApp::demo().await;
    let (ana, door) = (Person::client(), record(&app, DOOR));
    let upload = received(&app, &ana, "Door we saw.txt", TEXT).await;
    let new =
        finalize(&app, &ana, &upload, json!({})).await.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
    let attached = attach(&app, &ana, &new, &door, json!({})).await;
    assert_eq!(attached["userErrors"], json!([]), "{attached}");
    assert_eq!(attached["attachment"]["record"]["id"], door);
    let expected = Some(vec![PLAN.to_owned(), "Door we saw.txt".to_owned()]);
    for person in [ana.clone(), Person::named("ben"), Person::staff()] {
        assert_eq!(on(&app, &person, &door).await, expected, "{person:?}");
    }
    assert_eq!(on(&app, &Person::trade(), &door).await, Some(vec![PLAN.to_owned()]), "it is not shared with him");
    // Again: it stays as it is.
    assert_eq!(attach(&app, &ana, &new, &door, json!({})).await["attachment"], attached["attachment"]);
    let log = "select kind || coalesce(details ->> 'recordKind', '') as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, ["FILE_UPLOADED", "FILE_ATTACHEDSELECTION"]);
}

#[tokio::test]
async fn clients_attach_to_visible_selections_only() {
    // FIL-3, SCH-6
    let app = TestApp::demo().await;
    let (ana, tile) = (Person::client(), file(&app, TILE));
    let unknown = TestApp::global(Tag::SELECTION, new_uuid());
    let expected = attach(&app, &ana, &tile, &unknown, json!({})).await;
    assert_eq!(refusals(&expected), ["NOT_FOUND input.recordId"]);
    let elsewhere = app.id(Tag::SELECTION, &format!("{ORCHARD}/selection/Mantel beam"));
    let hidden_task = record(&app, "task/Straighten bowed hallway studs");
    let of_staff = app.id(Tag::THREAD, &format!("{MAPLE}/thread/1"));
    for hidden in [record(&app, "selection/Stair railing upgrade"), elsewhere, hidden_task, of_staff] {
        assert_eq!(attach(&app, &ana, &tile, &hidden, json!({})).await, expected, "{hidden}");
    }
    let refused = attach(&app, &ana, &tile, &record(&app, WALLS), json!({})).await;
    assert_eq!(refusals(&refused), ["INVALID input.recordId"], "{refused}");
    for person in [ana.clone(), Person::owner()] {
        let refused = attach(&app, &person, &tile, &record(&app, "thread/1/message/1"), json!({})).await;
        assert_eq!(refusals(&refused), ["INVALID input.recordId"], "{refused}");
    }
    // Files that she does not see.
    let door = record(&app, DOOR);
    let missing = attach(&app, &ana, &TestApp::global(Tag::FILE, new_uuid()), &door, json!({})).await;
    assert_eq!(refusals(&missing), ["NOT_FOUND input.fileId"]);
    let foreign = app.id(Tag::FILE, &format!("{ORCHARD}/file/Kitchen wishes.pdf"));
    for hidden in [file(&app, QUOTE), file(&app, "Touch-ups we forgot.txt"), foreign, door.clone()] {
        assert_eq!(attach(&app, &ana, &hidden, &door, json!({})).await, missing, "{hidden}");
    }
    let members = coordinates_of(&app, &ana).await;
    for member in ["hiddenFromClients", "shareWithAssignees"] {
        assert!(!members.contains(&format!("FileAttachInput.{member}")), "{member} is for staff");
    }
    assert!(!coordinates_of(&app, &Person::trade()).await.contains("Mutation.fileAttach"));
}

#[tokio::test]
async fn hidden_attachment_is_visible_elsewhere() {
    // FIL-9, SEL-5
    let app = TestApp::demo().await;
    let (ana, staff) = (Person::client(), Person::staff());
    let (door, countertops) = (record(&app, DOOR), record(&app, COUNTERTOPS));
    assert_eq!(on(&app, &ana, &door).await, Some(vec![PLAN.to_owned()]));
    assert_eq!(on(&app, &ana, &countertops).await, Some(vec![]), "hidden here");
    assert_eq!(on(&app, &staff, &countertops).await, Some(vec![PLAN.to_owned()]));
    assert_eq!(on(&app, &Person::trade(), &countertops).await, Some(vec![PLAN.to_owned()]), "hidden from clients only");
    let of_record = |id: &str| format!("(filter: {{ recordId: \"{id}\" }})");
    assert_eq!(names(&app, &ana, MAPLE, &of_record(&door)).await, [PLAN]);
    assert_eq!(names(&app, &ana, MAPLE, &of_record(&countertops)).await, Vec::<String>::new());
    assert!(names(&app, &ana, MAPLE, "").await.contains(&PLAN.to_owned()));
    let hidden = attachment(&app, COUNTERTOPS, PLAN);
    assert!(!sees(&app, &ana, &hidden).await && sees(&app, &staff, &hidden).await);
    let set = async |id: &str, is_hidden: bool| {
        let input = json!({ "id": id, "hiddenFromClients": is_hidden });
        let set =
            perform(&app, &Person::owner(), "fileAttachmentUpdate", input, "attachment { hiddenFromClients }").await;
        assert_eq!(set["attachment"]["hiddenFromClients"], is_hidden, "{set}");
    };
    set(&hidden, false).await;
    set(&hidden, false).await;
    set(&attachment(&app, DOOR, PLAN), true).await;
    assert_eq!(on(&app, &ana, &countertops).await, Some(vec![PLAN.to_owned()]));
    assert_eq!(on(&app, &ana, &door).await, Some(vec![]));
    let log = "select kind || ' ' || (details ->> 'changed') as text from activity order by at, id";
    let expected = r#"FILE_ATTACHMENT_CHANGED ["hiddenFromClients"]"#;
    assert_eq!(app.database().db_texts(log).await, [expected, expected]);
    // Without the share, the attachment is gone for clients; staff keep it.
    share(&app, &file(&app, PLAN), json!({ "sharedWithClients": false })).await;
    assert_eq!(on(&app, &ana, &countertops).await, Some(vec![]));
    assert_eq!(on(&app, &staff, &countertops).await, Some(vec![PLAN.to_owned()]));
}

#[tokio::test]
async fn client_attaches_a_file_that_is_hidden_there_like_any_other() {
    // FIL-3, FIL-9: the answer does not tell that it was hidden.
    let app = TestApp::demo().await;
    let (ana, countertops) = (Person::client(), record(&app, COUNTERTOPS));
    assert_eq!(on(&app, &ana, &countertops).await, Some(vec![]));
    let attached = attach(&app, &ana, &file(&app, PLAN), &countertops, json!({})).await;
    assert_eq!(attached["attachment"]["file"]["name"], PLAN, "{attached}");
    assert_ne!(attached["attachment"]["id"], attachment(&app, COUNTERTOPS, PLAN), "its ID does not tell the time");
    for person in [ana, Person::named("ben"), Person::staff()] {
        assert_eq!(on(&app, &person, &countertops).await, Some(vec![PLAN.to_owned()]), "{person:?}");
    }
}

#[tokio::test]
async fn staff_change_only_attachments_that_they_see() {
    // VIS-28
    let app = TestApp::demo().await;
    let (owner, without) = (Person::owner(), staff_with(&app, &[Permission::DocumentsManage]).await);
    let input = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "audience": "INTERNAL", "title": "Door",
        "body": "Not for clients", "idempotencyKey": "thread" });
    let thread = perform(&app, &owner, "threadStart", input, "thread { id }").await["thread"]["id"].clone();
    let input =
        json!({ "threadId": thread, "body": "See the plan", "fileIds": [file(&app, PLAN)], "idempotencyKey": "post" });
    let posted = perform(&app, &owner, "messagePost", input, "message { attachments { id } }").await;
    let id = posted["message"]["attachments"][0]["id"].clone();
    assert!(sees(&app, &owner, id.as_str().expect("an ID")).await, "{posted}");
    for (mutation, input) in
        [("fileAttachmentUpdate", json!({ "id": id, "hiddenFromClients": true })), ("fileDetach", json!({ "id": id }))]
    {
        let refused = perform(&app, &without, mutation, input.clone(), "").await;
        assert_eq!(refusals(&refused), ["NOT_FOUND input.id"], "{mutation}: {refused}");
        let done = perform(&app, &owner, mutation, input, "").await;
        assert_eq!(done["userErrors"], json!([]), "{mutation}: {done}");
    }
}

#[tokio::test]
async fn client_reaches_no_attachment_of_a_task() {
    // SCH-6
    let app = TestApp::demo().await;
    let task = record(&app, WALLS);
    for client in [Person::client(), Person::named("ben")] {
        assert_eq!(on(&app, &client, &task).await, Some(vec![]), "the task itself is visible");
        assert!(!coordinates_of(&app, &client).await.contains("Task.attachments"));
        let filter = format!("(filter: {{ recordId: \"{task}\" }})");
        assert_eq!(names(&app, &client, MAPLE, &filter).await, Vec::<String>::new());
        for name in [PLAN, WALL] {
            assert!(!sees(&app, &client, &attachment(&app, WALLS, name)).await, "{name}");
        }
        let fields = "files { nodes { name attachments { record { __typename } } } }";
        let found = of_project(&app, &client, MAPLE, fields).await;
        assert!(!found.to_string().contains("Task"), "{found}");
        let (entries, _) = changes(&app, &client, Value::Null).await;
        for name in [PLAN, WALL] {
            assert!(!entries.contains(&json!({ "id": attachment(&app, WALLS, name) })), "{name}");
        }
        assert!(entries.contains(&json!({ "id": attachment(&app, DOOR, PLAN) })), "{entries:?}");
    }
    // A change of them is no change for clients.
    let (_, cursor) = changes(&app, &Person::client(), Value::Null).await;
    let input = json!({ "id": attachment(&app, WALLS, WALL) });
    let detached = perform(&app, &Person::owner(), "fileDetach", input, "file { id }").await;
    assert_eq!(detached["userErrors"], json!([]), "{detached}");
    assert_eq!(changes(&app, &Person::client(), cursor).await.0, Vec::<Value>::new());
    assert_eq!(on(&app, &Person::staff(), &task).await, Some(vec![PLAN.to_owned()]));
}

#[tokio::test]
async fn partners_see_shared_files_of_their_tasks() {
    // FIL-5, VIS-11
    let app = TestApp::demo().await;
    let (tomas, task, wall) = (Person::trade(), record(&app, WALLS), file(&app, WALL));
    assert_eq!(on(&app, &tomas, &task).await, Some(vec![PLAN.to_owned()]), "the photo is not shared with him");
    assert!(!sees(&app, &tomas, &attachment(&app, WALLS, WALL)).await);
    // An assigned task of another partner.
    assert!(!sees(&app, &Person::named("eli"), &attachment(&app, WALLS, PLAN)).await);
    let again = attach(&app, &Person::owner(), &wall, &task, json!({ "shareWithAssignees": true })).await;
    assert_eq!(again["userErrors"], json!([]), "{again}");
    assert_eq!(on(&app, &tomas, &task).await, Some(vec![PLAN.to_owned(), WALL.to_owned()]));
    let filter = format!("(filter: {{ recordId: \"{task}\" }})");
    assert_eq!(names(&app, &tomas, MAPLE, &filter).await, [PLAN, WALL]);
    let door = record(&app, DOOR);
    let refused = attach(&app, &Person::owner(), &wall, &door, json!({ "shareWithAssignees": true })).await;
    assert_eq!(refusals(&refused), ["INVALID input.shareWithAssignees"], "{refused}");
    assert_eq!(on(&app, &Person::client(), &door).await, Some(vec![PLAN.to_owned()]), "nothing was attached");
    let log = "select kind || ' ' || coalesce(details ->> 'changed', '') as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, [r#"FILE_SHARED ["sharedWithTrades"]"#]);
}

#[tokio::test]
async fn staff_need_documents_manage_to_attach() {
    let app = TestApp::demo().await;
    let reader = coordinates_of(&app, &staff_with(&app, &[Permission::ProjectsRead]).await).await;
    let manager = coordinates_of(&app, &staff_with(&app, &[Permission::DocumentsManage]).await).await;
    for mutation in ["fileAttach", "fileDetach", "fileAttachmentUpdate", "albumSave", "albumDelete", "coverPhotoSet"] {
        let coordinate = format!("Mutation.{mutation}");
        assert!(!reader.contains(&coordinate) && manager.contains(&coordinate), "{mutation}");
    }
    // Staff of another company.
    let margot = Person::named("margot");
    let ids = [attachment(&app, DOOR, PLAN), TestApp::global(Tag::FILE_ATTACHMENT, new_uuid())];
    for id in &ids {
        let refused = perform(&app, &margot, "fileDetach", json!({ "id": id }), "__typename").await;
        assert_eq!(refusals(&refused), ["NOT_FOUND input.id"]);
        let input = json!({ "id": id, "hiddenFromClients": true });
        assert_eq!(
            refusals(&perform(&app, &margot, "fileAttachmentUpdate", input, "__typename").await),
            ["NOT_FOUND input.id"]
        );
    }
    let refused = attach(&app, &margot, &file(&app, PLAN), &record(&app, DOOR), json!({})).await;
    assert_eq!(refusals(&refused), ["NOT_FOUND input.fileId"]);
}

#[tokio::test]
async fn message_files_are_shared_with_the_thread() {
    // VIS-30
    let app = TestApp::demo().await;
    let post = async |by: &Person, thread: &str, files: &[&str], key: &str| {
        let ids: Vec<_> = files.iter().map(|name| file(&app, name)).collect();
        let thread = app.id(Tag::THREAD, &format!("{MAPLE}/{thread}"));
        let input = json!({ "threadId": thread, "body": "As in the picture.", "fileIds": ids, "idempotencyKey": key });
        perform(&app, by, "messagePost", input, "message { id attachments { file { name } } }").await
    };
    let (ana, jo, tomas) = (Person::client(), Person::staff(), Person::trade());
    let posted = post(&ana, "thread/1", &[TILE, WALL], "a").await;
    assert_eq!(posted["userErrors"], json!([]), "{posted}");
    assert_eq!(posted["message"]["attachments"], json!([{ "file": { "name": TILE } }, { "file": { "name": WALL } }]));
    let message = posted["message"]["id"].as_str().expect("an ID").to_owned();
    assert_eq!(post(&ana, "thread/1", &[TILE, WALL], "a").await, posted, "a retry");
    assert_eq!(on(&app, &Person::named("ben"), &message).await, Some(vec![TILE.to_owned(), WALL.to_owned()]));
    assert_eq!(on(&app, &tomas, &message).await, None);
    // Hidden from its author, and from the readers of the thread.
    assert_eq!(refusals(&post(&ana, "thread/1", &[QUOTE], "b").await), ["NOT_FOUND input.fileIds"]);
    let refused = post(&jo, "thread/1", &[QUOTE], "c").await;
    assert_eq!(refusals(&refused), ["INVALID input.fileIds"], "{refused}");
    assert!(refused["userErrors"][0]["message"].to_string().contains(QUOTE), "{refused}");
    assert_eq!(refusals(&post(&tomas, "thread/3", &[WALL], "d").await), ["NOT_FOUND input.fileIds"]);
    let posted = post(&tomas, "thread/3", &[PLAN], "e").await;
    assert_eq!(posted["userErrors"], json!([]), "{posted}");
    assert_eq!(posted["message"]["attachments"], json!([{ "file": { "name": PLAN } }]));
    let message = posted["message"]["id"].as_str().expect("an ID").to_owned();
    assert_eq!(on(&app, &ana, &message).await, None, "the thread is not with clients");
    let found = of_project(&app, &ana, MAPLE, "files { nodes { attachments { record { id } } } }").await;
    assert!(!found.to_string().contains(&message), "{found}");
}

#[tokio::test]
async fn files_of_records_need_no_documents_section() {
    // PRT-1: the section of the record decides.
    let app = TestApp::demo().await;
    let (ana, maple) = (Person::client(), app.id(Tag::PROJECT, MAPLE));
    let with = async |features: &str| {
        let input = format!("input: {{ projectId: \"{maple}\", features: [{features}] }}");
        change(&app, &Person::owner(), "portalSettingsUpdate", &input, "portal { id }").await;
    };
    with("DASHBOARD, SELECTIONS").await;
    let of_options = ["Bridge faucet in brass.jpg", "Pull-down faucet in steel.jpg", "Touchless faucet in black.jpg"];
    let expected = [of_options[0], PLAN, TILE, of_options[1], of_options[2]];
    assert_eq!(names(&app, &ana, MAPLE, "").await, expected, "on selections and options; not what is hidden there");
    assert_eq!(on(&app, &ana, &record(&app, DOOR)).await, Some(vec![PLAN.to_owned()]));
    with("DASHBOARD, MESSAGES").await;
    assert_eq!(names(&app, &ana, MAPLE, "").await, [WALL]);
    assert_eq!(on(&app, &ana, &record(&app, "thread/1/message/4")).await, Some(vec![WALL.to_owned()]));
    with("DASHBOARD, SCHEDULE").await;
    assert_eq!(names(&app, &ana, MAPLE, "").await, Vec::<String>::new(), "never by a task");
    with("DASHBOARD, DOCUMENTS").await;
    assert_eq!(names(&app, &ana, MAPLE, "").await.len(), 7);
    assert_eq!(on(&app, &ana, &record(&app, DOOR)).await, None);
    let plan = of_project(&app, &ana, MAPLE, "files(query: \"floor\") { nodes { attachments { id } } }").await;
    assert_eq!(plan["files"]["nodes"][0]["attachments"], json!([]), "the selection is hidden");
}

#[tokio::test]
async fn parallel_attachments_are_one() {
    let app = TestApp::demo().await;
    let (owner, wall, door) = (Person::owner(), file(&app, WALL), record(&app, DOOR));
    let both = futures_util::future::join_all((0..4).map(|_| attach(&app, &owner, &wall, &door, json!({})))).await;
    let ids: std::collections::BTreeSet<_> = both.iter().map(|done| done["attachment"]["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{both:?}");
    assert_eq!(app.database().db_texts("select kind as text from activity").await, ["FILE_ATTACHED"]);
}

#[tokio::test]
async fn records_have_a_maximum_of_files() {
    let app = TestApp::demo().await;
    let grown = "with new as (
            insert into files (id, company_id, project_id, kind, name, state, shared_with_clients, author_id, author_kind,
                author_name, media_type, size, sha256, renditions)
            select gen_random_uuid(), s.company_id, s.project_id, 'FILE', 'More ' || i, 'AVAILABLE', true, p.id, 'COMPANY', p.name,
                'text/plain', 5, repeat('0', 64), 'NONE'
            from selections s, generate_series(1, 48) i, (select id, name from identities order by id limit 1) p
            where s.title = 'Front door' returning id, company_id, project_id)
        insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
        select gen_random_uuid(), n.company_id, n.project_id, n.id, 'SELECTION', s.id, now()
        from new n join selections s on s.project_id = n.project_id and s.title = 'Front door'";
    app.database().db_execute(grown).await;
    let (owner, door) = (Person::owner(), record(&app, DOOR));
    assert_eq!(attach(&app, &owner, &file(&app, WALL), &door, json!({})).await["userErrors"], json!([]));
    let refused = attach(&app, &owner, &file(&app, TILE), &door, json!({})).await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.recordId"], "{refused}");
    // Some of them may be hidden from clients, who do not learn the number.
    let refused = attach(&app, &Person::client(), &file(&app, TILE), &door, json!({})).await;
    let message = "this file cannot be attached here: ask the company";
    assert_eq!(refused["userErrors"][0]["message"], message, "{refused}");
    // A deleted file makes room, until it would return to a record that is full.
    let wall = json!({ "id": file(&app, WALL) });
    perform(&app, &owner, "fileDelete", wall.clone(), "project { id }").await;
    let attached = attach(&app, &Person::client(), &file(&app, TILE), &door, json!({})).await;
    assert_eq!(attached["userErrors"], json!([]), "{attached}");
    let refused = perform(&app, &owner, "fileRestore", wall, "file { id }").await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.id"], "{refused}");
}
