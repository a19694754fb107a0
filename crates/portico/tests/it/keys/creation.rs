//! Tests of API keys created by staff: within their own permissions, shown once, revocable (SEC-14).

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_core::limits::caps;
use portico_core::sessions::TokenHash;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::service::LONG;
use crate::support::{BOWEN, MAPLE, ORCHARD, is_unknown, project, project_names, refusals, sql_id, texts_of};

const CREATE: &str = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { token
    apiKey { id name permissions projectIds lastUsedAt isRevoked creatorName } userErrors { code field message } } }";
const REVOKE: &str =
    "mutation($id: ID!) { apiKeyRevoke(input: { id: $id }) { apiKey { name isRevoked } userErrors { code field } } }";
const KEYS: &str = "{ company { apiKeys { id name permissions projectIds lastUsedAt isRevoked creatorName } } }";
const ROWS: &str = "select count(*) from api_keys";

async fn made(app: &TestApp, person: &Person, input: Value) -> Value {
    app.ask_with(person, CREATE, json!({ "input": input })).await.data()["apiKeyCreate"].clone()
}

async fn revoked(app: &TestApp, person: &Person, id: &str) -> Value {
    app.ask_with(person, REVOKE, json!({ "id": id })).await.data()["apiKeyRevoke"].clone()
}

/// A key that may read budgets everywhere: its holder, and its id.
async fn holder(app: &TestApp, maker: &Person, name: &str) -> (Person, String) {
    let input = json!({ "name": name, "permissions": ["PROJECTS_READ", "COSTS_VIEW"], "lifetimeDays": 30 });
    let payload = made(app, maker, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    let token = payload["token"].as_str().expect("a token");
    (Person::with_token(token), payload["apiKey"]["id"].as_str().expect("an id").to_owned())
}

async fn names_seen(app: &TestApp, person: &Person) -> Vec<String> {
    texts_of(app.ask(person, KEYS).await.at("/company/apiKeys"), "name")
}

/// A member of staff who may create keys, read projects and see costs.
async fn maker(app: &TestApp) -> Person {
    app.db_staff(&[Permission::ReportsKeys, Permission::ProjectsRead, Permission::CostsView]).await
}

async fn db_take(app: &TestApp, person: &Person, change: &str) {
    let own = format!(
        "update staff_memberships set {change} where id = (
            select staff_membership_id from sessions where token_hash = '{}')",
        person.token_hash()
    );
    app.database().db_execute(&own).await;
}

async fn budgets(app: &TestApp, person: &Person) -> Reply {
    app.ask(person, "{ viewer { projects { nodes { number budget { amount } } } } }").await
}

#[tokio::test]
async fn key_reads_what_was_granted() {
    let app = TestApp::demo().await;
    for maker in [maker(&app).await, Person::owner()] {
        let listed = [project(&app, ORCHARD), project(&app, MAPLE), project(&app, MAPLE)];
        let input = json!({ "name": " Monthly costs ", "permissions": ["COSTS_VIEW", "PROJECTS_READ"],
            "projectIds": listed, "lifetimeDays": 366 });
        let payload = made(&app, &maker, input).await;
        assert_eq!(payload["apiKey"]["name"], "Monthly costs", "{payload}");
        assert_eq!(payload["apiKey"]["permissions"], json!(["PROJECTS_READ", "COSTS_VIEW"]));
        assert_eq!(payload["apiKey"]["projectIds"].as_array().map(Vec::len), Some(2));
        assert_eq!((&payload["apiKey"]["lastUsedAt"], &payload["apiKey"]["isRevoked"]), (&Value::Null, &json!(false)));
        let key = Person::with_token(payload["token"].as_str().expect("a token"));
        assert_eq!(project_names(&app, &key).await, ["Maple Street House", "Orchard Lane Cottage"]);
        is_unknown(&app.ask(&key, "{ viewer { projects { nodes { targetMargin } } } }").await, "targetMargin");
        // It has been used by now, which its creator can see.
        let used =
            "select count(*) from api_key_uses u join api_keys k on k.id = u.key_id where k.name = 'Monthly costs'";
        let recorded = async { while app.database().db_count(used).await == 0 {} };
        tokio::time::timeout(LONG, recorded).await.expect("its use is recorded in the background");
        let seen = app.ask(&maker, KEYS).await;
        let own =
            seen.at("/company/apiKeys").as_array().expect("a list").iter().rfind(|key| key["name"] == "Monthly costs");
        assert!(own.expect("it is there")["lastUsedAt"].is_string(), "{}", seen.text);
    }
    let (wide, _) = holder(&app, &Person::owner(), "All").await;
    assert_eq!(project_names(&app, &wide).await, project_names(&app, &Person::owner()).await);
}

#[tokio::test]
async fn key_cannot_exceed_its_creator() {
    let app = TestApp::demo().await;
    let maker = maker(&app).await;
    for more in ["MARGINS_VIEW", "SETTINGS_MANAGE"] {
        let input = json!({ "name": "x", "permissions": ["PROJECTS_READ", more], "lifetimeDays": 1 });
        let payload = made(&app, &maker, input.clone()).await;
        assert_eq!(refusals(&payload), ["EXCEEDS_OWN_PERMISSIONS input.permissions"]);
        assert!(payload["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains(more)), "{payload}");
        assert_eq!((&payload["token"], &payload["apiKey"]), (&Value::Null, &Value::Null));
        assert_eq!(made(&app, &Person::owner(), input).await["userErrors"], json!([]), "the owner may");
    }
}

#[tokio::test]
async fn invalid_key_input_writes_nothing() {
    let app = TestApp::demo().await;
    let before = app.database().db_count(ROWS).await;
    let wrong = json!({ "name": " ", "permissions": [], "projectIds": [], "lifetimeDays": 0 });
    let expected =
        ["BLANK input.name", "BLANK input.permissions", "BLANK input.projectIds", "INVALID input.lifetimeDays"];
    assert_eq!(refusals(&made(&app, &Person::owner(), wrong).await), expected);
    for days in [-1, 0, 367, i32::MAX] {
        let input = json!({ "name": "x", "permissions": ["COSTS_VIEW"], "lifetimeDays": days });
        assert_eq!(refusals(&made(&app, &Person::owner(), input).await), ["INVALID input.lifetimeDays"], "{days}");
    }
    assert_eq!(app.database().db_count(ROWS).await, before);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn foreign_projects_are_not_found() {
    // SEC-11
    let app = TestApp::demo().await;
    let before = app.database().db_count(ROWS).await;
    let without = app.db_staff(&[Permission::ReportsKeys, Permission::CostsView]).await;
    let mut answers = Vec::new();
    for (person, id) in [
        (&Person::owner(), project(&app, BOWEN)),
        (&Person::owner(), TestApp::global(Tag::PROJECT, new_uuid())),
        (&Person::owner(), TestApp::global(Tag::TASK, new_uuid())),
        // Staff who may not read projects see none.
        (&without, project(&app, MAPLE)),
        (&without, TestApp::global(Tag::PROJECT, new_uuid())),
    ] {
        let input = json!({ "name": "x", "permissions": ["COSTS_VIEW"], "projectIds": [id], "lifetimeDays": 1 });
        let payload = made(&app, person, input).await;
        assert_eq!(refusals(&payload), ["NOT_FOUND input.projectIds"]);
        answers.push(payload.to_string());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let mixed = json!([project(&app, MAPLE), project(&app, BOWEN)]);
    let input = json!({ "name": "x", "permissions": ["COSTS_VIEW"], "projectIds": mixed, "lifetimeDays": 1 });
    assert_eq!(refusals(&made(&app, &Person::owner(), input).await), ["NOT_FOUND input.projectIds"]);
    assert_eq!(app.database().db_count(ROWS).await, before);
}

#[tokio::test]
async fn key_loses_rights_with_its_creator() {
    let app = TestApp::demo().await;
    let maker = maker(&app).await;
    let (key, _) = holder(&app, &maker, "Costs").await;
    assert!(budgets(&app, &key).await.json.get("errors").is_none());
    db_take(&app, &maker, "permissions = array_remove(permissions, 'COSTS_VIEW')").await;
    is_unknown(&budgets(&app, &key).await, "budget");
    assert_eq!(project_names(&app, &key).await.len(), 4);
    db_take(&app, &maker, "permissions = array_remove(permissions, 'PROJECTS_READ')").await;
    assert!(project_names(&app, &key).await.is_empty());
    db_take(&app, &maker, "removed_at = now()").await;
    assert_eq!(app.ask(&key, "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn revoked_key_is_refused_at_once() {
    let app = TestApp::demo().await;
    let maker = maker(&app).await;
    for revoker in [maker.clone(), Person::owner()] {
        let (key, id) = holder(&app, &maker, "Costs").await;
        assert!(budgets(&app, &key).await.json.get("errors").is_none());
        let payload = revoked(&app, &revoker, &id).await;
        assert_eq!(payload, json!({ "apiKey": { "name": "Costs", "isRevoked": true }, "userErrors": [] }));
        assert_eq!(budgets(&app, &key).await.code(), "UNAUTHENTICATED");
        assert_eq!(refusals(&revoked(&app, &revoker, &id).await), ["INVALID_STATE input.id"]);
    }
}

#[tokio::test]
async fn only_owners_see_keys_of_others() {
    // VIS-21
    let app = TestApp::demo().await;
    let (maker, other) = (maker(&app).await, maker(&app).await);
    let (key, id) = holder(&app, &maker, "Costs").await;
    let margot = Person::named("margot");
    for (person, foreign) in [(&other, &id), (&margot, &id)] {
        let random = TestApp::global(Tag::API_KEY, new_uuid());
        let answer = revoked(&app, person, foreign).await;
        assert_eq!(refusals(&answer), ["NOT_FOUND input.id"]);
        assert_eq!(answer, revoked(&app, person, &random).await);
    }
    assert!(budgets(&app, &key).await.json.get("errors").is_none(), "it works on");
    assert_eq!(names_seen(&app, &maker).await, ["Costs"]);
    assert!(names_seen(&app, &other).await.is_empty());
    assert!(!names_seen(&app, &margot).await.contains(&"Costs".to_owned()));
    let all = names_seen(&app, &Person::owner()).await;
    assert!(
        all.contains(&"Costs".to_owned()) && all.contains(&"Ledger export for the accountant".to_owned()),
        "{all:?}"
    );
    // Without the permission neither the type nor its mutations exist.
    let without = app.db_staff(&[Permission::ProjectsRead, Permission::SettingsManage]).await;
    for person in [without, Person::staff(), Person::client(), Person::trade()] {
        let mutation = "mutation { apiKeyRevoke(input: { id: \"x\" }) { userErrors { code } } }";
        is_unknown(&app.ask(&person, mutation).await, "apiKeyRevoke");
        let asked = app.ask(&person, KEYS).await;
        assert_eq!(asked.code(), "GRAPHQL_VALIDATION_FAILED", "{}", asked.text);
    }
}

#[tokio::test]
async fn key_cannot_create_or_list_keys() {
    // SEC-14
    let app = TestApp::demo().await;
    let input = json!({ "name": "Reads keys", "permissions": ["PROJECTS_READ", "REPORTS_KEYS"], "lifetimeDays": 1 });
    let payload = made(&app, &Person::owner(), input).await;
    let key = Person::with_token(payload["token"].as_str().expect("a token"));
    let schema = app.ask(&key, "{ __schema { mutationType { name } } }").await;
    assert_eq!(*schema.at("/__schema/mutationType"), Value::Null);
    let more = json!({ "input": { "name": "x", "permissions": ["PROJECTS_READ"], "lifetimeDays": 1 } });
    assert_eq!(app.ask_with(&key, CREATE, more).await.code(), "GRAPHQL_VALIDATION_FAILED");
    assert!(names_seen(&app, &key).await.is_empty());
    assert_eq!(names_seen(&app, &Person::owner()).await.len(), 2);
    // The role view alone shows none to a key either.
    let seen = format!("select set_config('portico.session', '{}', false)", key.token_hash());
    let query =
        format!("with s as materialized ({seen}) select count(*) from s, lateral (select * from staff.api_keys) k");
    assert_eq!(app.database().db_count(&query).await, 0);
    let query = query.replace(&key.token_hash(), &Person::owner().token_hash());
    assert_eq!(app.database().db_count(&query).await, 2, "the same question finds them for the owner");
}

#[tokio::test]
async fn database_never_holds_the_token() {
    // SEC-22
    let app = TestApp::demo().await;
    let payload =
        made(&app, &Person::owner(), json!({ "name": "x", "permissions": ["COSTS_VIEW"], "lifetimeDays": 1 })).await;
    let token = payload["token"].as_str().expect("a token");
    assert!(token.starts_with("pk_") && token.len() > 40);
    assert_eq!(app.ask(&Person::with_token(token), "{ viewer { role } }").await.data()["viewer"]["role"], "REPORTING");
    let everything =
        "select string_agg(query_to_xml(format('select * from %I', c.relname), true, true, '')::text, '') as text
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'";
    let dump = app.database().db_texts(everything).await.concat();
    assert!(dump.contains(TokenHash::of(token).as_str()), "its hash is found too");
    let secret = token.strip_prefix("pk_").expect("the prefix");
    assert!(!dump.contains(secret));
}

#[tokio::test]
async fn key_creation_and_revocation_are_audited() {
    // PRT-13
    let app = TestApp::demo().await;
    let (_, id) = holder(&app, &Person::owner(), "Costs").await;
    revoked(&app, &Person::owner(), &id).await;
    let rows = "select a.kind || ' ' || a.actor_kind || ' ' || i.name || ' ' || c.slug || ' ' || (a.subject_id = k.id)
            || ' ' || coalesce(a.details ->> 'name', '') as text
        from activity a join identities i on i.id = a.actor_id join companies c on c.id = a.company_id
        join api_keys k on k.name = 'Costs' where a.subject_kind = 'API_KEY' order by a.id";
    let expected = [
        "API_KEY_CREATED OWNER Ruth Calloway alderbrook true Costs",
        "API_KEY_REVOKED OWNER Ruth Calloway alderbrook true ",
    ];
    assert_eq!(app.database().db_texts(rows).await, expected);
}

#[tokio::test]
async fn keys_add_no_statements() {
    let app = TestApp::demo().await;
    let count = async || app.cold().answer(&Person::owner(), KEYS, json!({})).await.request_counts.statements;
    let one = count().await;
    app.database()
        .db_execute(&format!(
            "insert into api_keys (id, token_hash, company_id, name, created_by, permissions, all_projects, expires_at)
                select gen_random_uuid(), md5(n::text) || md5(n::text), company_id, 'Key ' || n, id, '{{COSTS_VIEW}}', true,
                    now() from staff_memberships, generate_series(1, 200) n where id = {}",
            sql_id("alderbrook/staff/jo")
        ))
        .await;
    assert_eq!(names_seen(&app, &Person::owner()).await.len(), caps::API_KEYS as usize);
    assert_eq!(count().await, one);
}

#[tokio::test]
async fn expired_key_is_refused() {
    let app = TestApp::demo().await;
    let asked = async || app.ask(&Person::reporting(), "{ viewer { name } }").await;
    assert_eq!(asked().await.at("/viewer/name"), "Ledger export for the accountant");
    app.database().db_execute("update api_keys set expires_at = now()").await;
    assert_eq!(asked().await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn key_reads_its_own_company_only() {
    // SEC-14
    let app = TestApp::demo().await;
    let theirs = app.id(Tag::PROJECT, "fernhill/bowen-island");
    let query = format!("{{ viewer {{ projects {{ nodes {{ number }} }} }} project(id: \"{theirs}\") {{ number }} }}");
    let body = json!({ "query": query }).to_string();
    let request = app.post(&Person::reporting()).header("x-company", "fernhill").header("x-tenant-id", "fernhill");
    let reply = app.send(request.body(axum::body::Body::from(body)).expect("a request can be made")).await;
    assert!(reply.at("/project").is_null(), "{}", reply.text);
    assert!(!reply.text.contains("FS-") && reply.text.contains("AB-2041"), "{}", reply.text);
}
