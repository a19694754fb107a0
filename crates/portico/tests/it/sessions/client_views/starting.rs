//! Tests of who may start a view, of whom, and what is recorded.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{margot, membership, nora, seen, start, view};
use crate::support::schema::coordinates_of;
use crate::support::{BOWEN, MAPLE, RIDGE, is_unknown, refusals};

#[tokio::test]
async fn staff_view_one_project_of_a_client() {
    // PRT-19
    let app = TestApp::demo().await;
    assert_eq!(seen(&app, &Person::client()).await, ["Bowen Island Retreat", "Maple Street House"]);
    for (staff, project, name) in [
        (nora(), MAPLE, "Maple Street House"),
        (Person::owner(), MAPLE, "Maple Street House"),
        (margot(), BOWEN, "Bowen Island Retreat"),
    ] {
        let ana = view(&app, &staff, project, "client/ana").await;
        assert_eq!(seen(&app, &ana).await, [name]);
    }
}

#[tokio::test]
async fn mutation_exists_with_the_permission_only() {
    let app = TestApp::demo().await;
    let ana = membership(&app, MAPLE, "client/ana");
    let query = "mutation($id: ID!) { viewAsStart(input: { membershipId: $id }) { token } }";
    let without = [
        Person::staff(),
        Person::named("marcus"),
        Person::client(),
        Person::trade(),
        Person::reporting(),
        Person::support(),
        Person::public(),
    ];
    for other in without {
        let reply = app.ask_with(&other, query, json!({ "id": ana })).await;
        // The schema of an API key has no mutations at all.
        is_unknown(&reply, if other == Person::reporting() { "mutation" } else { "viewAsStart" });
        assert!(!coordinates_of(&app, &other).await.contains("Mutation.viewAsStart"));
    }
    assert!(coordinates_of(&app, &nora()).await.contains("Mutation.viewAsStart"));
    assert_eq!(app.database().db_count("select count(*) from client_views").await, 0);
}

#[tokio::test]
async fn other_memberships_are_not_found_alike() {
    let app = TestApp::demo().await;
    let random = TestApp::global(portico_core::id::Tag::PROJECT_MEMBERSHIP, portico_core::id::new_uuid());
    let ana = membership(&app, MAPLE, "client/ana");
    let explains = app.db_staff(&[Permission::AccessExplain]).await;
    let asked = [
        (nora(), random, "a random id"),
        (nora(), membership(&app, BOWEN, "client/ana"), "another company's"),
        (nora(), membership(&app, MAPLE, "client/cleo"), "a removed client"),
        (nora(), membership(&app, RIDGE, "client/dev"), "a client with emails only"),
        (nora(), membership(&app, MAPLE, "trade/tomas"), "a trade partner"),
        (nora(), crate::support::project(&app, MAPLE), "a project"),
        (explains, ana.clone(), "of a project that the caller cannot read"),
        (margot(), ana, "of another company, by its owner"),
    ];
    let mut answers = Vec::new();
    for (staff, id, what) in asked {
        let payload = start(&app, &staff, &id).await;
        assert_eq!(refusals(&payload), ["NOT_FOUND input.membershipId"], "{what}");
        assert_eq!((&payload["token"], &payload["expiresAt"]), (&Value::Null, &Value::Null), "{what}");
        answers.push(payload);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(app.database().db_count("select count(*) from client_views").await, 0);
}

#[tokio::test]
async fn audit_log_names_staff_and_client() {
    // PRT-19, PRT-13
    let app = TestApp::demo().await;
    let ben = view(&app, &nora(), MAPLE, "client/ben").await;
    assert!(app.ask(&ben, "mutation { signOut { isSignedOut } }").await.json.get("errors").is_none());
    let query = "query($id: ID!) { project(id: $id) { activity(first: 2) { nodes {
        kind at subject { name } actor { name } } } } }";
    let id = json!({ "id": crate::support::project(&app, MAPLE) });
    let reply = app.ask_with(&Person::owner(), query, id.clone()).await;
    let entries = reply.at("/project/activity/nodes");
    for (entry, kind) in [(&entries[0], "CLIENT_VIEW_ENDED"), (&entries[1], "CLIENT_VIEW_STARTED")] {
        assert_eq!(entry["kind"], kind, "{entries}");
        assert_eq!(
            (&entry["subject"]["name"], &entry["actor"]["name"]),
            (&json!("Ben Whitlock"), &json!("Nora Stavik"))
        );
        assert!(entry["at"].is_string());
    }
    // Clients do not read it.
    let updates = "query($id: ID!) { project(id: $id) { updates(first: 3) { nodes { kind } } } }";
    let reply = app.ask_with(&Person::named("ben"), updates, id).await;
    assert!(!reply.text.contains("CLIENT_VIEW"), "{}", reply.text);
}

#[tokio::test]
async fn view_lasts_fifteen_minutes_by_the_database() {
    let app = TestApp::demo().await;
    let payload = start(&app, &nora(), &membership(&app, MAPLE, "client/ben")).await;
    let at =
        "select (expires_at = created_at + interval '15 minutes' and now() - created_at < interval '1 minute')::text
        || ' ' || to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') as text from client_views";
    let [stored] = &app.database().db_texts(at).await[..] else { panic!("one view") };
    let expected = stored.strip_prefix("true ").expect("15 minutes from now, as the database counts");
    assert!(payload["expiresAt"].as_str().is_some_and(|shown| shown.starts_with(expected)), "{payload} {stored}");
    let token = payload["token"].as_str().expect("a token");
    assert!(token.starts_with("pv_"), "{token}");
    let stored = app.database().db_texts("select token_hash as text from client_views").await;
    assert_eq!(stored, [Person::with_token(token).token_hash()]);
}
