//! Tests of conversions of leads and contacts to clients and projects.

use portico_core::access::Permission;
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{change, project_names, refusals};

const PROJECT: &str = "number: \"AB-3001\", name: \"Lummi Cottage\", timeZone: \"America/Los_Angeles\", currencyCode: \"USD\",
    address: { line: \"1 Ferry Road\", city: \"Lummi Island\", region: \"WA\", postalCode: \"98262\", country: \"US\" }";
const ALL: [Permission; 4] =
    [Permission::ProjectsRead, Permission::ProjectsWrite, Permission::LeadsManage, Permission::ClientsInvite];

async fn to_client(app: &TestApp, person: &Person, lead: &str, more: &str) -> Value {
    let fields = "lead { id state message interest createdAt contactId } client { id kind name email }";
    change(app, person, "leadConvertToClient", &format!("input: {{ id: \"{lead}\"{more} }}"), fields).await
}

async fn to_project(app: &TestApp, person: &Person, lead: &str, more: &str) -> Value {
    let fields = "lead { state project { name } } client { kind name } project { number name status stage }";
    let arguments = format!("input: {{ id: \"{lead}\", project: {{ {PROJECT} }}{more} }}");
    change(app, person, "leadConvertToProject", &arguments, fields).await
}

#[tokio::test]
async fn converted_lead_keeps_its_history() {
    // LEAD-4
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let id = app.id(Tag::LEAD, "alderbrook/lead/istvan");
    let payload = to_client(&app, &robin, &id, "").await;
    assert_eq!(refusals(&payload), Vec::<String>::new());
    let (lead, client) = (&payload["lead"], &payload["client"]);
    assert_eq!((&lead["state"], &lead["createdAt"]), (&json!("CONVERTED"), &json!("2026-10-12T18:00:00.000Z")));
    assert_eq!(lead["message"], "Looking for a builder who can break ground before March.");
    assert_eq!(
        (&client["kind"], &client["name"], &client["email"]),
        (&json!("CLIENT"), &json!("Istvan Varga"), &json!("istvan.varga@mail.example"))
    );
    assert_eq!(client["id"], lead["contactId"]);
    let history = format!("{{ company {{ leads(filter: {{ contactId: {} }}) {{ nodes {{ id }} }} }} }}", client["id"]);
    assert_eq!(*app.ask(&robin, &history).await.at("/company/leads/nodes"), json!([{ "id": id }]));
    let again = to_client(&app, &robin, &id, ", useExisting: true").await;
    assert_eq!(refusals(&again), ["INVALID_STATE input.id"]);
    assert!(again.to_string().contains("CONVERTED"));
    let lost = to_client(&app, &robin, &app.id(Tag::LEAD, "alderbrook/lead/quill"), "").await;
    assert_eq!(refusals(&lost), ["INVALID_STATE input.id"]);
    assert!(lost.to_string().contains("LOST"));
    let known =
        "select count(*) from identities where email_canonical = 'istvan.varga@mail.example' and claimed_at is null";
    assert_eq!(app.database().db_count(known).await, 1);
}

#[tokio::test]
async fn existing_account_needs_use_existing() {
    // ACC-3: an account known elsewhere, and an existing client of the company.
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let emails = "update contacts set email = 'Lucia@Ferrante-Millwork.example' where name = 'Odette Pelham';
        update contacts set email = 'Ana.Whitlock@mail.example' where name = 'Istvan Varga'";
    app.database().db_execute(emails).await;
    let (odette, istvan) = (app.id(Tag::LEAD, "alderbrook/lead/odette"), app.id(Tag::LEAD, "alderbrook/lead/istvan"));
    let payload = to_client(&app, &robin, &odette, "").await;
    assert_eq!((refusals(&payload), &payload["client"]), (vec!["IDENTITY_EXISTS input.id".to_owned()], &json!(null)));
    assert_eq!(app.database().db_count("select count(*) from leads where state = 'CONVERTED'").await, 1);
    let payload = to_client(&app, &robin, &odette, ", useExisting: true").await;
    assert_eq!((&payload["client"]["name"], &payload["client"]["kind"]), (&json!("Odette Pelham"), &json!("CLIENT")));
    // The company's existing client is used; the lead's contact stays unchanged.
    assert_eq!(refusals(&to_client(&app, &robin, &istvan, "").await), ["TAKEN input.id"]);
    let payload = to_client(&app, &robin, &istvan, ", useExisting: true").await;
    assert_eq!(payload["client"]["id"], json!(app.id(Tag::CONTACT, "alderbrook/contact/ana")));
    assert_eq!(payload["lead"]["contactId"], payload["client"]["id"]);
    assert_eq!(
        app.database().db_count("select count(*) from contacts where name = 'Istvan Varga' and kind = 'MISC'").await,
        1
    );
}

#[tokio::test]
async fn conversion_grants_no_access() {
    // LEAD-6, INV-1
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let before = project_names(&app, &Person::client()).await;
    app.database()
        .db_execute("update contacts set email = 'ana.whitlock@mail.example' where name = 'Odette Pelham'")
        .await;
    let id = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let payload = to_project(&app, &robin, &id, ", useExisting: true").await;
    let expected = json!({
        "lead": { "state": "CONVERTED", "project": { "name": "Lummi Cottage" } },
        "client": { "kind": "CLIENT", "name": "Ana Whitlock" },
        "project": { "number": "AB-3001", "name": "Lummi Cottage", "status": "PROSPECT", "stage": "DESIGN" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);
    let place = "select m.access_level || ' ' || m.relationship || ' ' || m.is_primary::text as text
        from project_memberships m join projects p on p.id = m.project_id where p.number = 'AB-3001'";
    assert_eq!(app.database().db_texts(place).await, ["NONE PRIMARY_OWNER true"]);
    let none = "select (select count(*) from jobs) + (select count(*) from sign_in_links) + (select count(*) from invitations i
        join projects p on p.id = i.project_id where p.number = 'AB-3001') as count";
    assert_eq!(app.database().db_count(none).await, 0);
    assert_eq!(project_names(&app, &Person::client()).await, before, "Ana is its client, and does not see it");
    let kinds = "select kind as text from activity order by kind";
    assert_eq!(app.database().db_texts(kinds).await, ["LEAD_CONVERTED", "PROJECT_CLIENT_ADDED", "PROJECT_CREATED"]);
}

#[tokio::test]
async fn rejected_conversion_writes_nothing() {
    // LEAD-6
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let rows = "select (select count(*) from contacts where kind = 'CLIENT') * 1000000 + (select count(*) from identities) * 1000
        + (select count(*) from projects) as count";
    let before = app.database().db_count(rows).await;
    let id = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let taken = format!("input: {{ id: \"{id}\", project: {{ {} }} }}", PROJECT.replace("AB-3001", "AB-2041"));
    let payload = change(&app, &robin, "leadConvertToProject", &taken, "lead { id }").await;
    assert_eq!(refusals(&payload), ["TAKEN input.project.number"]);
    let wrong =
        PROJECT.replace("America/Los_Angeles", "Mars").replace("\"USD\"", "\"XXX\"").replace("\"US\"", "\"usa\"");
    let payload = change(
        &app,
        &robin,
        "leadConvertToProject",
        &format!("input: {{ id: \"{id}\", project: {{ {wrong} }} }}"),
        "lead { id }",
    )
    .await;
    assert_eq!(
        refusals(&payload),
        [
            "INVALID input.project.address.country",
            "INVALID input.project.timeZone",
            "INVALID input.project.currencyCode"
        ]
    );
    assert_eq!(app.database().db_count(rows).await, before);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
    app.database().db_execute("update contacts set email = null where name = 'Odette Pelham'").await;
    assert_eq!(refusals(&to_project(&app, &robin, &id, "").await), ["BLANK input.id"]);
}

#[tokio::test]
async fn contact_becomes_client_with_project() {
    // LEAD-6, INV-1
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let inspector = app.id(Tag::CONTACT, "alderbrook/contact/inspector");
    let ana = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let arguments = format!(
        "input: {{ id: \"{inspector}\", project: {{ {PROJECT}, status: ACTIVE,
        clients: [{{ contactId: \"{ana}\", relationship: REPRESENTATIVE }}] }} }}"
    );
    let payload =
        change(&app, &robin, "contactConvertToProject", &arguments, "client { kind } project { status }").await;
    assert_eq!((&payload["client"]["kind"], &payload["project"]["status"]), (&json!("CLIENT"), &json!("ACTIVE")));
    let places = "select m.access_level || ' ' || m.relationship || ' ' || m.is_primary::text as text
        from project_memberships m join projects p on p.id = m.project_id where p.number = 'AB-3001' order by m.relationship";
    assert_eq!(app.database().db_texts(places).await, ["NONE PRIMARY_OWNER true", "NONE REPRESENTATIVE false"]);
    assert_eq!(app.database().db_count("select count(*) from jobs").await, 0);
    // A trade partner is not a client.
    let tomas = app.id(Tag::CONTACT, "alderbrook/contact/tomas");
    let arguments = format!("input: {{ id: \"{tomas}\", project: {{ {} }} }}", PROJECT.replace("AB-3001", "AB-3002"));
    assert_eq!(
        refusals(&change(&app, &robin, "contactConvertToProject", &arguments, "client { id }").await),
        ["INVALID input.id"]
    );
}

#[tokio::test]
async fn conversion_needs_each_permission() {
    let app = TestApp::demo().await;
    let id = app.id(Tag::LEAD, "alderbrook/lead/odette");
    for missing in [Permission::ProjectsWrite, Permission::ClientsInvite] {
        let left: Vec<_> = ALL.iter().copied().filter(|permission| *permission != missing).collect();
        let robin = app.db_staff(&left).await;
        let query = format!(
            "mutation {{ leadConvertToProject(input: {{ id: \"{id}\", project: {{ {PROJECT} }} }}) {{ lead {{ id }} }} }}"
        );
        let reply = app.ask(&robin, &query).await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{missing}: {}", reply.text);
        assert!(reply.text.contains(missing.as_str()), "{}", reply.text);
    }
    assert_eq!(app.database().db_count("select count(*) from projects where number = 'AB-3001'").await, 0);
}

#[tokio::test]
async fn foreign_ids_are_not_found() {
    // SEC-11
    let app = TestApp::demo().await;
    let robin = app.db_staff(&ALL).await;
    let own = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let (contact, lead, project) = ("fernhill/contact/thea", "fernhill/lead/thea", "fernhill/bowen-island");
    let cases = [
        (Tag::CONTACT, contact, "clientUpdate", "input: { id: \"@\", name: \"E\" }".to_owned()),
        (Tag::CONTACT, contact, "clientRequestContactReview", "input: { id: \"@\" }".to_owned()),
        (Tag::CONTACT, contact, "contactConvertToProject", format!("input: {{ id: \"@\", project: {{ {PROJECT} }} }}")),
        (
            Tag::CONTACT,
            contact,
            "projectCreate",
            format!("input: {{ {PROJECT}, clients: [{{ contactId: \"@\", relationship: PARTNER }}] }}"),
        ),
        (
            Tag::CONTACT,
            contact,
            "leadConvertToProject",
            format!(
                "input: {{ id: \"{own}\", project: {{ {PROJECT}, clients: [{{ contactId: \"@\", relationship: PARTNER }}] }} }}"
            ),
        ),
        (Tag::LEAD, lead, "leadStateSet", "input: { id: \"@\", state: LOST }".to_owned()),
        (Tag::LEAD, lead, "leadConvertToClient", "input: { id: \"@\", useExisting: true }".to_owned()),
        (Tag::LEAD, lead, "leadConvertToProject", format!("input: {{ id: \"@\", project: {{ {PROJECT} }} }}")),
        (Tag::PROJECT, project, "projectUpdate", "input: { id: \"@\", expectedVersion: 1, name: \"E\" }".to_owned()),
    ];
    for (tag, path, mutation, arguments) in cases {
        let ask = async |id: String| {
            let payload = change(&app, &robin, mutation, &arguments.replace('@', &id), "__typename").await;
            assert!(refusals(&payload)[0].starts_with("NOT_FOUND "), "{mutation}: {payload}");
            payload.to_string().replace(&id, "@")
        };
        let nowhere = ask(GlobalId::new(tag, new_uuid()).to_string()).await;
        assert_eq!(ask(app.id(tag, path)).await, nowhere, "{mutation}");
        // Ids of another type are unknown too.
        assert_eq!(ask(app.id(Tag::TASK, "alderbrook/maple-street/task/Frame walls")).await, nowhere, "{mutation}");
    }
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}
