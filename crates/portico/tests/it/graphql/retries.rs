//! Tests of idempotency keys: a retry gets the first result, and nothing is done twice (API-3).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use portico::auth::DemoTokens;
use portico_core::id::Tag;
use portico_graphql::Gateway;
use portico_store::PoolSizes;
use portico_testkit::{Person, Reply, Shape, TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::support::accounts::STRANGER;
use crate::support::clients::client_create;
use crate::support::files::received;
use crate::support::selections::document_hash;

const KEY: &str = "idempotencyKey";
const MAPLE: &str = "alderbrook/maple-street";
/// Another one of the same company.
const ORCHARD: &str = "alderbrook/orchard-lane";
const RIDGE: &str = "alderbrook/ridge-view";

/// A mutation with an idempotency key: its arguments, and a value that makes it a different request.
struct Keyed {
    by: Person,
    arguments: Value,
    other: (&'static str, Value),
}

fn owners(arguments: Value, other: (&'static str, Value)) -> Keyed {
    Keyed { by: Person::owner(), arguments, other }
}

fn project(number: &str) -> Value {
    json!({ "number": number, "name": "Alder Row", "timeZone": "America/Los_Angeles", "currencyCode": "USD", KEY: "k",
        "address": { "line": "1 Alder Row", "city": "Bellingham", "region": "WA", "postalCode": "98225", "country": "US" } })
}

fn staff_invite(key: &str) -> Value {
    json!({ "name": "Kim", "title": "Estimator", "email": STRANGER, "role": "STAFF", "permissions": ["PROJECTS_READ"], KEY: key })
}

/// Arguments of each mutation with an idempotency key. A new mutation needs a line here.
async fn keyed(app: &TestApp, mutation: &str) -> Option<Keyed> {
    let contact = |person: &str| app.id(Tag::CONTACT, &format!("alderbrook/contact/{person}"));
    let (maple, ridge) = (app.id(Tag::PROJECT, MAPLE), app.id(Tag::PROJECT, RIDGE));
    let ben = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ben");
    Some(match mutation {
        "projectCreate" => owners(json!({ "input": project("AB-1") }), ("/input/name", json!("Another"))),
        "leadConvertToProject" => {
            let id = app.id(Tag::LEAD, "alderbrook/lead/odette");
            let input = json!({ "id": id, "project": project("AB-1") });
            owners(json!({ "input": input }), ("/input/project/number", json!("AB-2")))
        }
        "contactConvertToProject" => {
            let input = json!({ "id": contact("odette"), "project": project("AB-1") });
            owners(json!({ "input": input }), ("/input/project/number", json!("AB-2")))
        }
        "projectClientAdd" => {
            let input = json!({ "projectId": ridge, "contactId": contact("ben"), "relationship": "PARTNER",
                "invite": true, KEY: "k" });
            owners(json!({ "input": input }), ("/input/relationship", json!("REPRESENTATIVE")))
        }
        "projectClientReplace" => {
            let input = json!({ "id": ben, "contactId": contact("ines"), "invite": true, KEY: "k" });
            owners(json!({ "input": input }), ("/input/invite", json!(false)))
        }
        "projectTradeAdd" => {
            let input = json!({ "projectId": ridge, "contactId": contact("wren"), KEY: "k" });
            owners(json!({ "input": input }), ("/input/projectId", json!(maple)))
        }
        "projectTradeUpdate" => {
            let tomas = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/trade/tomas");
            let input = json!({ "id": tomas, "webAccess": false, KEY: "k" });
            owners(json!({ "input": input }), ("/input/webAccess", json!(true)))
        }
        "staffInvite" => owners(json!({ "input": staff_invite("k") }), ("/input/name", json!("Another"))),
        "staffInvitationResend" => {
            ask(app, "staffInvite", &Person::owner(), json!({ "input": staff_invite("first") })).await;
            let id = app.database().db_texts("select membership_id::text as text from staff_invitations").await;
            let id = TestApp::global(Tag::STAFF_MEMBERSHIP, id[0].parse().expect("it is an id"));
            let jo = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/jo");
            owners(json!({ "input": { "id": id, KEY: "k" } }), ("/input/id", json!(jo)))
        }
        "invitationSend" => {
            let input = json!({ "projectId": ridge, "contactId": contact("dev"), KEY: "k" });
            owners(json!({ "input": input }), ("/input/projectId", json!(maple)))
        }
        "invitationResend" => {
            let input = json!({ "projectId": ridge, "contactId": contact("dev"), KEY: "first" });
            let sent = ask(app, "invitationSend", &Person::owner(), json!({ "input": input })).await;
            assert!(sent.is_object(), "{sent}");
            let id = app.database().db_texts("select id::text as text from invitations where state = 'INVITED'").await;
            let id = TestApp::global(Tag::INVITATION, id[0].parse().expect("it is an id"));
            let input = json!({ "id": id, KEY: "k" });
            owners(json!({ "input": input }), ("/input/id", json!(contact("dev"))))
        }
        "selectionApprove" => {
            let faucet = "alderbrook/maple-street/selection/Kitchen faucet";
            let hash = document_hash(app, &Person::client(), faucet).await;
            let input = json!({ "id": app.id(Tag::SELECTION, faucet), "documentHash": hash, KEY: "k" });
            let other = ("/input/documentHash", json!("another"));
            Keyed { by: Person::client(), arguments: json!({ "input": input }), other }
        }
        "selectionChoose" => {
            let id = app.id(Tag::SELECTION, "alderbrook/maple-street/selection/Cabinet hardware");
            let pulls = "alderbrook/maple-street/option/Cabinet hardware/Bronze cup pulls";
            let choices = json!([{ "optionId": app.id(Tag::SELECTION_OPTION, pulls) }]);
            let input = json!({ "id": id, "choices": choices, "expectedVersion": 1, KEY: "k" });
            Keyed {
                by: Person::client(),
                arguments: json!({ "input": input }),
                other: ("/input/expectedVersion", json!(2)),
            }
        }
        "selectionsCopy" => {
            let input = json!({ "fromProjectId": maple, "toProjectId": ridge, KEY: "k" });
            owners(json!({ "input": input }), ("/input/fromProjectId", json!(ridge)))
        }
        "selectionDecline" => {
            let id = app.id(Tag::SELECTION, "alderbrook/maple-street/selection/Interior paint palette");
            let input = json!({ "id": id, "expectedVersion": 1, "reason": "Later.", KEY: "k" });
            Keyed {
                by: Person::client(),
                arguments: json!({ "input": input }),
                other: ("/input/reason", json!("Never.")),
            }
        }
        "threadStart" => {
            let input = json!({ "projectId": maple, "audience": "CLIENT", "title": "Gutters", "body": "Which color?", KEY: "k" });
            owners(json!({ "input": input }), ("/input/title", json!("Roof")))
        }
        "messagePost" => {
            let thread = app.id(Tag::THREAD, &format!("{MAPLE}/thread/1"));
            let input = json!({ "threadId": thread, "body": "See you there.", KEY: "k" });
            owners(json!({ "input": input }), ("/input/body", json!("See you.")))
        }
        "feedbackSend" => {
            let input = json!({ "projectId": maple, "body": "The menu is hard to find.", KEY: "k" });
            let by = Person::client();
            Keyed { by, arguments: json!({ "input": input }), other: ("/input/body", json!("Nothing.")) }
        }
        "stagedUploadCreate" => {
            let input = json!({ "projectId": maple, "name": "Gutters.txt", "size": 21, KEY: "k" });
            let by = Person::client();
            Keyed { by, arguments: json!({ "input": input }), other: ("/input/size", json!(22)) }
        }
        "fileFinalize" => {
            let by = Person::client();
            let upload = received(app, &by, "Gutters.txt", b"Two on the north side").await;
            let other = ("/input/sha256", json!("0".repeat(64)));
            Keyed { by, arguments: json!({ "input": { "uploadId": upload, "sha256": null, KEY: "k" } }), other }
        }
        "fileAttach" => {
            let selection = |title: &str| app.id(Tag::SELECTION, &format!("{MAPLE}/selection/{title}"));
            let file = app.id(Tag::FILE, &format!("{MAPLE}/file/Our favorite tile.jpg"));
            let input = json!({ "fileId": file, "recordId": selection("Front door"), KEY: "k" });
            let other = ("/input/recordId", json!(selection("Kitchen faucet")));
            Keyed { by: Person::client(), arguments: json!({ "input": input }), other }
        }
        "filesAddressReplace" => {
            let input = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), KEY: "k" });
            let other = ("/input/projectId", json!(app.id(Tag::PROJECT, ORCHARD)));
            Keyed { by: Person::owner(), arguments: json!({ "input": input }), other }
        }
        "calendarFeedCreate" => {
            let input = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), KEY: "k" });
            let other = ("/input/projectId", json!(app.id(Tag::PROJECT, "fernhill/bowen-island")));
            Keyed { by: Person::client(), arguments: json!({ "input": input }), other }
        }
        _ => return None,
    })
}

/// Performs a mutation, selecting the ids in its payload.
async fn reply(app: &TestApp, mutation: &str, by: &Person, arguments: Value) -> Reply {
    let shape = Shape::of(&Gateway::sdl());
    let field = shape.field("Mutation", mutation).expect("there is such a mutation");
    let given = field.arguments.iter().filter(|argument| arguments.get(&argument.name).is_some());
    let declared: Vec<_> = given.clone().map(|one| format!("${}: {}", one.name, one.written)).collect();
    let passed: Vec<_> = given.map(|argument| format!("{0}: ${0}", argument.name)).collect();
    let with_id = shape.fields(&field.ty).iter().filter(|part| shape.field(&part.ty, "id").is_some());
    let ids: Vec<_> = with_id.map(|part| format!("{} {{ id }}", part.name)).collect();
    assert!(!ids.is_empty(), "{mutation}: nothing in the payload tells one result from another");
    let query = format!(
        "mutation({}) {{ {mutation}({}) {{ {} userErrors {{ code field message }} }} }}",
        declared.join(", "),
        passed.join(", "),
        ids.join(" ")
    );
    app.ask_with(by, &query, arguments).await
}

/// Performs a mutation, which must succeed. Returns the payload.
async fn ask(app: &TestApp, mutation: &str, by: &Person, arguments: Value) -> Value {
    let reply = reply(app, mutation, by, arguments).await;
    let payload = reply.json["data"][mutation].clone();
    assert_eq!(payload["userErrors"], json!([]), "{mutation}: {}", reply.text);
    payload
}

/// The number of rows in all tables except stored results.
async fn db_rows(app: &TestApp) -> i64 {
    let counted = "query_to_xml(format('select count(*) as c from %I', tablename), false, true, '')";
    let rows = format!(
        "select sum((xpath('/row/c/text()', {counted}))[1]::text::bigint)::bigint as count from pg_tables
         where schemaname = 'public' and tablename <> 'idempotent_answers'"
    );
    app.database().db_count(&rows).await
}

async fn app_with_writers(writer: usize) -> TestApp {
    let pools = PoolSizes { reader: 3, auth: 2, writer };
    TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, pools)
}

/// The mutations whose arguments contain an idempotency key at any depth.
fn mutations_with_a_key() -> BTreeSet<String> {
    let shape = Shape::of(&Gateway::sdl());
    let holds_a_key = |name: &str, ty: &str| {
        let mut open = vec![ty.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(ty) = open.pop() {
            if seen.insert(ty.clone()) {
                let inputs = shape.inputs(&ty);
                if inputs.iter().any(|input| input.name == KEY) {
                    return true;
                }
                open.extend(inputs.iter().map(|input| input.ty.clone()));
            }
        }
        name == KEY
    };
    let of_field = shape.fields("Mutation").iter();
    of_field
        .filter(|field| field.arguments.iter().any(|argument| holds_a_key(&argument.name, &argument.ty)))
        .map(|field| field.name.clone())
        .collect()
}

#[tokio::test]
async fn keyed_mutations_run_once() {
    // API-3
    let mutations = mutations_with_a_key();
    assert!(mutations.len() >= 7, "{mutations:?}");
    for mutation in mutations {
        let app = TestApp::demo().await;
        let Keyed { by, arguments, other } =
            keyed(&app, &mutation).await.unwrap_or_else(|| panic!("say here how {mutation} is performed"));
        let before = db_rows(&app).await;
        let first = ask(&app, &mutation, &by, arguments.clone()).await;
        let after = db_rows(&app).await;
        assert!(after > before, "{mutation} does something");
        assert_eq!(ask(&app, &mutation, &by, arguments.clone()).await, first, "{mutation}: the same result");
        assert_eq!(db_rows(&app).await, after, "{mutation}: nothing was done again");
        let mut changed = arguments;
        *changed.pointer_mut(other.0).unwrap_or_else(|| panic!("{mutation}: {} is given", other.0)) = other.1;
        let mismatch = reply(&app, &mutation, &by, changed).await;
        assert_eq!(mismatch.code(), "IDEMPOTENCY_MISMATCH", "{mutation}: {}", mismatch.text);
        assert_eq!(db_rows(&app).await, after, "{mutation}: a mismatch does nothing");
        asked_twice_at_once(&mutation, after - before).await;
    }
}

async fn asked_twice_at_once(mutation: &str, rows_of_one: i64) {
    let app = app_with_writers(4).await;
    let Keyed { by, arguments, .. } = keyed(&app, mutation).await.expect("it was performed before");
    let before = db_rows(&app).await;
    let both = [arguments.clone(), arguments].map(|arguments| ask(&app, mutation, &by, arguments));
    let payloads = futures_util::future::join_all(both).await;
    assert_eq!(payloads[0], payloads[1], "{mutation}");
    assert_eq!(db_rows(&app).await - before, rows_of_one, "{mutation}: done once");
}

#[tokio::test]
async fn conversion_key_creates_one_project() {
    // API-3: the same request ten times, and ten different requests with one key
    for number in [|_| "AB-9".to_owned(), |place: usize| format!("AB-9{place}")] {
        let app = app_with_writers(4).await;
        let id = app.id(Tag::CONTACT, "alderbrook/contact/odette");
        let ask = |place| {
            let arguments = json!({ "input": { "id": id, "project": project(&number(place)) } });
            let app = &app;
            async move { reply(app, "contactConvertToProject", &Person::owner(), arguments).await }
        };
        let before = app.database().db_count("select count(*) from projects").await;
        let replies = futures_util::future::join_all((0..10).map(ask)).await;
        let made = app.database().db_count("select count(*) from projects").await - before;
        let results: Vec<_> = replies.iter().map(|reply| &reply.text).collect();
        assert_eq!(made, 1, "{results:?}");
        let is_mismatch =
            |reply: &&Reply| reply.json.pointer("/errors/0/extensions/code") == Some(&json!("IDEMPOTENCY_MISMATCH"));
        let mismatches = replies.iter().filter(is_mismatch).count();
        assert_eq!(mismatches, if number(0) == number(1) { 0 } else { 9 }, "{results:?}");
    }
}

#[tokio::test]
async fn refused_request_leaves_its_key_free() {
    // A corrected form is sent again with the same key.
    let app = TestApp::demo().await;
    let id = app.id(Tag::CONTACT, "alderbrook/contact/odette");
    let wrong = json!({ "input": { "id": id, "project": project("AB-2041") } });
    let refused = reply(&app, "contactConvertToProject", &Person::owner(), wrong).await;
    assert_eq!(refused.at("/contactConvertToProject/userErrors/0/code"), &json!("TAKEN"), "{}", refused.text);
    let right = json!({ "input": { "id": id, "project": project("AB-9") } });
    ask(&app, "contactConvertToProject", &Person::owner(), right).await;
    let mut blank = project("AB-10");
    blank[KEY] = json!(" \u{a0}");
    let blank = json!({ "input": { "id": id, "project": blank } });
    let refused = reply(&app, "contactConvertToProject", &Person::owner(), blank).await;
    let error = refused.at("/contactConvertToProject/userErrors/0");
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("BLANK"), &json!(["input", "project", KEY])),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn waiting_retry_holds_no_connection() {
    // API-3: polls for up to 5 s without a connection between polls, then CONFLICT
    let app = app_with_writers(2).await;
    let owner = Person::owner();
    let ridge = app.id(Tag::PROJECT, RIDGE);
    let input = json!({ "projectId": ridge, "contactId": app.id(Tag::CONTACT, "alderbrook/contact/dev"), KEY: "k" });
    // The first request has the key, and waits for a row that another transaction has locked.
    let holder = app.database().db_hold("select id from projects order by id for update").await;
    let first = ask(&app, "invitationSend", &owner, json!({ "input": input.clone() }));
    let others = async {
        app.database().db_blocked(1).await;
        let started = Instant::now();
        let retries = (0..6).map(|_| reply(&app, "invitationSend", &owner, json!({ "input": input.clone() })));
        let meanwhile = async {
            for name in 0..5 {
                client_create(&app, &owner, "Kim", &format!("{name}-{STRANGER}")).await;
            }
            started.elapsed()
        };
        let (retries, meanwhile) = tokio::join!(futures_util::future::join_all(retries), meanwhile);
        for retry in retries {
            assert_eq!(retry.code(), "CONFLICT", "{}", retry.text);
        }
        let waited = started.elapsed();
        assert!(waited > Duration::from_secs(4), "{waited:?}");
        assert!(meanwhile < waited, "other requests run meanwhile: {meanwhile:?} of {waited:?}");
        drop(holder);
    };
    let (first, ()) = tokio::join!(first, others);
    let late = ask(&app, "invitationSend", &owner, json!({ "input": input })).await;
    assert_eq!(late, first, "the later retry gets the result");
}
