//! Tests of new projects with and without invitations of their clients.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::codes;
use crate::support::clients::client_create;

const CREATE: &str = "mutation($input: ProjectCreateInput!) { projectCreate(input: $input) {
    project { id clients { name isPrimary invitation { state } } portal { features } } userErrors { code field } } }";

fn project(number: &str, clients: &[&str], invite: bool) -> Value {
    let client = |id: &&str| json!({ "contactId": id, "relationship": "PARTNER" });
    json!({ "input": { "number": number, "name": "Hale house", "timeZone": "America/Los_Angeles", "currencyCode": "USD",
        "address": { "line": "1 Hill", "city": "Bellingham", "region": "WA", "postalCode": "98225", "country": "US" },
        "clients": clients.iter().map(client).collect::<Vec<_>>(), "inviteClients": invite,
        "idempotencyKey": invite.then(crate::support::clients::fresh_key) } })
}

#[tokio::test]
async fn project_and_invitations_are_atomic() {
    // INV-1, INV-2
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let one = client_create(&app, &owner, "Imogen Hale", "imogen@mail.example").await;
    let quiet = app.ask_with(&owner, CREATE, project("AB-2101", &[&one], false)).await;
    let expected = json!([{ "name": "Imogen Hale", "isPrimary": true, "invitation": { "state": "NOT_INVITED" } }]);
    assert_eq!(*quiet.at("/projectCreate/project/clients"), expected, "{}", quiet.text);
    assert_eq!(app.db_mails().await.len(), 0);
    let loud = app.ask_with(&owner, CREATE, project("AB-2102", &[&one], true)).await;
    assert_eq!(*loud.at("/projectCreate/project/clients/0/invitation/state"), json!("INVITED"), "{}", loud.text);
    assert_eq!(app.db_mails().await.len(), 1);
}

#[tokio::test]
async fn rejected_project_sends_no_invitation() {
    // INV-2: a rollback sends no mail; INV-5
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let mut cards = Vec::new();
    for number in 0..4 {
        cards.push(client_create(&app, &owner, &format!("New {number}"), &format!("new{number}@mail.example")).await);
    }
    let all: Vec<&str> = cards.iter().map(String::as_str).collect();
    let refused = app.ask_with(&owner, CREATE, project("AB-2101", &all, true)).await;
    assert_eq!(codes(refused.at("/projectCreate")), ["INVITATION_LIMIT"], "{}", refused.text);
    let taken = app.ask_with(&owner, CREATE, project("AB-2041", &all[..1], true)).await;
    assert_eq!(codes(taken.at("/projectCreate")), ["TAKEN"], "{}", taken.text);
    assert_eq!(app.db_mails().await.len(), 0);
    assert_eq!(app.database().db_count("select count(*) from projects where number = 'AB-2101'").await, 0);
    assert_eq!(app.database().db_count("select count(*) from sign_in_links").await, 0);
}

#[tokio::test]
async fn project_invitations_need_permission() {
    let app = TestApp::demo().await;
    let staff = app.db_staff(&[Permission::ProjectsRead, Permission::ProjectsWrite]).await;
    let card = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let reply = app.ask_with(&staff, CREATE, project("AB-2101", &[&card], true)).await;
    assert_eq!(reply.json["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{}", reply.text);
    assert_eq!(app.database().db_count("select count(*) from projects where number = 'AB-2101'").await, 0);
}

#[tokio::test]
async fn new_project_has_company_defaults() {
    // PRT-14
    let app = TestApp::demo().await;
    let settle =
        "mutation { companyPortalUpdate(input: { defaultFeatures: [DASHBOARD, HELP] }) { userErrors { code } } }";
    app.ask(&Person::owner(), settle).await;
    let begun = app.ask_with(&Person::owner(), CREATE, project("AB-2101", &[], false)).await;
    assert_eq!(*begun.at("/projectCreate/project/portal/features"), json!(["DASHBOARD", "HELP"]), "{}", begun.text);
}

#[tokio::test]
async fn project_key_creates_one_project() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let one = client_create(&app, &owner, "Imogen Hale", "imogen@mail.example").await;
    let mut keyless = project("AB-2101", &[&one], true);
    keyless["input"]["idempotencyKey"] = Value::Null;
    let refused = app.ask_with(&owner, CREATE, keyless).await;
    assert_eq!(codes(refused.at("/projectCreate")), ["BLANK"]);
    assert_eq!(refused.at("/projectCreate/userErrors/0/field"), &json!(["input", "idempotencyKey"]));
    let wish = project("AB-2101", &[&one], true);
    let first = app.ask_with(&owner, CREATE, wish.clone()).await;
    let again = app.ask_with(&owner, CREATE, wish.clone()).await;
    assert!(first.at("/projectCreate/project/id").is_string(), "{}", first.text);
    assert_eq!(again.at("/projectCreate/project/id"), first.at("/projectCreate/project/id"), "{}", again.text);
    assert_eq!(app.db_mails().await.len(), 1);
    let mut other = wish;
    other["input"]["name"] = json!("Another house");
    assert_eq!(app.ask_with(&owner, CREATE, other).await.code(), "IDEMPOTENCY_MISMATCH");
    let mut long = project("AB-2102", &[], true);
    long["input"]["idempotencyKey"] = json!("x".repeat(201));
    assert_eq!(codes(app.ask_with(&owner, CREATE, long).await.at("/projectCreate")), ["TOO_LONG"]);
}

#[tokio::test]
async fn failed_conversion_invites_no_client() {
    // INV-2, LEAD-6: a lead becomes client and project with invitations in one transaction.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let lead = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let convert =
        "mutation($id: ID!, $project: ProjectCreateInput!) { leadConvertToProject(input: { id: $id, project: $project }) {
        lead { state } project { clients { name invitation { state } } } userErrors { code field } } }";
    let ask = async |number: &str, invite: bool| {
        let project = project(number, &[], invite)["input"].clone();
        app.ask_with(&owner, convert, json!({ "id": lead, "project": project })).await
    };
    let refused = ask("AB-2041", true).await;
    assert_eq!(codes(refused.at("/leadConvertToProject")), ["TAKEN"], "{}", refused.text);
    assert_eq!(app.db_mails().await.len(), 0, "a rejection sends no mail");
    let state = format!("{{ node(id: \"{lead}\") {{ ... on Lead {{ state }} }} }}");
    assert_eq!(*app.ask(&owner, &state).await.at("/node/state"), "NEW");
    let converted = ask("AB-2101", true).await;
    let expected = json!([{ "name": "Odette Pelham", "invitation": { "state": "INVITED" } }]);
    assert_eq!(*converted.at("/leadConvertToProject/project/clients"), expected, "{}", converted.text);
    let mails = app.db_mails().await;
    assert_eq!(mails.len(), 1);
    let token = crate::support::accounts::mailed_token(&app, &mails[0].to_address).await;
    let payload = crate::support::accounts::consume(&app, &token, None).await;
    let odette = Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{payload}")));
    let seen = app.ask(&odette, "{ viewer { projects { nodes { name } } } }").await;
    assert_eq!(*seen.at("/viewer/projects/nodes"), json!([{ "name": "Hale house" }]));
}

#[tokio::test]
async fn conversion_may_send_no_invitation() {
    // INV-1, LEAD-6
    let app = TestApp::demo().await;
    let lead = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let convert =
        "mutation($id: ID!, $project: ProjectCreateInput!) { leadConvertToProject(input: { id: $id, project: $project }) {
        project { clients { invitation { state } } } userErrors { code } } }";
    let project = project("AB-2101", &[], false)["input"].clone();
    let converted = app.ask_with(&Person::owner(), convert, json!({ "id": lead, "project": project })).await;
    let expected = json!([{ "invitation": { "state": "NOT_INVITED" } }]);
    assert_eq!(*converted.at("/leadConvertToProject/project/clients"), expected, "{}", converted.text);
    assert_eq!(app.db_mails().await.len(), 0);
}
