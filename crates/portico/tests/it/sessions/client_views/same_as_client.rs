//! Tests that a view shows what the client sees, and nothing that the member of staff may not read.

use std::collections::BTreeSet;

use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::id::Tag;
use portico_graphql::Rights;
use portico_testkit::{Person, Shape, TestApp, operations};
use serde_json::{Value, json};

use super::{margot, membership, nora, seen, view};
use crate::support::schema::sdl_of;
use crate::support::{BOWEN, MAPLE, project};

/// Fields that are null in a view.
const NULL: [&str; 4] = ["calendarFeed", "download", "image", "inlineUrl"];

/// Answers to all operations of clients' frontends, by name.
async fn answers(app: &TestApp, person: &Person, path: &str) -> Vec<(String, String, Value)> {
    let selection = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let mut all = Vec::new();
    for operation in operations().into_iter().filter(|operation| operation.role == "client") {
        let reply =
            app.ask_with(person, &operation.text, operation.variables(&project(app, path), &selection, "")).await;
        let data = reply.data().clone();
        all.push((operation.name, reply.without_request_id(), data));
    }
    assert!(all.len() >= 14, "{}", all.len());
    all
}

/// Data with what is null in a view, and whether that changes it.
fn blanked(data: &Value) -> (Value, bool) {
    fn blank(value: &mut Value) -> bool {
        match value {
            Value::Object(fields) => fields.iter_mut().fold(false, |changed, (name, field)| {
                let is_blanked = NULL.contains(&name.as_str()) && !field.is_null();
                if is_blanked {
                    *field = Value::Null;
                }
                blank(field) | is_blanked | changed
            }),
            Value::Array(items) => items.iter_mut().fold(false, |changed, item| blank(item) | changed),
            _ => false,
        }
    }
    let mut blanked = data.clone();
    let changed = blank(&mut blanked);
    (blanked, changed)
}

/// Asserts that the answers are the same, byte for byte, except for what is null in a view. Returns where that is something.
fn assert_same(viewed: &[(String, String, Value)], own: &[(String, String, Value)]) -> Vec<String> {
    let mut with_nulls = Vec::new();
    for ((name, text, data), (_, own_text, own_data)) in viewed.iter().zip(own) {
        let (mut expected, mut has_nulls) = blanked(own_data);
        // Staff who may not read contacts do not see the client's address.
        if data["viewer"]["email"].is_null() && expected["viewer"]["email"].is_string() {
            (expected["viewer"]["email"], has_nulls) = (Value::Null, true);
        }
        // How staff read dates and texts is their own setting.
        for setting in ["locale", "timeZone"] {
            if data["viewer"][setting].is_string() && data["viewer"][setting] != expected["viewer"][setting] {
                (expected["viewer"][setting], has_nulls) = (data["viewer"][setting].clone(), true);
            }
        }
        assert_eq!(data.to_string(), expected.to_string(), "{name}");
        if has_nulls {
            with_nulls.push(name.clone());
        } else {
            assert_eq!(text, own_text, "{name}");
        }
    }
    with_nulls
}

async fn create_feed(app: &TestApp, client: &Person, path: &str) {
    let query = "mutation($id: ID!) { calendarFeedCreate(input: { projectId: $id, idempotencyKey: \"feed\" }) {
        userErrors { code } } }";
    let reply = app.ask_with(client, query, json!({ "id": project(app, path) })).await;
    assert_eq!(reply.data()["calendarFeedCreate"]["userErrors"], json!([]));
}

#[tokio::test]
async fn view_has_the_bytes_of_a_client_with_that_project() {
    // PRT-19: Ana is a client of two companies.
    for (path, staff, other, remover) in [(MAPLE, nora(), BOWEN, margot()), (BOWEN, margot(), MAPLE, Person::owner())] {
        let app = TestApp::demo().await;
        create_feed(&app, &Person::client(), path).await;
        let ana = view(&app, &staff, path, "client/ana").await;
        let viewed = answers(&app, &ana, path).await;
        // With both projects, the client's own list differs, and the other project is none in the view.
        let own = answers(&app, &Person::client(), path).await;
        let differing = viewed.iter().zip(&own).filter(|(one, other)| blanked(&one.2).0 != blanked(&other.2).0);
        let differing: Vec<_> = differing.map(|(one, _)| one.0.as_str()).collect();
        assert!(differing.contains(&"ProjectList"), "{differing:?}");
        let by_id = "query($id: ID!) { project(id: $id) { id } node(id: $id) { id } }";
        let nothing = app.ask_with(&ana, by_id, json!({ "id": project(&app, other) })).await;
        assert_eq!(*nothing.data(), json!({ "project": null, "node": null }));
        // The client leaves the other project.
        let place = membership(&app, other, "client/ana");
        let removed = crate::support::clients::remove(&app, &remover, &json!(place)).await;
        assert_eq!(removed.data()["projectClientRemove"]["userErrors"], json!([]), "{}", removed.text);
        assert_eq!(seen(&app, &Person::client()).await.len(), 1);
        let own = answers(&app, &Person::client(), path).await;
        let with_nulls = assert_same(&viewed, &own);
        assert!(with_nulls.contains(&"CalendarFeed".to_owned()), "{with_nulls:?}");
        assert!(path != MAPLE || with_nulls.contains(&"Files".to_owned()), "{with_nulls:?}");
        // Again, from caches that both have filled.
        assert_eq!(answers(&app, &ana, path).await, viewed);
        assert_eq!(answers(&app, &Person::client(), path).await, own);
    }
}

#[tokio::test]
async fn view_has_the_bytes_of_a_client_with_fewer_rights() {
    // PRT-19: Ben may not pay.
    let app = TestApp::demo().await;
    let own = answers(&app, &Person::named("ben"), MAPLE).await;
    let ben = view(&app, &nora(), MAPLE, "client/ben").await;
    assert_same(&answers(&app, &ben, MAPLE).await, &own);
    // Not those of the other client.
    let ana = answers(&app, &Person::client(), MAPLE).await;
    assert!(ana.iter().zip(&own).any(|(one, other)| one.2 != other.2));
}

#[tokio::test]
async fn caches_are_not_shared_with_a_view() {
    let app = TestApp::demo().await;
    create_feed(&app, &Person::client(), MAPLE).await;
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    let query =
        "query($id: ID!) { project(id: $id) { calendarFeed { url } coverPhoto { name image(size: SMALL) { url } } } }";
    let id = json!({ "id": project(&app, MAPLE) });
    for _ in 0..3 {
        let own = app.ask_with(&Person::client(), query, id.clone()).await;
        let viewed = app.ask_with(&ana, query, id.clone()).await;
        assert!(own.at("/project/calendarFeed/url").is_string() && own.at("/project/coverPhoto/image/url").is_string());
        assert_eq!(viewed.at("/project/calendarFeed"), &Value::Null);
        assert_eq!(viewed.at("/project/coverPhoto/image"), &Value::Null);
        assert_eq!(viewed.at("/project/coverPhoto/name"), own.at("/project/coverPhoto/name"));
    }
}

/// Coordinates that clients read and staff with `PROJECTS_READ` and `ACCESS_EXPLAIN` do not, with the reason why a view shows no
/// secret in them.
const CLIENTS_ONLY: [(&str, &str); 14] = [
    ("CalendarFeed.createdAt", "null in a view"),
    ("CalendarFeed.url", "null in a view"),
    ("Project.calendarFeed", "null in a view"),
    ("Onboarding.showVideo", "whether the client has dismissed the video of the company, after the invitation"),
    ("Onboarding.videoUrl", "the company's own"),
    ("Viewer.onboarding", "the company's own"),
    ("Project.pendingActions", ACTIONS),
    ("Viewer.pendingActions", ACTIONS),
    ("PendingAction.dueOn", ACTIONS),
    ("PendingAction.isOverdue", ACTIONS),
    ("PendingAction.kind", ACTIONS),
    ("PendingAction.project", ACTIONS),
    ("PendingAction.subject", ACTIONS),
    ("PendingAction.title", ACTIONS),
];
const ACTIONS: &str = "made of selections, which staff read";

#[tokio::test]
async fn clients_read_no_field_that_staff_do_not() {
    // PRT-19
    let app = TestApp::demo().await;
    let permissions = PermissionSet::NONE.with(Permission::ProjectsRead).with(Permission::AccessExplain);
    let of = |role, permissions| Shape::of(&sdl_of(&app, Rights::new(Some(role), permissions)));
    let (client, staff) = (of(Role::Client, PermissionSet::NONE), of(Role::Staff, permissions));
    let mut missing = BTreeSet::new();
    let mut reached = vec!["Query"];
    let mut next = 0;
    while let Some(&ty) = reached.get(next) {
        next += 1;
        let of_fields = client.fields(ty).iter().map(|field| field.ty.as_str());
        let found: Vec<_> = of_fields.chain(client.implementors(ty)).filter(|found| !reached.contains(found)).collect();
        for found in found {
            if !reached.contains(&found) {
                reached.push(found);
            }
        }
        for field in client.fields(ty).iter().filter(|field| staff.field(ty, &field.name).is_none()) {
            missing.insert(format!("{ty}.{}", field.name));
        }
    }
    let known: BTreeSet<_> = CLIENTS_ONLY.iter().map(|(coordinate, _)| (*coordinate).to_owned()).collect();
    assert_eq!(missing, known);
    assert!(next > 60, "{next} types");
}

/// The records that a person reads of a project.
async fn records(app: &TestApp, person: &Person, path: &str) -> BTreeSet<String> {
    let query = "query($id: ID!, $since: String) { project(id: $id) { changes(since: $since, first: 100) {
        cursor hasMore entries { id } } } }";
    let (mut found, mut since) = (BTreeSet::new(), Value::Null);
    loop {
        let reply = app.ask_with(person, query, json!({ "id": project(app, path), "since": since })).await;
        let changes = reply.at("/project/changes");
        let ids = changes["entries"].as_array().expect("a list").iter();
        found.extend(ids.map(|entry| entry["id"].as_str().expect("an id").to_owned()));
        since = changes["cursor"].clone();
        if changes["hasMore"] == false {
            return found;
        }
    }
}

#[tokio::test]
async fn clients_see_no_record_that_staff_do_not() {
    // PRT-19
    let app = TestApp::demo().await;
    let staff = app.db_staff(&[Permission::ProjectsRead, Permission::AccessExplain]).await;
    let ana = view(&app, &staff, MAPLE, "client/ana").await;
    let (of_client, of_staff) = (records(&app, &ana, MAPLE).await, records(&app, &staff, MAPLE).await);
    assert!(of_client.len() > 30, "{}", of_client.len());
    assert_eq!(of_client.difference(&of_staff).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(of_client, records(&app, &Person::client(), MAPLE).await);
}
