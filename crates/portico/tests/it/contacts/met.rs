//! Tests of contacts of people with an account: found by exact address only (ACC-2 to ACC-4, ACC-15, RULE-9).

use axum::body::Body;
use portico::auth::DemoTokens;
use portico_core::access::Permission;
use portico_store::PoolSizes;
use portico_testkit::{Person, TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::support::{change, refusals};

async fn create(app: &TestApp, person: &Person, input: &str) -> Value {
    change(app, person, "clientCreate", &format!("input: {{ {input} }}"), "client { id name phone }").await
}

#[tokio::test]
async fn linked_account_keeps_own_contact_name() {
    // ACC-2, ACC-3
    let app = TestApp::demo().await;
    let (robin, margot) = (app.db_staff(&[Permission::ClientsInvite]).await, Person::named("margot"));
    create(&app, &margot, "name: \"Xenia Ypsilon\", email: \"x@y.example\", phone: \"+16045550188\"").await;
    let result = create(&app, &robin, "name: \"Madame X\", email: \"X@Y.example\"").await;
    assert_eq!((refusals(&result), &result["client"]), (vec!["IDENTITY_EXISTS input.email".to_owned()], &json!(null)));
    for secret in ["Xenia", "Ypsilon", "0188", "Fernhill", "fernhill", "Margot"] {
        assert!(!result.to_string().contains(secret), "{result}");
    }
    let of_robin = "select count(*) from contacts where name = 'Madame X'";
    assert_eq!(app.database().db_count(of_robin).await, 0);
    let taken_in = create(&app, &robin, "name: \"Madame X\", email: \"X@Y.example\", useExisting: true").await;
    assert_eq!((&taken_in["client"]["name"], &taken_in["client"]["phone"]), (&json!("Madame X"), &json!(null)));
    assert_eq!(
        app.database().db_count("select count(*) from identities where email_canonical = 'x@y.example'").await,
        1
    );
    let contacts = "select c.name as text from contacts c join identities i on i.id = c.identity_id
        where i.email_canonical = 'x@y.example' order by c.name";
    assert_eq!(app.database().db_texts(contacts).await, ["Madame X", "Xenia Ypsilon"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_creates_make_one_identity() {
    // ACC-4: eight at a time, each on its own connection.
    let sizes = PoolSizes { reader: 8, auth: 8, writer: 8 };
    let app = TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, sizes);
    let (ruth, margot) = (Person::owner(), Person::named("margot"));
    let asked = (0..50).map(|number| {
        let (app, person) = (&app, if number % 2 == 0 { &ruth } else { &margot });
        let input = format!("name: \"Number {number}\", email: \"one@mail.example\", useExisting: true");
        let query = format!(
            "mutation {{ clientCreate(input: {{ {input} }}) {{ client {{ id }} userErrors {{ code field }} }} }}"
        );
        async move {
            loop {
                let reply = app.ask(person, &query).await;
                if reply.json.get("errors").is_none() {
                    return reply.at("/clientCreate").clone();
                }
                assert_eq!(reply.code(), "UNAVAILABLE", "{}", reply.text);
            }
        }
    });
    let answers: Vec<Value> = futures_util::future::join_all(asked).await;
    let made = answers.iter().filter(|answer| answer["client"].is_object()).count();
    let taken = answers.iter().filter(|answer| refusals(answer) == ["TAKEN input.email"]).count();
    assert_eq!((made, taken), (2, 48), "{answers:?}");
    assert_eq!(
        app.database().db_count("select count(*) from identities where email_canonical = 'one@mail.example'").await,
        1
    );
    let contacts = "select count(*) from contacts c join identities i on i.id = c.identity_id
        where i.email_canonical = 'one@mail.example'";
    assert_eq!(app.database().db_count(contacts).await, 2);
}

#[tokio::test]
async fn lookup_needs_the_exact_address() {
    // ACC-15
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let known = create(&app, &robin, "name: \"A\", email: \"lucia@ferrante-millwork.example\"").await;
    assert_eq!(refusals(&known), ["IDENTITY_EXISTS input.email"]);
    for near in [
        "lucia@ferrante-millwork.exampl",
        "ucia@ferrante-millwork.example",
        "l_cia@ferrante-millwork.example",
        "%@ferrante-millwork.example",
        "lucia+1@ferrante-millwork.example",
        "lu.cia@ferrante-millwork.example",
    ] {
        let payload = create(&app, &robin, &format!("name: \"A\", email: \"{near}\"")).await;
        assert!(payload["client"].is_object(), "{near}: {payload}");
    }
    // Contacts of other companies cannot be searched.
    let query = "{ company { contacts(query: \"lucia\", first: 100) { nodes { email } } } }";
    let found = app.ask(&robin, query).await;
    assert!(!found.text.contains("\"lucia@ferrante-millwork.example\""), "{}", found.text);
}

/// Records this many lookups, this many minutes ago.
async fn db_met(app: &TestApp, times: u32, minutes: u32) {
    app.database()
        .db_execute(&format!(
            "insert into activity (id, at, company_id, kind, actor_kind, actor_id)
            select gen_random_uuid(), now() - interval '{minutes} minutes', m.company_id, 'CLIENT_KNOWN_ELSEWHERE', 'STAFF', i.id
            from identities i join staff_memberships m on m.identity_id = i.id, generate_series(1, {times})
            where i.name = 'Robin Staff'"
        ))
        .await;
}

#[tokio::test]
async fn account_lookups_are_limited() {
    // RULE-9
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    db_met(&app, 40, 61).await;
    db_met(&app, portico_actions::contacts::KNOWN_ADDRESSES_PER_HOUR - 1, 30).await;
    let last = create(&app, &robin, "name: \"A\", email: \"lucia@ferrante-millwork.example\"").await;
    assert_eq!(refusals(&last), ["IDENTITY_EXISTS input.email"], "the old ones are invalid");
    // From now on known and unknown addresses have the same answer.
    let mut answers = std::collections::BTreeSet::new();
    for (email, existing) in
        [("felix@fernhill.example", false), ("nobody@mail.example", false), ("nobody@mail.example", true)]
    {
        let payload = create(&app, &robin, &format!("name: \"A\", email: \"{email}\", useExisting: {existing}")).await;
        assert_eq!(refusals(&payload), ["TOO_MANY_ATTEMPTS "], "{email}");
        let wait = payload["userErrors"][0]["meta"]["retryAfterSeconds"].as_i64().expect("a time to wait");
        assert!((1..=1_800).contains(&wait), "{wait}");
        answers.insert(payload["userErrors"][0]["message"].to_string());
    }
    assert_eq!(answers.len(), 1);
    // Request headers do not matter.
    let body = json!({ "query": "mutation { clientCreate(input: { name: \"A\", email: \"n@mail.example\" }) { userErrors { code } } }" });
    let request = app.post(&robin).header("x-forwarded-for", "203.0.113.9").header("forwarded", "for=203.0.113.9");
    let reply = app.send(request.body(Body::from(body.to_string())).expect("a request can be made")).await;
    assert_eq!(reply.at("/clientCreate/userErrors/0/code"), "TOO_MANY_ATTEMPTS");
    // The limit is per member of staff.
    let ruth = create(&app, &Person::owner(), "name: \"A\", email: \"nobody@mail.example\"").await;
    assert!(ruth["client"].is_object(), "{ruth}");
}

#[tokio::test]
async fn linked_accounts_count_as_lookups() {
    // RULE-9: adding a contact reveals whether the person manages the account.
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let met =
        async || app.database().db_count("select count(*) from activity where kind = 'CLIENT_KNOWN_ELSEWHERE'").await;
    let made = create(&app, &robin, "name: \"A\", email: \"new@mail.example\", useExisting: true").await;
    assert_eq!(met().await, 0, "no account was known");
    create(&app, &robin, "name: \"B\", email: \"lucia@ferrante-millwork.example\", useExisting: true").await;
    assert_eq!(met().await, 1);
    let input = format!("input: {{ id: {}, email: \"felix@fernhill.example\" }}", made["client"]["id"]);
    let moved = change(&app, &robin, "clientUpdate", &input, "client { isUserManaged }").await;
    assert_eq!(moved["client"]["isUserManaged"], json!(true));
    assert_eq!(met().await, 2);
    // The audit log names only the member of staff.
    let rows = "select count(*) from activity where kind = 'CLIENT_KNOWN_ELSEWHERE' and (subject_id is not null or details::text ~ '@')";
    assert_eq!(app.database().db_count(rows).await, 0);
}
