//! Tests of every mutation.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_core::access::Permission;
use portico_graphql::Gateway;
use portico_testkit::{Person, Shape, TestApp};
use serde_json::json;

const RENAME: &str = "mutation($name: String!) { viewerUpdate(input: { name: $name }) {
    viewer { name } userErrors { code field message meta { retryAfterSeconds } } } }";

#[test]
fn mutations_take_one_input_each() {
    // API-2
    let shape = Shape::of(&Gateway::sdl());
    let mut others = Vec::new();
    for mutation in shape.fields("Mutation") {
        let (first, rest) = mutation.name.split_at(1);
        let name = format!("{}{rest}", first.to_uppercase());
        let arguments: Vec<_> = mutation.arguments.iter().map(|it| (it.name.as_str(), it.written.as_str())).collect();
        let input = format!("{name}Input!");
        let is_one_input = arguments.is_empty() || arguments == [("input", input.as_str())];
        if !is_one_input || mutation.ty != format!("{name}Payload") {
            others.push(mutation.name.as_str());
        }
    }
    others.retain(|name| *name != "helpArticleDelete");
    assert_eq!(others, Vec::<&str>::new());
}

#[tokio::test]
async fn payload_shows_the_new_state() {
    // ACC-14
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    assert_eq!(app.ask(&ana, "{ viewer { name } }").await.json["data"]["viewer"]["name"], "Ana Whitlock");
    let reply = app.ask_with(&ana, RENAME, json!({ "name": "  Ana Bell " })).await;
    assert_eq!(reply.json["data"], json!({ "viewerUpdate": { "viewer": { "name": "Ana Bell" }, "userErrors": [] } }));
    assert_eq!(app.ask(&ana, "{ viewer { name } }").await.json["data"]["viewer"]["name"], "Ana Bell");
    assert_eq!(app.ask(&ben, "{ viewer { name } }").await.json["data"]["viewer"]["name"], "Ben Whitlock");
}

#[tokio::test]
async fn each_mutation_shows_its_own_state() {
    let app = TestApp::demo().await;
    let both = "mutation { one: viewerUpdate(input: { name: \"One\" }) { viewer { name projects { totalCount } } }
        two: viewerUpdate(input: { name: \"Two\", timeZone: \"Pacific/Auckland\" }) { viewer { name timeZone } } }";
    let reply = app.ask(&Person::client(), both).await;
    let expected = json!({
        "one": { "viewer": { "name": "One", "projects": { "totalCount": 2 } } },
        "two": { "viewer": { "name": "Two", "timeZone": "Pacific/Auckland" } },
    });
    assert_eq!(reply.json["data"], expected, "{}", reply.text);
}

#[tokio::test]
async fn every_input_error_is_listed() {
    // API-2
    let app = TestApp::demo().await;
    let wrong =
        "mutation { viewerUpdate(input: { name: \" \", phone: \"none\", locale: \"en_US\", timeZone: \"Mars/Base\" })
        { viewer { name } userErrors { code field } } }";
    let reply = app.ask(&Person::client(), wrong).await;
    let error = |code: &str, member: &str| json!({ "code": code, "field": ["input", member] });
    let expected = json!([
        error("BLANK", "name"),
        error("INVALID", "phone"),
        error("INVALID", "locale"),
        error("INVALID", "timeZone"),
    ]);
    assert_eq!(reply.json["data"]["viewerUpdate"]["userErrors"], expected, "{}", reply.text);
    assert_eq!(reply.json["data"]["viewerUpdate"]["viewer"], json!(null));
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn mutation_writes_the_audit_log() {
    // PRT-13
    let app = TestApp::demo().await;
    app.ask_with(&Person::client(), RENAME, json!({ "name": "Ana Bell" })).await;
    let rows = "select kind || ' ' || actor_kind || ' ' || subject_kind || ' ' || i.name || ' ' || (details->>'changed') as text
        from activity a join identities i on i.id = a.actor_id";
    assert_eq!(app.database().db_texts(rows).await, ["ACCOUNT_CHANGED CLIENT IDENTITY Ana Bell [\"name\"]"]);
}

#[tokio::test]
async fn audit_log_cannot_be_rewritten() {
    // PRT-13
    let app = TestApp::demo().await;
    app.ask_with(&Person::client(), RENAME, json!({ "name": "Ana Bell" })).await;
    let rights = "select count(*) from unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) p, pg_roles r
        where r.rolname like 'portico\\_%' and (has_table_privilege(r.oid, 'activity', p)
            or has_any_column_privilege(r.oid, 'activity', 'UPDATE'))";
    assert_eq!(app.database().db_count(rights).await, 0);
}

#[tokio::test]
async fn get_changes_nothing() {
    // SEC-19
    let app = TestApp::demo().await;
    let query =
        "mutation%20%7B%20viewerUpdate(input%3A%7Bname%3A%22Eve%22%7D)%20%7B%20viewer%20%7B%20name%20%7D%20%7D%20%7D";
    for accept in ["application/graphql-response+json", "application/json"] {
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("/graphql?query={query}"))
            .header(header::AUTHORIZATION, "Bearer demo-client")
            .header(header::ACCEPT, accept);
        let reply = app.send(request.body(Body::empty()).expect("a request can be made")).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{}", reply.text);
        assert_eq!(reply.headers[header::ALLOW], "GET,HEAD,POST");
    }
    assert_eq!(app.ask(&Person::client(), "{ viewer { name } }").await.json["data"]["viewer"]["name"], "Ana Whitlock");
}

#[tokio::test]
async fn keys_are_read_only() {
    let app = TestApp::demo().await;
    let reply = app.ask_with(&Person::reporting(), RENAME, json!({ "name": "Eve" })).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let schema = app.ask(&Person::reporting(), "{ __schema { mutationType { name } } }").await;
    assert_eq!(schema.json["data"]["__schema"]["mutationType"], json!(null));
    // With any permissions.
    let all = Permission::ALL.iter().map(|permission| format!("'{permission}'")).collect::<Vec<_>>().join(",");
    app.database().db_execute(&format!("update api_keys set permissions = array[{all}]")).await;
    let schema = app.ask(&Person::reporting(), "{ __schema { mutationType { name } } }").await;
    assert_eq!(schema.json["data"]["__schema"]["mutationType"], json!(null));
    let staff = app.ask(&Person::staff(), "{ __schema { mutationType { name } } }").await;
    assert_eq!(staff.json["data"]["__schema"]["mutationType"]["name"], "Mutation");
}

#[tokio::test]
async fn hang_up_does_not_stop_a_mutation() {
    // ROB-37
    let app = TestApp::demo().await;
    let viewer = std::sync::Arc::new(app.viewer(&Person::client()).await);
    for round in 0..20 {
        let loader = portico_loader::Loader::new(app.store().read_as(&viewer), portico_loader::Tiers::none());
        let question = portico_graphql::Question {
            query: format!("mutation {{ viewerUpdate(input: {{ name: \"Round {round}\" }}) {{ viewer {{ name }} }} }}"),
            ..Default::default()
        };
        let asked = app.gateway().answer(loader, app.actor(std::sync::Arc::clone(&viewer)), question);
        // Polled once, so that it has started, and dropped.
        let mut asked = Box::pin(asked);
        let _ = futures_util::poll!(asked.as_mut());
        drop(asked);
        let name = format!("select count(*) from identities where name = 'Round {round}'");
        while app.database().db_count(&name).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    assert_eq!(app.database().db_count("select count(*) from activity").await, 20);
}
