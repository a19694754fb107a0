//! Tests of the answers: first fetch, differences, pages and cursors.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::copy::Copy;
use crate::support::{MAPLE, ORCHARD, change, of_project, project, sql_id, staff_with};

const CHANGES: &str =
    "query($id: ID!, $since: String, $first: Int) { project(id: $id) { changes(since: $since, first: $first) {
    entries { kind id record { __typename id } } cursor hasMore } } }";

/// One answer of Maple Street.
async fn changes(app: &TestApp, person: &Person, since: Option<&str>, first: u32) -> Value {
    let variables = json!({ "id": project(app, MAPLE), "since": since, "first": first });
    app.ask_with(person, CHANGES, variables).await.at("/project/changes").clone()
}

/// The cursor after everything.
async fn latest(app: &TestApp, person: &Person) -> String {
    let mut cursor: Option<String> = None;
    loop {
        let answer = changes(app, person, cursor.as_deref(), 100).await;
        cursor = answer["cursor"].as_str().map(str::to_owned);
        if answer["hasMore"] == false {
            return cursor.expect("a cursor");
        }
    }
}

/// Kinds and types of an answer's entries.
fn sent(answer: &Value) -> Vec<String> {
    let entries = answer["entries"].as_array().expect("a list");
    let text = |entry: &Value| {
        let ty = entry["record"]["__typename"].as_str().unwrap_or("-");
        format!("{} {ty}", entry["kind"].as_str().unwrap_or_default())
    };
    entries.iter().map(text).collect()
}

#[tokio::test]
async fn first_answers_hold_every_visible_record() {
    let app = TestApp::demo().await;
    for (name, person) in Person::of_each_role() {
        if matches!(name, "public" | "support") {
            continue;
        }
        let mut copy = Copy::new(&app, person.clone(), project(&app, MAPLE)).await;
        copy.sync(&app, 7).await;
        assert!(copy.records.len() > 20, "{name}: {}", copy.records.len());
        assert_eq!(copy.records, copy.fresh(&app).await, "{name}");
        let cursor = copy.cursor.clone();
        copy.sync(&app, 7).await;
        assert_eq!(copy.cursor, cursor, "{name}: nothing has changed");
        assert_eq!(copy.applied.keys().collect::<Vec<_>>(), ["CREATED"], "{name}");
    }
}

#[tokio::test]
async fn a_first_answer_begins_with_the_project() {
    let app = TestApp::demo().await;
    let answer = changes(&app, &Person::client(), None, 3).await;
    assert_eq!(sent(&answer), ["CREATED Project", "CREATED Location", "CREATED Location"]);
    assert_eq!(answer["hasMore"], true);
}

#[tokio::test]
async fn created_changed_and_removed_records_are_told() {
    let app = TestApp::demo().await;
    let (owner, client) = (Person::owner(), Person::client());
    let cursor = latest(&app, &client).await;
    let maple = project(&app, MAPLE);
    let save = format!("input: {{ projectId: \"{maple}\", name: \"Pantry\" }}");
    let saved = change(&app, &owner, "locationSave", &save, "location { id }").await;
    let pantry = saved["location"]["id"].as_str().expect("it was saved").to_owned();
    let answer = changes(&app, &client, Some(&cursor), 25).await;
    assert_eq!(sent(&answer), ["CREATED Location"]);
    assert_eq!(answer["entries"][0]["id"], json!(pantry));
    let after = answer["cursor"].as_str().expect("a cursor").to_owned();

    let save = format!("input: {{ projectId: \"{maple}\", id: \"{pantry}\", name: \"Larder\" }}");
    change(&app, &owner, "locationSave", &save, "location { id }").await;
    assert_eq!(sent(&changes(&app, &client, Some(&after), 25).await), ["CHANGED Location"]);
    assert_eq!(sent(&changes(&app, &client, Some(&cursor), 25).await), ["CREATED Location"], "it was not there then");

    change(&app, &owner, "locationRemove", &format!("input: {{ id: \"{pantry}\" }}"), "userErrors { code }").await;
    let answer = changes(&app, &client, Some(&after), 25).await;
    assert_eq!(sent(&answer), ["REMOVED -"]);
    assert_eq!(answer["entries"][0]["id"], json!(pantry));
    let before = changes(&app, &client, Some(&cursor), 25).await;
    assert_eq!(sent(&before), Vec::<String>::new(), "it came and went");
    assert_eq!(before["cursor"], answer["cursor"]);
}

#[tokio::test]
async fn withdrawn_sections_are_removed_without_content() {
    let app = TestApp::demo().await;
    let (owner, client) = (Person::owner(), Person::client());
    let cursor = latest(&app, &client).await;
    let set = |features: &str| format!("input: {{ projectId: \"{}\", features: [{features}] }}", project(&app, MAPLE));
    let portal = "portal { features }";
    change(&app, &owner, "portalSettingsUpdate", &set("DASHBOARD, SCHEDULE"), portal).await;
    let answer = changes(&app, &client, Some(&cursor), 100).await;
    let all = sent(&answer);
    assert_eq!(all[0], "CHANGED Project", "{all:?}");
    assert!(all.len() > 10 && all[1..].iter().all(|entry| entry == "REMOVED -"), "{all:?}");
    change(&app, &owner, "portalSettingsUpdate", &set("DASHBOARD, SCHEDULE, SELECTIONS, TEAM"), portal).await;
    let again = sent(&changes(&app, &client, answer["cursor"].as_str(), 100).await);
    assert!(
        again.contains(&"CREATED Selection".to_owned()) && again.contains(&"CREATED TeamMember".to_owned()),
        "{again:?}"
    );
}

#[tokio::test]
async fn own_read_marks_are_changes() {
    // Marks have no generation: an answer from the response cache would not show them.
    let app = TestApp::demo().await;
    let client = Person::client();
    let cursor = latest(&app, &client).await;
    for _ in 0..2 {
        assert_eq!(sent(&changes(&app, &client, Some(&cursor), 25).await), Vec::<String>::new());
    }
    let threads = of_project(&app, &client, MAPLE, "threads { nodes { id unreadCount } }").await;
    let threads = threads["threads"]["nodes"].as_array().expect("a list").clone();
    let unread = threads.iter().find(|thread| thread["unreadCount"] != 0).expect("a thread with unread messages");
    let input = format!("input: {{ threadId: {} }}", unread["id"]);
    change(&app, &client, "messageMarkRead", &input, "thread { unreadCount }").await;
    let answer = changes(&app, &client, Some(&cursor), 25).await;
    assert_eq!((sent(&answer), &answer["entries"][0]["id"]), (vec!["CHANGED Thread".to_owned()], &unread["id"]));
}

#[tokio::test]
async fn cursor_survives_changed_rights() {
    let app = TestApp::demo().await;
    let (owner, client) = (Person::owner(), Person::client());
    let cursor = latest(&app, &client).await;
    let membership = app.id(portico_core::id::Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
    let input = format!("input: {{ id: \"{membership}\", canPay: false }}");
    let changed = change(&app, &owner, "projectClientUpdate", &input, "projectClient { canPay }").await;
    assert_eq!(changed["projectClient"]["canPay"], false, "{changed}");
    // The contract total.
    assert_eq!(sent(&changes(&app, &client, Some(&cursor), 25).await), ["CHANGED Project"]);
}

#[tokio::test]
async fn cursors_of_others_are_refused() {
    let app = TestApp::demo().await;
    let (client, trade) = (Person::client(), Person::trade());
    let (mine, theirs) = (latest(&app, &client).await, latest(&app, &trade).await);
    let ask = async |path: &str, person: &Person, since: &str| {
        app.ask_with(person, CHANGES, json!({ "id": project(&app, path), "since": since })).await
    };
    for (path, person, since, code) in [
        (MAPLE, &client, theirs.as_str(), "CURSOR_INVALID"),
        (ORCHARD, &Person::owner(), mine.as_str(), "CURSOR_INVALID"),
        // A damaged one has the same remedy.
        (MAPLE, &client, "never a cursor", "CURSOR_INVALID"),
        (MAPLE, &client, "", "CURSOR_INVALID"),
    ] {
        let reply = ask(path, person, since).await;
        assert_eq!(reply.code(), code, "{path} {since}: {}", reply.text);
        assert!(reply.message().contains("since"), "{}", reply.text);
    }
}

#[tokio::test]
async fn cursors_older_than_the_retention_are_refused() {
    // ROB-33
    let app = TestApp::demo().await;
    let client = Person::client();
    let old = latest(&app, &client).await;
    let age = "update sync_states set changed_at = now() - interval '91 days'";
    let purge = "select retention.delete_synced_records(now() - interval '90 days', 500)::text as text";
    app.database().db_execute(age).await;
    assert_eq!(app.database().db_texts(purge).await, ["1"]);
    assert_eq!(app.database().db_texts(purge).await, ["0"], "nothing is left to delete");
    assert_eq!(app.database().db_count("select count(*) as count from synced_records").await, 0);
    let app = app.without_answers();
    let refused = app.ask_with(&client, CHANGES, json!({ "id": project(&app, MAPLE), "since": old })).await;
    assert_eq!(refused.code(), "CURSOR_INVALID", "{}", refused.text);
    // From the beginning, everything is new, at later positions.
    let mut copy = Copy::new(&app, client.clone(), project(&app, MAPLE)).await;
    copy.sync(&app, 10).await;
    assert_eq!(copy.records, copy.fresh(&app).await);
    assert_eq!(copy.applied.keys().collect::<Vec<_>>(), ["CREATED"]);
    let refused = app.ask_with(&client, CHANGES, json!({ "id": project(&app, MAPLE), "since": old })).await;
    assert_eq!(refused.code(), "CURSOR_INVALID", "{}", refused.text);
}

#[tokio::test]
async fn page_sizes_are_checked() {
    let app = TestApp::demo().await;
    for first in [0, -1, 101] {
        let variables = json!({ "id": project(&app, MAPLE), "first": first });
        let reply = app.ask_with(&Person::client(), CHANGES, variables).await;
        assert_eq!((reply.code(), reply.message().contains("first")), ("BAD_USER_INPUT", true), "{}", reply.text);
    }
}

#[tokio::test]
async fn hidden_costs_change_nothing_for_staff_without_the_permission() {
    let app = TestApp::demo().await;
    let buyer = staff_with(&app, &[Permission::CostsView]).await;
    let planner = staff_with(&app, &[]).await;
    let (seen, hidden) = (latest(&app, &buyer).await, latest(&app, &planner).await);
    let version = of_project(&app, &planner, MAPLE, "version").await["version"].clone();
    let input = format!(
        "input: {{ id: \"{}\", expectedVersion: {version}, riskNotes: \"The slope may slide\" }}",
        project(&app, MAPLE)
    );
    let changed = change(&app, &Person::owner(), "projectUpdate", &input, "project { riskNotes }").await;
    assert_eq!(changed["project"]["riskNotes"], "The slope may slide", "{changed}");
    let answer = changes(&app, &planner, Some(&hidden), 25).await;
    assert_eq!((sent(&answer), &answer["cursor"]), (Vec::new(), &json!(hidden)));
    let seen = changes(&app, &buyer, Some(&seen), 25).await;
    assert_eq!(sent(&seen), ["CHANGED Project"]);
    let raise = format!(
        "update selection_option_costs set unit_cost_minor = unit_cost_minor + 1 where project_id = {}",
        sql_id(MAPLE)
    );
    app.database().db_execute(&raise).await;
    let of = async |person: &Person, earlier: &Value| changes(&app, person, earlier["cursor"].as_str(), 100).await;
    assert!(sent(&of(&buyer, &seen).await).contains(&"CHANGED SelectionOption".to_owned()));
    let later = of(&planner, &answer).await;
    assert_eq!((sent(&later), &later["cursor"]), (Vec::new(), &answer["cursor"]));
}

#[tokio::test]
async fn number_of_statements_is_fixed() {
    let app = TestApp::demo().await;
    let statements = async |first: u32, since: Option<&str>| {
        let variables = json!({ "id": project(&app, MAPLE), "since": since, "first": first });
        app.answer(&Person::owner(), CHANGES, variables).await.request_counts.statements
    };
    let (few, many) = (statements(1, None).await, statements(100, None).await);
    // The project, what was sent, what differs; and one for each kind of record among the entries.
    assert_eq!(few, 5);
    assert!((6..=4 + 11).contains(&many), "{many}");
    let cursor = latest(&app, &Person::owner()).await;
    assert_eq!(statements(100, Some(&cursor)).await, 4);
}

#[tokio::test]
async fn devices_of_one_reader_do_not_disturb_each_other() {
    // Two devices ask for the same change at once, and each is sent it once.
    let app = TestApp::concurrent().await;
    let client = Person::client();
    let mut devices = Vec::new();
    for _ in 0..6 {
        let mut copy = Copy::new(&app, client.clone(), project(&app, MAPLE)).await;
        copy.sync(&app, 100).await;
        devices.push(copy);
    }
    for number in 0..5 {
        let save = format!("input: {{ projectId: \"{}\", name: \"Room {number}\" }}", project(&app, MAPLE));
        change(&app, &Person::owner(), "locationSave", &save, "location { id }").await;
        futures_util::future::join_all(devices.iter_mut().map(|device| device.sync(&app, 100))).await;
        let fresh = devices[0].fresh(&app).await;
        for device in &devices {
            assert_eq!(device.records, fresh);
        }
    }
    assert!(devices.iter().all(|device| device.applied["CREATED"] == devices[0].applied["CREATED"]));
}
