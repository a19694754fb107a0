//! Tests of the ledger: append-only for every login, chained, and visible to the project's clients.

use futures_util::StreamExt;
use futures_util::stream;
use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_store::tables::TABLES;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::support::{FAUCET, approve, db_tamper, export, verification};
use crate::support::{HARBOR, MAPLE, is_unknown, sql_id, staff_with};

const LOGINS: [&str; 10] = [
    "portico_public",
    "portico_client",
    "portico_trade",
    "portico_staff",
    "portico_support",
    "portico_auth",
    "portico_writer",
    "portico_accounts",
    "portico_worker",
    "portico_operator",
];

#[tokio::test]
async fn no_login_changes_or_deletes_decisions() {
    // SEL-2
    let app = TestApp::demo().await;
    let scope = format!("set portico.company = {}", sql_id("alderbrook"));
    let before = app.database().db_texts("select d::text || h::text as text from decisions d join decision_heads h on h.decision_id = d.id order by 1").await;
    assert_eq!(before.len(), 4);
    for login in LOGINS {
        let client = app.database().db_client(Some(login)).await;
        client.batch_execute(&scope).await.expect("it can be set");
        for table in ["decisions", "decision_heads", "decision_evidence"] {
            let column = if table == "decision_evidence" { "network" } else { "hash" };
            for statement in [
                format!("update public.{table} set {column} = {column}"),
                format!("delete from public.{table}"),
                format!("truncate public.{table} cascade"),
                format!("alter table public.{table} disable trigger append_only"),
                format!("drop table public.{table} cascade"),
            ] {
                let refused = client.batch_execute(&statement).await.expect_err(&statement);
                let code = refused.code().map(|code| code.code().to_owned());
                assert_eq!(code.as_deref(), Some("42501"), "{login}: {statement}: {refused}");
            }
        }
    }
    // Nor does the owner of the tables by mistake, whether or not a row is concerned.
    let owner = app.database().db_client(None).await;
    for statement in [
        "update decisions set outcome = 'DECLINED'",
        "delete from decisions where false",
        "truncate decisions cascade",
        "update decision_heads set signature = 'x'",
        "delete from decision_heads",
        "truncate decision_heads",
        "update decision_evidence set network = null",
        "truncate decision_evidence",
        "delete from projects",
    ] {
        let refused = owner.batch_execute(statement).await.expect_err(statement);
        let code = refused.code().map(|code| code.code().to_owned()).unwrap_or_default();
        assert!(["23001", "23503"].contains(&code.as_str()), "{statement}: {refused}");
    }
    let after = app.database().db_texts("select d::text || h::text as text from decisions d join decision_heads h on h.decision_id = d.id order by 1").await;
    assert_eq!(after, before);
    assert!(TABLES.iter().filter(|table| table.name.starts_with("decision")).count() == 3, "test the new table here");
}

#[tokio::test]
async fn chain_admits_no_gap_and_no_branch() {
    // SEL-2
    let app = TestApp::demo().await;
    let owner = app.database().db_client(None).await;
    let copy = |position: &str, prev_hash: &str, hash: &str| {
        format!(
            "insert into decisions (id, company_id, project_id, position, kind, subject_kind, subject_id, outcome, document_hash,
                decided_at, decided_by, decided_by_name, evidence_hash, prev_hash, hash)
            select gen_random_uuid(), company_id, project_id, {position}, kind, subject_kind, subject_id, outcome, document_hash,
                decided_at, decided_by, decided_by_name, evidence_hash, {prev_hash}, {hash}
            from decisions where project_id = {} and position = 3",
            sql_id(MAPLE)
        )
    };
    let fresh = "md5('a') || md5('b')";
    for (position, prev_hash, code) in [
        // A gap, another predecessor, a second row at a position, and a start in the middle.
        ("5", "hash", "23503"),
        ("4", "prev_hash", "23503"),
        ("3", "prev_hash", "23505"),
        ("4", "null", "23514"),
        ("0", "null", "23514"),
    ] {
        let refused = owner.batch_execute(&copy(position, prev_hash, fresh)).await.expect_err(position);
        assert_eq!(refused.code().map(|code| code.code().to_owned()).as_deref(), Some(code), "{position}: {refused}");
    }
    owner.batch_execute(&copy("4", "hash", fresh)).await.expect("the next one is accepted");
    let wrong = "insert into decisions select gen_random_uuid(), company_id, project_id, 9, kind, subject_kind, subject_id, outcome, 'x',
        document_hash, decided_at, decided_by, decided_by_name, terms_version, evidence_hash, hash, hash from decisions limit 1";
    let refused = owner.batch_execute(wrong).await.expect_err("the document has another hash");
    assert_eq!(refused.code().map(|code| code.code().to_owned()).as_deref(), Some("23514"), "{refused}");
}

#[tokio::test]
async fn hundred_concurrent_decisions_have_no_gap() {
    // SEL-2, ROB-31
    let app = TestApp::concurrent().await;
    app.database()
        .db_execute(&format!(
            "insert into selections (id, company_id, project_id, number, title, status, chosen_at)
                select md5('many' || n)::uuid, company_id, project_id, 1000 + n, 'Item ' || n, 'CHOSEN', now()
                from selections, generate_series(1, 100) n where id = {0};
            insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, sort)
                select md5('option' || n)::uuid, company_id, project_id, md5('many' || n)::uuid, 'Only one', 100 * n, 1
                from selections, generate_series(1, 100) n where id = {0};
            insert into selection_choices (selection_id, option_id, company_id, project_id)
                select md5('many' || n)::uuid, md5('option' || n)::uuid, company_id, project_id
                from selections, generate_series(1, 100) n where id = {0};",
            sql_id(FAUCET)
        ))
        .await;
    let ids =
        app.database().db_texts("select id::text as text from selections where number > 1000 order by number").await;
    let approvals = ids.iter().enumerate().map(|(number, id)| {
        let id = TestApp::global(Tag::SELECTION, id.parse().expect("it is an id"));
        let person = if number % 2 == 0 { Person::client() } else { Person::named("ben") };
        let app = &app;
        async move {
            let query = "query($id: ID!) { node(id: $id) { ... on Selection { approvalDocument { hash } } } }";
            let read = app.ask_with(&person, query, json!({ "id": id })).await;
            let hash = read.at("/node/approvalDocument/hash");
            let input = json!({ "id": id, "documentHash": hash, "idempotencyKey": format!("key {number}") });
            app.ask_with(&person, super::support::APPROVE, json!({ "input": input })).await
        }
    });
    // More would wait too long for one of the test's few connections.
    let replies: Vec<_> = stream::iter(approvals).buffer_unordered(10).collect().await;
    assert_eq!(replies.len(), 100);
    for reply in replies {
        assert_eq!(reply.json["data"]["selectionApprove"]["userErrors"], json!([]), "{}", reply.text);
    }
    let positions =
        format!("select count(*) as count from decisions where project_id = {} and position <= 103", sql_id(MAPLE));
    assert_eq!(app.database().db_count(&positions).await, 103);
    let verified = verification(&app, &Person::client()).await;
    assert_eq!((&verified["isValid"], &verified["count"]), (&json!(true), &json!(103)));
}

#[tokio::test]
async fn tampering_is_found_by_position() {
    // SEL-2
    let second = format!("where project_id = {} and position = 2", sql_id(MAPLE));
    let rehashed = "document_hash = encode(sha256(convert_to(replace(document, '6320.00', '5320.00'), 'UTF8')), 'hex')";
    for (sql, position, fault) in [
        (format!("update decisions set outcome = 'DECLINED' {second}"), 2, "HASH"),
        (format!("update decisions set decided_by_name = 'Ana Whitlock' {second}"), 2, "HASH"),
        (format!("update decisions set decided_at = decided_at + interval '1 ms' {second}"), 2, "HASH"),
        (
            format!("update decisions set document = replace(document, '6320.00', '5320.00'), {rehashed} {second}"),
            2,
            "HASH",
        ),
        (
            format!(
                "alter table decisions drop constraint decisions_project_id_previous_position_prev_hash_fkey;
                delete from file_holds; delete from decision_evidence; delete from decision_heads {second}; delete from decisions {second}"
            ),
            2,
            "POSITION",
        ),
        (
            format!(
                "alter table decisions drop constraint decisions_check1; update decisions set document = '{{}}' {second}"
            ),
            2,
            "DOCUMENT",
        ),
        (
            format!(
                "alter table decisions drop constraint decisions_project_id_previous_position_prev_hash_fkey;
                update decisions set prev_hash = md5('a') || md5('b') {second}"
            ),
            2,
            "PREV_HASH",
        ),
        ("delete from decision_heads where position = 3".to_owned(), 3, "UNSIGNED"),
        ("update decision_heads set key_id = 'other' where position = 3".to_owned(), 3, "UNKNOWN_KEY"),
        ("update decision_heads set signature = 'AAAA' where position = 3".to_owned(), 3, "SIGNATURE"),
    ] {
        let app = TestApp::demo().await;
        assert_eq!(verification(&app, &Person::client()).await["isValid"], json!(true));
        db_tamper(&app, &sql).await;
        for person in [Person::client(), Person::owner()] {
            let verified = verification(&app, &person).await;
            let found = (&verified["isValid"], &verified["failedPosition"], &verified["fault"]);
            assert_eq!(found, (&json!(false), &json!(position), &json!(fault)), "{sql}");
        }
    }
}

#[tokio::test]
async fn removed_clients_decisions_remain() {
    // INV-24, SEL-3, ACC-19
    let app = TestApp::demo().await;
    approve(&app, &Person::named("ben"), FAUCET, "once").await;
    let before = export(&app, &Person::client()).await;
    let replace = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ben"),
        "contactId": app.id(Tag::CONTACT, "alderbrook/contact/ines"), "idempotencyKey": "once" });
    let mutation =
        "mutation($input: ProjectClientReplaceInput!) { projectClientReplace(input: $input) { userErrors { code } } }";
    let replaced = app.ask_with(&Person::owner(), mutation, json!({ "input": replace })).await;
    assert_eq!(*replaced.at("/projectClientReplace/userErrors"), json!([]));
    let after = export(&app, &Person::client()).await;
    assert_eq!(after, before);
    assert_eq!(after[3]["decidedBy"]["name"], "Ben Whitlock");
    assert_eq!(verification(&app, &Person::owner()).await["isValid"], json!(true));
}

#[tokio::test]
async fn clients_of_other_projects_see_no_decision() {
    // ISO-1
    let app = TestApp::demo().await;
    let id = app.id(Tag::DECISION, "alderbrook/harbor-court/decision/Backsplash tile");
    let query = "query($id: ID!) { node(id: $id) { ... on Decision { position decidedBy { name } } } }";
    let seen =
        async |person: &Person| app.ask_with(person, query, json!({ "id": id })).await.json["data"]["node"].clone();
    assert_eq!(seen(&Person::client()).await, Value::Null);
    assert_eq!(seen(&Person::named("margot")).await, Value::Null);
    assert_eq!(seen(&Person::named("ines")).await["decidedBy"]["name"], "Ines Duarte");
    assert_eq!(seen(&Person::owner()).await["position"], json!(1));
    let list = "query($id: ID!) { project(id: $id) { decisions { nodes { id } } } }";
    let harbor = json!({ "id": app.id(Tag::PROJECT, HARBOR) });
    assert_eq!(app.ask_with(&Person::client(), list, harbor.clone()).await.json["data"]["project"], Value::Null);
    is_unknown(&app.ask_with(&Person::trade(), list, harbor).await, "decisions");
}

#[tokio::test]
async fn evidence_is_for_its_client_and_permitted_staff() {
    // SEL-2
    let app = TestApp::demo().await;
    let addresses = async |person: &Person| {
        let decisions = export(&app, person).await;
        decisions.iter().map(|decision| decision["evidence"]["ipAddress"].clone()).collect::<Vec<_>>()
    };
    let (first, second, third) = (json!("203.0.113.24"), json!("203.0.113.87"), json!("203.0.113.24"));
    assert_eq!(addresses(&Person::client()).await, [first.clone(), Value::Null, third.clone()]);
    assert_eq!(addresses(&Person::named("ben")).await, [Value::Null, second.clone(), Value::Null]);
    let explainer = staff_with(&app, &[Permission::AccessExplain]).await;
    assert_eq!(addresses(&explainer).await, [first, second, third]);
    let query = "query($id: ID!) { project(id: $id) { decisions { nodes { evidence { salt } } } } }";
    let other = staff_with(&app, &[]).await;
    is_unknown(&app.ask_with(&other, query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await, "evidence");
}

#[tokio::test]
async fn deleted_evidence_leaves_the_chain_valid() {
    // SEL-2, ROB-33
    let app = TestApp::demo().await;
    let worker = app.database().db_client(Some("portico_worker")).await;
    let purge = "select retention.delete_evidence(now() + interval '10 years', 500)";
    let deleted: i64 = worker.query_one(purge, &[]).await.expect("it may be called").get(0);
    assert_eq!(deleted, 1, "only that of Harbor Court is older than a year");
    app.database().db_execute("delete from decision_evidence").await;
    assert!(export(&app, &Person::client()).await.iter().all(|decision| decision["evidence"].is_null()));
    assert_eq!(verification(&app, &Person::client()).await["isValid"], json!(true));
}

#[tokio::test]
async fn public_keys_are_served_as_a_key_set() {
    // SEL-2
    let app = TestApp::demo().await;
    let request =
        axum::http::Request::get("/.well-known/jwks.json").body(axum::body::Body::empty()).expect("it can be made");
    let reply = app.send(request).await;
    assert_eq!(reply.headers["content-type"], "application/jwk-set+json");
    let newest = export(&app, &Person::client()).await[2]["keyId"].clone();
    assert_eq!(reply.json["keys"][0]["kid"], newest, "{}", reply.text);
    assert_eq!((&reply.json["keys"][0]["kty"], &reply.json["keys"][0]["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert!(!reply.text.contains("\"d\""), "{}", reply.text);
}
