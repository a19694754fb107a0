//! Tests of projects: creation and changes.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{change, is_unknown, project_names, refusals, sql_id};

const PROJECT: &str = "name: \"Lummi Cottage\", timeZone: \"America/Los_Angeles\", currencyCode: \"USD\",
    address: { line: \"1 Ferry Road\", city: \"Lummi Island\", region: \"WA\", postalCode: \"98262\", country: \"US\" }";

async fn writer(app: &TestApp) -> Person {
    app.db_staff(&[Permission::ProjectsRead, Permission::ProjectsWrite]).await
}

async fn create(app: &TestApp, person: &Person, number: &str, more: &str) -> Value {
    let input = format!("input: {{ number: \"{number}\", {PROJECT}{more} }}");
    let fields =
        "project { id number name status stage timeZone currencyCode version address { country } portal { features } }";
    change(app, person, "projectCreate", &input, fields).await
}

async fn update(app: &TestApp, person: &Person, path: &str, version: i32, more: &str) -> Value {
    let id = app.id(Tag::PROJECT, path);
    let input = format!("input: {{ id: \"{id}\", expectedVersion: {version}, {more} }}");
    let fields = "project { number name status stage startedOn version address { line city } }";
    change(app, person, "projectUpdate", &input, fields).await
}

#[tokio::test]
async fn new_project_has_all_sections_no_members() {
    // INV-1
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    let (ana, ben) = (app.id(Tag::CONTACT, "alderbrook/contact/ana"), app.id(Tag::CONTACT, "alderbrook/contact/ben"));
    let clients = format!(
        ", clients: [{{ contactId: \"{ben}\", relationship: PARTNER }}, {{ contactId: \"{ana}\", relationship: PRIMARY_OWNER }}]"
    );
    let before = (project_names(&app, &Person::client()).await, project_names(&app, &Person::named("ben")).await);
    let payload = create(&app, &robin, " AB-3001 ", &clients).await;
    let project = &payload["project"];
    assert_eq!(
        (&project["number"], &project["status"], &project["stage"]),
        (&json!("AB-3001"), &json!("PROSPECT"), &json!("DESIGN"))
    );
    assert_eq!(project["portal"]["features"].as_array().map(Vec::len), Some(9));
    let places = "select c.name || ' ' || m.access_level || ' ' || m.is_primary::text || ' ' || m.can_pay::text as text
        from project_memberships m join projects p on p.id = m.project_id join contacts c on c.id = m.contact_id
        where p.number = 'AB-3001' order by c.name";
    assert_eq!(app.database().db_texts(places).await, ["Ana Whitlock NONE true true", "Ben Whitlock NONE false true"]);
    let sent = "select (select count(*) from jobs) + (select count(*) from sign_in_links) as count";
    assert_eq!(app.database().db_count(sent).await, 0);
    assert_eq!(
        (project_names(&app, &Person::client()).await, project_names(&app, &Person::named("ben")).await),
        before
    );
    assert!(project_names(&app, &Person::owner()).await.contains(&"Lummi Cottage".to_owned()));
    let kinds = "select kind as text from activity order by kind";
    assert_eq!(
        app.database().db_texts(kinds).await,
        ["PROJECT_CLIENT_ADDED", "PROJECT_CLIENT_ADDED", "PROJECT_CREATED"]
    );
}

#[tokio::test]
async fn number_is_unique_in_its_company() {
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    assert_eq!(refusals(&create(&app, &robin, "AB-2041", "").await), ["TAKEN input.number"]);
    // Numbers of other companies can be used.
    assert_eq!(refusals(&create(&app, &robin, "FS-311", "").await), Vec::<String>::new());
    assert_eq!(
        refusals(&update(&app, &robin, "alderbrook/maple-street", 1, "number: \"FS-311\"").await),
        ["TAKEN input.number"]
    );
}

#[tokio::test]
async fn every_project_error_is_listed() {
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    let wrong = "input: { number: \"\", name: \" \", timeZone: \"Mars\", currencyCode: \"DOLLAR\", status: ARCHIVED,
        address: { line: \"\", city: \"\", region: \"\", postalCode: \"\", country: \"XXX\" } }";
    let payload = change(&app, &robin, "projectCreate", wrong, "project { id }").await;
    let expected = [
        "BLANK input.number",
        "BLANK input.name",
        "BLANK input.address.line",
        "BLANK input.address.city",
        "BLANK input.address.region",
        "BLANK input.address.postalCode",
        "INVALID input.address.country",
        "INVALID input.timeZone",
        "INVALID input.currencyCode",
        "INVALID input.status",
    ];
    assert_eq!(refusals(&payload), expected);
    let ana = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    for (contact, code) in [
        (app.id(Tag::CONTACT, "alderbrook/contact/tomas"), "INVALID input.clients.1.contactId"),
        (app.id(Tag::CONTACT, "alderbrook/contact/inspector"), "INVALID input.clients.1.contactId"),
        (app.id(Tag::CONTACT, "fernhill/contact/ana"), "NOT_FOUND input.clients.1.contactId"),
        (ana.clone(), "TAKEN input.clients.1.contactId"),
    ] {
        let clients = format!(
            ", clients: [{{ contactId: \"{ana}\", relationship: PARTNER }}, {{ contactId: \"{contact}\", relationship: PARTNER }}]"
        );
        assert_eq!(refusals(&create(&app, &robin, "AB-3001", &clients).await), [code]);
    }
    let many = format!(", clients: [{}]", format!("{{ contactId: \"{ana}\", relationship: PARTNER }} ").repeat(11));
    assert_eq!(refusals(&create(&app, &robin, "AB-3001", &many).await), ["TOO_LONG input.clients"]);
    assert_eq!(app.database().db_count("select count(*) from projects where number = 'AB-3001'").await, 0);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn stale_version_is_refused() {
    // API-10
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    let maple = "alderbrook/maple-street";
    let payload = update(
        &app,
        &robin,
        maple,
        1,
        "name: \"Maple House\", stage: CLOSEOUT, startedOn: null, address: { city: \"Ferndale\" }",
    )
    .await;
    let project = &payload["project"];
    assert_eq!(
        (&project["name"], &project["stage"], &project["startedOn"]),
        (&json!("Maple House"), &json!("CLOSEOUT"), &json!(null))
    );
    assert_eq!((&project["number"], &project["version"]), (&json!("AB-2041"), &json!(2)));
    assert_eq!(
        (&project["address"]["city"], project["address"]["line"].as_str().map(str::is_empty)),
        (&json!("Ferndale"), Some(false))
    );
    assert!(
        project_names(&app, &Person::client()).await.contains(&"Maple House".to_owned()),
        "the client sees it at once"
    );
    assert_eq!(refusals(&update(&app, &robin, maple, 1, "name: \"Older\"").await), ["CONFLICT input.expectedVersion"]);
    assert_eq!(update(&app, &robin, maple, 2, "name: \"Newer\"").await["project"]["version"], 3);
    let rows = "select details::text as text from activity where kind = 'PROJECT_CHANGED' order by at, id";
    assert_eq!(
        app.database().db_texts(rows).await[0],
        "{\"changed\": [\"name\", \"address\", \"stage\", \"startedOn\"]}"
    );
}

#[tokio::test]
async fn status_follows_its_transitions() {
    // STA-4, LIFE-1
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    let harbor = "alderbrook/harbor-court";
    let back = update(&app, &robin, harbor, 1, "status: ACTIVE").await;
    assert_eq!(refusals(&back), ["INVALID_STATE input.status"]);
    assert!(back.to_string().contains("COMPLETED"), "{back}");
    assert_eq!(update(&app, &robin, harbor, 1, "status: COMPLETED, name: \"Same\"").await["project"]["version"], 2);
    assert_eq!(update(&app, &robin, harbor, 2, "status: ARCHIVED").await["project"]["status"], "ARCHIVED");
    assert_eq!(refusals(&update(&app, &robin, harbor, 3, "name: \"Late\"").await), ["PROJECT_CLOSED input.id"]);
    let skipped = update(&app, &robin, "alderbrook/maple-street", 1, "status: COMPLETED").await;
    assert_eq!(refusals(&skipped), ["INVALID_STATE input.status"]);
}

#[tokio::test]
async fn project_changes_need_the_permission() {
    let app = TestApp::demo().await;
    let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != Permission::ProjectsWrite).collect();
    let robin = app.db_staff(&others).await;
    for person in [robin, Person::client(), Person::trade(), Person::public()] {
        for name in ["projectCreate", "projectUpdate"] {
            is_unknown(&app.ask(&person, &format!("mutation {{ {name}(input: {{}}) {{ __typename }} }}")).await, name);
        }
    }
    // Staff who may write but not read learn only that the change was made.
    let blind = app.db_staff(&[Permission::ProjectsWrite]).await;
    assert_eq!(create(&app, &blind, "AB-3009", "").await, json!({ "project": null, "userErrors": [] }));
}

#[tokio::test]
async fn projects_start_within_two_centuries() {
    let app = TestApp::demo().await;
    let robin = writer(&app).await;
    let path = "alderbrook/maple-street";
    let id = app.id(Tag::PROJECT, path);
    for call in [
        format!("projectCreate(input: {{ number: \"AB-3002\", startedOn: \"0026-05-04\", {PROJECT} }})"),
        format!("projectUpdate(input: {{ id: \"{id}\", expectedVersion: 1, startedOn: \"9999-12-31\" }})"),
    ] {
        let reply = app.ask(&robin, &format!("mutation {{ {call} {{ userErrors {{ code }} }} }}")).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        let message = reply.message();
        assert!(message.contains("`input.startedOn`") && message.contains("1900-01-01 to 2199-12-31"), "{message}");
    }
    let last = update(&app, &robin, path, 1, "startedOn: \"2199-12-31\"").await;
    assert_eq!(last["project"]["startedOn"], "2199-12-31", "{last}");
    // Stored values are shown as they are.
    app.database()
        .db_execute(&format!("update projects set started_on = '1871-06-01' where id = {}", sql_id(path)))
        .await;
    let stored = app.ask(&robin, &format!("{{ project(id: \"{id}\") {{ startedOn }} }}")).await;
    assert_eq!(*stored.at("/project/startedOn"), "1871-06-01");
}

#[tokio::test]
async fn version_does_not_reveal_hidden_changes() {
    // PRP-1: Ben has no right to make payments, and Tomas is a trade partner.
    let app = TestApp::demo().await;
    let maple = "alderbrook/maple-street";
    let query = json!({ "id": app.id(Tag::PROJECT, maple) });
    let read = async |person: &str| {
        let text = "query($id: ID!) { project(id: $id) { version changes { entries { id kind } cursor } } }";
        app.ask_with(&Person::named(person), text, query.clone()).await.at("/project").clone()
    };
    let before = [read("ben").await, read("tomas").await];
    let total =
        |amount: &str, more: &str| format!("contractTotal: {{ amount: \"{amount}\", currencyCode: \"USD\" }}{more}");
    let owner = Person::owner();
    let payload = update(&app, &owner, maple, 1, &total("900000.00", ", riskNotes: \"The slope may slide\"")).await;
    assert_eq!(payload["project"]["version"], 2);
    assert_eq!([read("ben").await, read("tomas").await], before);
    // Staff who have not read the new total do not replace it.
    let stale = update(&app, &owner, maple, 1, &total("910000.00", "")).await;
    assert_eq!(refusals(&stale), ["CONFLICT input.expectedVersion"]);
    // What all can see increases it, also with a hidden change.
    let payload = update(&app, &owner, maple, 2, &total("910000.00", ", name: \"Maple House\"")).await;
    assert_eq!(payload["project"]["version"], 3);
    let after = [read("ben").await, read("tomas").await];
    assert!(after.iter().all(|project| project["version"] == 2), "{after:?}");
}
