//! Tests of a contact's projects and invitations (INV-26), and of invitations that an open session accepts (INV-27).

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{ANA, codes, signed_in};
use crate::support::clients::{add, resend};
use crate::support::project;
use crate::support::{MAPLE, RIDGE};

const MEMBERSHIPS: &str = "query($query: String!) { company { contacts(query: $query) { nodes { name memberships {
    id kind project { name } invitation { id state canSend canResend canRemove } } } } } }";

/// The memberships of the only contact found.
async fn memberships(app: &TestApp, person: &Person, contact: &str) -> Value {
    let reply = app.ask_with(person, MEMBERSHIPS, json!({ "query": contact })).await;
    let found = reply.at("/company/contacts/nodes");
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{contact}: {}", reply.text);
    found[0]["memberships"].clone()
}

/// The possible operations of a contact's invitation to a project.
fn operations(memberships: &Value, project: &str) -> Value {
    let all = memberships.as_array().cloned().unwrap_or_default();
    let of = all.iter().find(|one| one["project"]["name"] == project);
    let of = of.unwrap_or_else(|| panic!("no {project} in {memberships}"));
    let invitation = &of["invitation"];
    json!([of["kind"], invitation["state"], invitation["canSend"], invitation["canResend"]])
}

/// Adds Ana to Ridge View with an invitation; she is a client of Maple Street already.
async fn ana_invited(app: &TestApp) -> Value {
    let contact = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let added = add(app, &Person::owner(), &project(app, RIDGE), &contact, true).await;
    assert_eq!(added["projectClient"]["invitation"]["state"], "INVITED", "{added}");
    added["projectClient"].clone()
}

#[tokio::test]
async fn contact_shows_projects_and_invitations() {
    // INV-26
    let app = TestApp::demo().await;
    ana_invited(&app).await;
    let of_ana = memberships(&app, &Person::owner(), "Ana Whitlock").await;
    assert_eq!(operations(&of_ana, "Maple Street House"), json!(["CLIENT", "ACCEPTED", false, false]));
    assert_eq!(operations(&of_ana, "Ridge View Residence"), json!(["CLIENT", "INVITED", false, true]));
    let tomas = memberships(&app, &Person::owner(), "Tomas").await;
    assert_eq!(operations(&tomas, "Maple Street House")[0], "TRADE", "{tomas}");
    let dev = memberships(&app, &Person::owner(), "Dev").await;
    assert_eq!(operations(&dev, "Ridge View Residence"), json!(["CLIENT", "NOT_INVITED", true, false]));
    // Another company has a contact of the same person, with other memberships.
    let at_fernhill = memberships(&app, &Person::named("margot"), "Ana").await;
    assert_eq!(at_fernhill.as_array().map(Vec::len), Some(1), "{at_fernhill}");
    assert!(at_fernhill.to_string().contains("Bowen"), "{at_fernhill}");
}

#[tokio::test]
async fn memberships_need_two_permissions() {
    // INV-26, VIS-4, VIS-5
    let app = TestApp::demo().await;
    let both = app.db_staff(&[Permission::ProjectsRead, Permission::ClientsInvite]).await;
    assert_eq!(memberships(&app, &both, "Ana Whitlock").await.as_array().map(Vec::len), Some(1));
    let blind = app.db_staff(&[Permission::ClientsInvite]).await;
    assert_eq!(
        memberships(&app, &blind, "Ana Whitlock").await,
        json!([]),
        "projects that may not be read are not named"
    );
    let reader = app.db_staff(&[Permission::ProjectsRead]).await;
    for person in [reader, Person::client(), Person::trade()] {
        let reply = app.ask_with(&person, MEMBERSHIPS, json!({ "query": "Ana" })).await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", reply.text);
    }
}

#[tokio::test]
async fn session_accepts_shown_invitations() {
    // INV-27
    for by in ["project", "list", "node", "nodes"] {
        let app = TestApp::demo().await;
        let ana = signed_in(&app, ANA, None).await;
        let place = ana_invited(&app).await;
        let state =
            async || operations(&memberships(&app, &Person::owner(), "Ana Whitlock").await, "Ridge View Residence");
        // A request that does not show the project leaves the invitation open.
        let maple = project(&app, MAPLE);
        for elsewhere in ["{ viewer { name } }".to_owned(), format!("{{ project(id: \"{maple}\") {{ name }} }}")] {
            app.ask(&ana, &elsewhere).await.data();
            assert_eq!(state().await, json!(["CLIENT", "INVITED", false, true]), "{elsewhere}");
        }
        let id = project(&app, RIDGE);
        let query = match by {
            "project" => format!("{{ project(id: \"{id}\") {{ name }} }}"),
            "node" => format!("{{ node(id: \"{id}\") {{ id }} }}"),
            "nodes" => format!("{{ nodes(ids: [\"{maple}\", \"{id}\"]) {{ id }} }}"),
            _ => "{ viewer { projects { nodes { name } } } }".to_owned(),
        };
        let shown = app.ask(&ana, &query).await;
        assert!(!shown.data().to_string().contains("null"), "{by}: {}", shown.text);
        assert_eq!(state().await, json!(["CLIENT", "ACCEPTED", false, false]), "{by}");
        let refused = resend(&app, &Person::owner(), &place["invitation"]["id"]).await;
        assert_eq!(codes(&refused), ["INVALID_STATE"], "{by}: it is not sent again");
        let kinds = "select kind || ' ' || actor_kind as text from activity where kind = 'INVITATION_ACCEPTED'";
        assert_eq!(app.database().db_texts(kinds).await, ["INVITATION_ACCEPTED CLIENT"], "{by}");
        // The client's own list accepts nothing twice.
        app.ask(&ana, &query).await.data();
        assert_eq!(app.database().db_texts(kinds).await.len(), 1, "{by}");
    }
}

#[tokio::test]
async fn session_of_other_role_accepts_nothing() {
    // INV-27: a session is one actor. Staff and trade sessions of the invited client leave the invitation open.
    let app = TestApp::demo().await;
    let place = ana_invited(&app).await;
    let ridge = project(&app, RIDGE);
    for person in [Person::owner(), Person::named("hana-client"), Person::named("ben"), Person::named("margot")] {
        app.ask(&person, &format!("{{ project(id: \"{ridge}\") {{ name }} }}")).await.data();
        app.ask(&person, "{ viewer { projects { nodes { name } } } }").await.data();
    }
    let of_ana = memberships(&app, &Person::owner(), "Ana Whitlock").await;
    assert_eq!(operations(&of_ana, "Ridge View Residence"), json!(["CLIENT", "INVITED", false, true]), "{place}");
}
