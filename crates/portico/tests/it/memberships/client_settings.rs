//! Tests of label, notification defaults and contact of a project's client (ACC-18, RULE-1).

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::codes;

const UPDATE: &str = "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) {
    projectClient { label alertDefaults { instantAlerts summaryFrequency } } userErrors { code field } } }";

async fn manager(app: &TestApp) -> Person {
    app.db_staff(&[Permission::ProjectsRead, Permission::ClientsInvite]).await
}

async fn update(app: &TestApp, person: &Person, place: &str, what: Value) -> Value {
    let mut input = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, place) });
    input.as_object_mut().expect("it is one").extend(what.as_object().expect("it is one").clone());
    let reply = app.ask_with(person, UPDATE, json!({ "input": input })).await;
    assert!(reply.json.get("errors").is_none(), "{}", reply.text);
    reply.at("/projectClientUpdate").clone()
}

async fn alerts(app: &TestApp, person: &Person) -> Value {
    let reply = app.ask(person, "{ viewer { notificationSettings { instantAlerts summaryFrequency } } }").await;
    reply.at("/viewer/notificationSettings").clone()
}

const ANA: &str = "alderbrook/maple-street/client/ana";
const DEV: &str = "alderbrook/ridge-view/client/dev";

#[tokio::test]
async fn staff_change_unclaimed_client_contact() {
    // ACC-18
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let what = json!({ "name": "Dev R.", "phone": "+1 360 555 0188", "relationship": "REPRESENTATIVE" });
    assert_eq!(codes(&update(&app, &robin, DEV, what).await), [""; 0]);
    let card = format!(
        "select c.name || ' ' || c.phone || ' ' || m.relationship || ' ' || i.name as text from project_memberships m
            join contacts c on c.id = m.contact_id join identities i on i.id = m.identity_id where m.id = '{}'",
        portico_fixtures::world::World::id(DEV)
    );
    assert_eq!(app.database().db_texts(&card).await, ["Dev R. +13605550188 REPRESENTATIVE Dev Raman"]);
    let wrong = update(&app, &robin, DEV, json!({ "phone": "1", "label": "x" })).await;
    assert_eq!((codes(&wrong), &wrong["userErrors"][0]["field"]), (vec!["INVALID"], &json!(["input", "phone"])));
    let kinds = "select kind as text from activity where actor_kind = 'STAFF' order by at, id";
    assert_eq!(app.database().db_texts(kinds).await, ["CLIENT_CHANGED", "PROJECT_CLIENT_CHANGED"]);
}

#[tokio::test]
async fn managed_account_keeps_label_and_defaults() {
    // RULE-1
    let app = TestApp::demo().await;
    let (robin, ana) = (manager(&app).await, Person::client());
    for what in [json!({ "name": "A." }), json!({ "phone": null }), json!({ "email": "x@mail.example" })] {
        let mut all = json!({ "label": "never" });
        all.as_object_mut().expect("it is one").extend(what.as_object().expect("it is one").clone());
        let refused = update(&app, &robin, ANA, all).await;
        assert_eq!(
            (codes(&refused), &refused["userErrors"][0]["field"]),
            (vec!["MANAGED_BY_USER"], &json!(["input", "id"]))
        );
    }
    assert_eq!(alerts(&app, &ana).await, json!({ "instantAlerts": true, "summaryFrequency": "DAILY" }));
    let settled = json!({ "label": " The one who signs ", "alertDefaults": { "instantAlerts": false, "summaryFrequency": "WEEKLY" } });
    let settled = update(&app, &robin, ANA, settled).await;
    let expected = json!({ "label": "The one who signs", "alertDefaults": { "instantAlerts": false, "summaryFrequency": "WEEKLY" } });
    assert_eq!(settled["projectClient"], expected, "{settled}");
    assert_eq!(alerts(&app, &ana).await, json!({ "instantAlerts": false, "summaryFrequency": "WEEKLY" }));
    // The client's own settings take precedence; unset ones follow the company's.
    let say = "mutation { viewerNotificationSettingsUpdate(input: { instantAlerts: true }) { userErrors { code } } }";
    app.ask(&ana, say).await;
    let taken = json!({ "label": null, "alertDefaults": { "instantAlerts": false, "summaryFrequency": null } });
    let taken = update(&app, &robin, ANA, taken).await;
    assert_eq!(taken["projectClient"]["label"], json!(null));
    assert_eq!(alerts(&app, &ana).await, json!({ "instantAlerts": true, "summaryFrequency": "DAILY" }));
    // Other clients' alerts stay: Ben's are those of the demo.
    assert_eq!(
        alerts(&app, &Person::named("ben")).await,
        json!({ "instantAlerts": true, "summaryFrequency": "WEEKLY" })
    );
    let long = update(&app, &robin, ANA, json!({ "label": "x".repeat(81) })).await;
    assert_eq!(codes(&long), ["TOO_LONG"]);
}

#[tokio::test]
async fn label_shows_to_own_staff_only() {
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { clients { name label alertDefaults { summaryFrequency } } } }";
    let id = json!({ "id": app.id(Tag::PROJECT, "alderbrook/maple-street") });
    let ask = async |person: &Person| app.ask_with(person, query, id.clone()).await;
    let staff = ask(&manager(&app).await).await;
    assert!(staff.text.contains("asks twice before he agrees"), "{}", staff.text);
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        assert_eq!(ask(&person).await.code(), "GRAPHQL_VALIDATION_FAILED");
    }
    assert!(ask(&Person::named("margot")).await.at("/project").is_null(), "another company's owner");
    let theirs = app
        .ask_with(
            &Person::named("margot"),
            UPDATE,
            json!({ "input": {
        "id": app.id(Tag::PROJECT_MEMBERSHIP, ANA), "label": "theirs" } }),
        )
        .await;
    assert_eq!(codes(theirs.at("/projectClientUpdate")), ["NOT_FOUND"]);
}
