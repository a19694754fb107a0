//! Tests of cursors: bound to one list, one viewer, and the viewer's access.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{HARBOR, MAPLE, ORCHARD, project, sql_id};

const LIST: &str =
    "query($after: String, $before: String) { viewer { projects(first: 1, after: $after, before: $before) {
    edges { cursor } } } }";

async fn cursor(app: &TestApp, person: &Person) -> String {
    let reply = app.ask(person, LIST).await;
    reply.at("/viewer/projects/edges/0/cursor").as_str().expect("a cursor").to_owned()
}

#[tokio::test]
async fn cursor_is_valid_in_its_own_list() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::staff(), Person::reporting()] {
        let after = cursor(&app, &person).await;
        let reply = app.ask_with(&person, LIST, json!({ "after": after })).await;
        assert_ne!(*reply.at("/viewer/projects/edges/0/cursor"), json!(after));
    }
}

#[tokio::test]
async fn cursor_of_another_person_is_invalid() {
    // API-5
    let app = TestApp::demo().await;
    for (theirs, mine) in [
        (Person::owner(), Person::staff()),
        (Person::owner(), Person::client()),
        (Person::client(), Person::named("cleo")),
        (Person::owner(), Person::reporting()),
    ] {
        for argument in ["after", "before"] {
            let reply = app.ask_with(&mine, LIST, json!({ argument: cursor(&app, &theirs).await })).await;
            assert_eq!(reply.code(), "CURSOR_INVALID", "{}", reply.text);
            assert!(reply.message().contains(&format!("`{argument}`")), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn cursor_of_another_list_is_invalid() {
    // API-5
    let app = TestApp::demo().await;
    let staff = Person::staff();
    let after = json!(cursor(&app, &staff).await);
    for arguments in ["sortKey: NUMBER", "reverse: true", "query: \"a\"", "filter: { status: { in: [ACTIVE] } }"] {
        let query = format!(
            "query($after: String) {{ viewer {{ projects(first: 1, after: $after, {arguments}) {{ edges {{ cursor }} }} }} }}"
        );
        let reply = app.ask_with(&staff, &query, json!({ "after": after })).await;
        assert_eq!(reply.code(), "CURSOR_INVALID", "{arguments}");
    }
    let selections = "query($id: ID!, $after: String) { project(id: $id) { selections(first: 1, after: $after) { edges { cursor } } } }";
    let tasks = "query($id: ID!, $after: String) { project(id: $id) { schedule { tasks(first: 1, after: $after) { edges { cursor } } } } }";
    for (query, path) in
        [(selections, "/project/selections/edges/0/cursor"), (tasks, "/project/schedule/tasks/edges/0/cursor")]
    {
        let of = |path: &str, after: &Value| json!({ "id": project(&app, path), "after": after });
        let own = app.ask_with(&staff, query, of(MAPLE, &Value::Null)).await.at(path).clone();
        assert!(app.ask_with(&staff, query, of(MAPLE, &own)).await.json.get("errors").is_none());
        for (project, cursor) in [(HARBOR, &own), (ORCHARD, &own), (MAPLE, &after)] {
            assert_eq!(app.ask_with(&staff, query, of(project, cursor)).await.code(), "CURSOR_INVALID", "{project}");
        }
    }
}

#[tokio::test]
async fn modified_cursor_is_refused() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::staff()] {
        let whole = cursor(&app, &person).await;
        for index in (0..whole.len()).step_by(5) {
            let mut touched = whole.clone().into_bytes();
            touched[index] = if touched[index] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).expect("ASCII");
            let reply = app.ask_with(&person, LIST, json!({ "after": touched })).await;
            assert!(["CURSOR_INVALID", "BAD_USER_INPUT"].contains(&reply.code()), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn malformed_cursor_is_a_bad_argument() {
    let app = TestApp::demo().await;
    let long = "A".repeat(3_000);
    for wrong in ["", "1", "not a cursor", "ÄÖ", "====", "AAAA", long.as_str()] {
        for argument in ["after", "before"] {
            for person in [Person::client(), Person::owner()] {
                let reply = app.ask_with(&person, LIST, json!({ argument: wrong })).await;
                assert_eq!(reply.code(), "BAD_USER_INPUT", "{wrong:?}: {}", reply.text);
                assert!(reply.message().contains(&format!("`{argument}`")), "{}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn cursor_ends_when_rights_change() {
    for (person, sql) in [
        (
            Person::staff(),
            format!(
                "update staff_memberships set permissions = array_remove(permissions, 'COSTS_VIEW') where id = {}",
                sql_id("alderbrook/staff/jo")
            ),
        ),
        (
            Person::client(),
            format!(
                "update project_memberships set removed_at = now() where id = {}",
                sql_id("fernhill/bowen-island/client/ana")
            ),
        ),
        (Person::reporting(), format!("delete from api_key_projects where project_id = {}", sql_id(ORCHARD))),
        (Person::owner(), "select 1".to_owned()),
    ] {
        let app = TestApp::demo().await;
        let after = cursor(&app, &person).await;
        app.database().db_execute(&sql).await;
        let reply = app.ask_with(&person, LIST, json!({ "after": after })).await;
        if sql == "select 1" {
            reply.data();
        } else {
            assert_eq!(reply.code(), "CURSOR_INVALID", "{sql}");
        }
    }
}
