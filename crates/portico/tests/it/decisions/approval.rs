//! Tests of `selectionApprove` and of the right to approve (MR-5, MR-6, MR-23).

use futures_util::future::join_all;
use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::support::{APPROVE, FAUCET, approve, approve_hash, export, input, payload, refusal, verification};
use crate::support::selections::{approval_document, document_hash};
use crate::support::{MAPLE, sql_id};

const BEN: &str = "alderbrook/maple-street/client/ben";
/// In version 1: LOCKED, SHARED, DRAFT.
const COUNTERTOPS: &str = "alderbrook/maple-street/selection/Kitchen countertops";

async fn status(app: &TestApp, selection: &str) -> Vec<String> {
    let query = format!("select status || ' ' || version as text from selections where id = {}", sql_id(selection));
    app.database().db_texts(&query).await
}

#[tokio::test]
async fn approval_is_final_and_recorded() {
    // SEL-2, MR-5
    let app = TestApp::demo().await;
    let hash = document_hash(&app, &Person::client(), FAUCET).await;
    let done = approve_hash(&app, &Person::client(), FAUCET, &hash, "once").await;
    assert_eq!(refusal(&done), "");
    assert_eq!(done["selection"]["status"], "APPROVED");
    assert_eq!(done["selection"]["version"], 2);
    let decision = &done["decision"];
    assert_eq!(
        (&decision["position"], &decision["kind"], &decision["outcome"]),
        (&json!(4), &json!("SELECTION_APPROVED"), &json!("APPROVED"))
    );
    assert_eq!(decision["subjectId"], app.id(Tag::SELECTION, FAUCET));
    assert_eq!(decision["decidedBy"]["name"], "Ana Whitlock");
    // A retry returns the same decision, and another key finds it approved.
    assert_eq!(approve_hash(&app, &Person::client(), FAUCET, &hash, "once").await, done);
    let again = approve(&app, &Person::named("ben"), FAUCET, "again").await;
    assert_eq!(refusal(&again), "INVALID_STATE: the selection is APPROVED: only one that is CHOSEN can be approved");
    assert_eq!(app.database().db_count("select count(*) as count from decisions where position > 3").await, 1);
    let verified = verification(&app, &Person::named("ben")).await;
    assert_eq!(
        (&verified["isValid"], &verified["count"], &verified["headHash"]),
        (&json!(true), &json!(4), &decision["hash"])
    );
}

#[tokio::test]
async fn client_sees_what_was_approved() {
    // SEL-2
    let app = TestApp::demo().await;
    approve(&app, &Person::client(), FAUCET, "once").await;
    let query = "query($id: ID!) { project(id: $id) { decisions(first: 1) { totalCount nodes { document selection { title } } } } }";
    let reply = app.ask_with(&Person::named("ben"), query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    let list = reply.at("/project/decisions");
    assert_eq!((&list["totalCount"], &list["nodes"][0]["selection"]["title"]), (&json!(4), &json!("Kitchen faucet")));
    let document: Value =
        serde_json::from_str(list["nodes"][0]["document"].as_str().expect("it is a text")).expect("it is JSON");
    let price = |amount: &str| json!({ "amount": amount, "currencyCode": "USD" });
    assert_eq!(document["selection"]["version"], 1);
    assert_eq!(document["selection"]["location"], "Kitchen");
    assert_eq!(document["options"][0]["title"], "Bridge faucet, aged brass");
    assert_eq!(
        (&document["price"], &document["priceDelta"], &document["contractTotalChange"]),
        (&price("1140.00"), &price("655.00"), &price("655.00"))
    );
    assert_eq!(document["allowance"], Value::Null);
    // The price that was agreed stays, whatever the option costs later.
    app.database().db_execute("update selection_options set price_minor = 1 where price_minor = 114000").await;
    assert_eq!(verification(&app, &Person::client()).await["isValid"], json!(true));
}

#[tokio::test]
async fn other_states_are_refused() {
    // MR-5, MR-6
    let app = TestApp::demo().await;
    let ana = Person::client();
    for (state, change) in [
        ("SHARED", "status = 'SHARED', chosen_at = null"),
        ("DECLINED", "status = 'DECLINED', chosen_at = null"),
        ("LOCKED", "status = 'LOCKED', approved_at = now()"),
        ("ORDERED", "status = 'ORDERED', approved_at = now()"),
    ] {
        let app = TestApp::demo().await;
        app.database().db_execute(&format!("update selections set {change} where id = {}", sql_id(FAUCET))).await;
        let refused = approve(&app, &ana, FAUCET, "once").await;
        assert_eq!(
            refusal(&refused),
            format!("INVALID_STATE: the selection is {state}: only one that is CHOSEN can be approved")
        );
        assert_eq!((&refused["selection"], &refused["decision"]), (&Value::Null, &Value::Null));
    }
    app.database().db_execute("update selection_options set price_minor = null where price_minor = 114000").await;
    let refused = approve(&app, &ana, FAUCET, "once").await;
    assert_eq!(
        refusal(&refused),
        "INVALID_STATE: the price of the chosen option is to be determined: wait until it has a price"
    );
    assert_eq!(status(&app, FAUCET).await, ["CHOSEN 1"]);
    app.database().db_execute(&format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE))).await;
    let refused = approve(&app, &ana, FAUCET, "once").await;
    assert_eq!(refusal(&refused), "PROJECT_CLOSED: the project is archived and cannot be changed");
    assert_eq!(app.database().db_count("select count(*) as count from decisions where position > 3").await, 0);
}

#[tokio::test]
async fn only_the_document_that_was_read_is_approved() {
    // SEL-2
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let of_project = format!("project_id = {}", sql_id(MAPLE));
    let allowance = format!(
        "update selections set allowance_id = (select id from allowances where {of_project} order by sort limit 1)
         where id = {}",
        sql_id(FAUCET)
    );
    app.database().db_execute(&allowance).await;
    let mut seen = document_hash(&app, &ana, FAUCET).await;
    let rename = "mutation($id: ID!) { locationSave(input: { id: $id, name: \"Scullery\" }) { userErrors { code } } }";
    let kitchen = json!({ "id": app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen") });
    assert_eq!(*app.ask_with(&Person::owner(), rename, kitchen).await.at("/locationSave/userErrors"), json!([]));
    // Each part of the document changes without the selection's version.
    let chosen = "where price_minor = 114000";
    for change in [
        "select 1".to_owned(),
        format!("update selection_options set title = 'Another' {chosen}"),
        format!("update selection_options set description = 'Another' {chosen}"),
        format!("update selection_options set lead_time_days = 99 {chosen}"),
        format!("update allowances set name = 'Another' where {of_project}"),
        format!("update allowances set granted_minor = granted_minor + 1 where {of_project}"),
        format!("update selection_choices set quantity = 2 where selection_id = {}", sql_id(FAUCET)),
        format!("update selection_options set price_minor = 114001 {chosen}"),
    ] {
        app.database().db_execute(&change).await;
        let refused = approve_hash(&app, &ana, FAUCET, &seen, "once").await;
        assert_eq!(
            refusal(&refused),
            "CONFLICT: the selection, its options, its allowance or its files have changed since you read it: read it again before you approve",
            "{change}"
        );
        assert_eq!(refused["userErrors"][0]["field"], json!(["input", "documentHash"]));
        seen = document_hash(&app, &ana, FAUCET).await;
    }
    // All clients and staff read one document; the decision records its text.
    let document = approval_document(&app, &ben, FAUCET).await;
    assert_eq!(approval_document(&app, &Person::owner(), FAUCET).await, document);
    for part in ["Scullery", "Another", "1140.01", "\"allowance\":{"] {
        assert!(document["text"].as_str().is_some_and(|text| text.contains(part)), "{part}: {document}");
    }
    assert_eq!(refusal(&approve_hash(&app, &ben, FAUCET, &seen.to_uppercase(), "once").await), "");
    let decision = export(&app, &ana).await.pop().expect("there is a decision");
    assert_eq!((&decision["document"], &decision["documentHash"]), (&document["text"], &document["hash"]));
    assert_eq!(approval_document(&app, &ana, FAUCET).await, Value::Null);
}

#[tokio::test]
async fn hidden_selections_are_not_found() {
    // ISO-1
    let app = TestApp::demo().await;
    let unknown = "alderbrook/maple-street/selection/no such selection";
    let expected = approve(&app, &Person::client(), unknown, "key").await;
    assert_eq!(refusal(&expected), "NOT_FOUND: does not exist: check the ID");
    let hidden = [
        // A draft, another project of the company, another company, and a project without the section.
        (Person::client(), "alderbrook/maple-street/selection/Stair railing upgrade"),
        (Person::client(), "alderbrook/harbor-court/selection/Backsplash tile"),
        (Person::named("cleo"), FAUCET),
        (Person::named("cleo"), "alderbrook/orchard-lane/selection/Mantel beam"),
        (Person::named("ines"), "fernhill/bowen-island/selection/Sitting room sofa"),
    ];
    for (person, selection) in hidden {
        assert_eq!(approve(&app, &person, selection, "key").await, expected, "{selection}");
    }
    let other_type =
        json!({ "input": { "id": app.id(Tag::PROJECT, MAPLE), "documentHash": "", "idempotencyKey": "key" } });
    assert_eq!(payload(&app.ask_with(&Person::client(), APPROVE, other_type).await), expected);
}

#[tokio::test]
async fn only_clients_approve() {
    // MR-23
    let app = TestApp::demo().await;
    for (name, person) in Person::of_each_role() {
        if name != "client" {
            let reply = app.ask_with(&person, APPROVE, input(&app, FAUCET, "", "once")).await;
            // An API key has no mutations at all.
            assert!(reply.json.get("data").is_none() && !reply.text.contains("NOT_FOUND"), "{name}: {}", reply.text);
            assert!(name == "reporting" || reply.is_for_an_unknown_name(), "{name}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn staff_decide_who_may_approve() {
    // MR-23
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ProjectsRead, Permission::ClientsInvite]).await;
    let update = "mutation($id: ID!, $may: Boolean!) { projectClientUpdate(input: { id: $id, canApprove: $may }) {
        projectClient { canApprove } userErrors { code } } }";
    let set = async |may: bool| {
        let arguments = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, BEN), "may": may });
        app.ask_with(&robin, update, arguments).await.at("/projectClientUpdate/projectClient/canApprove").clone()
    };
    assert_eq!(set(false).await, json!(false));
    let refused = approve(&app, &Person::named("ben"), FAUCET, "once").await;
    let expected = "NOT_ALLOWED: you may not approve selections of this project: ask a client who may, or the company";
    assert_eq!(refusal(&refused), expected);
    assert_eq!(set(true).await, json!(true));
    assert_eq!(refusal(&approve(&app, &Person::named("ben"), FAUCET, "once").await), "");
    // The right follows the relationship, unless staff say otherwise.
    let relate = "mutation($id: ID!, $as: ClientRelationship!, $may: Boolean) {
        projectClientUpdate(input: { id: $id, relationship: $as, canApprove: $may }) {
            projectClient { canApprove } userErrors { code } } }";
    for (relationship, given, expected) in [
        ("REPRESENTATIVE", Value::Null, false),
        ("PARTNER", Value::Null, true),
        ("REPRESENTATIVE", json!(true), true),
        ("REPRESENTATIVE", Value::Null, true),
    ] {
        let arguments = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, BEN), "as": relationship, "may": given });
        let reply = app.ask_with(&robin, relate, arguments).await;
        let shown = reply.at("/projectClientUpdate/projectClient/canApprove");
        assert_eq!(*shown, json!(expected), "{relationship} {given}: {}", reply.text);
    }
    // A representative may not, unless staff say so.
    let add = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) { projectClient { canApprove } userErrors { code } } }";
    for (contact, relationship, given, expected) in [
        ("ben", "REPRESENTATIVE", Value::Null, false),
        ("ines", "PARTNER", Value::Null, true),
        ("cleo", "REPRESENTATIVE", json!(true), true),
    ] {
        let arguments = json!({ "input": { "projectId": app.id(Tag::PROJECT, "alderbrook/ridge-view"),
            "contactId": app.id(Tag::CONTACT, &format!("alderbrook/contact/{contact}")), "relationship": relationship,
            "canApprove": given, "idempotencyKey": contact } });
        let reply = app.ask_with(&robin, add, arguments).await;
        assert_eq!(
            *reply.at("/projectClientAdd/projectClient/canApprove"),
            json!(expected),
            "{contact}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn removed_client_cannot_approve() {
    // INV-23
    let app = TestApp::demo().await;
    let remove = "mutation($id: ID!) { projectClientRemove(input: { id: $id }) { userErrors { code } } }";
    let removed = app.ask_with(&Person::owner(), remove, json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, BEN) })).await;
    assert_eq!(*removed.at("/projectClientRemove/userErrors"), json!([]));
    let refused = approve(&app, &Person::named("ben"), FAUCET, "once").await;
    assert_eq!(refusal(&refused), "NOT_FOUND: does not exist: check the ID");
}

#[tokio::test]
async fn concurrent_approvals_make_one_decision() {
    // ROB-31
    let app = TestApp::concurrent().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let hash = document_hash(&app, &ana, FAUCET).await;
    let by = [(&ana, "one"), (&ben, "two"), (&ana, "three"), (&ana, "one"), (&ben, "two")];
    let results = join_all(by.map(|(person, key)| approve_hash(&app, person, FAUCET, &hash, key))).await;
    let won = results.iter().filter(|result| refusal(result).is_empty()).count();
    assert!((1..=2).contains(&won), "{results:?}");
    let lost = results.iter().filter(|result| refusal(result).starts_with("INVALID_STATE: the selection is APPROVED"));
    assert_eq!(won + lost.count(), results.len(), "{results:?}");
    assert_eq!(app.database().db_count("select count(*) as count from decisions where position > 3").await, 1);
    assert_eq!(status(&app, FAUCET).await, ["APPROVED 2"]);
}

#[tokio::test]
async fn record_is_mailed_to_clients_who_may_approve() {
    // SEL-2
    let app = TestApp::demo().await;
    let none = app.rewired(|app| app.decision_keys = Default::default());
    let refused = approve(&none, &Person::client(), FAUCET, "none").await;
    assert!(refusal(&refused).starts_with("INVALID_STATE: nothing can be approved here yet"), "{refused}");
    let done = approve(&app, &Person::client(), FAUCET, "once").await;
    let mails = app.db_mails().await;
    let mut to: Vec<_> = mails.iter().map(|mail| mail.to_address.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ana.whitlock@mail.example", "ben.whitlock@mail.example"]);
    let hash = done["decision"]["hash"].as_str().expect("it is a text");
    for mail in &mails {
        assert_eq!(mail.subject, "Alderbrook Homes: record of an approval in your project");
        for text in [
            "Ana Whitlock approved",
            "Kitchen faucet",
            "Bridge faucet, aged brass",
            "1140.00 USD",
            "Position in the record: 4",
            hash,
        ] {
            assert!(mail.text.contains(text), "{text}: {}", mail.text);
        }
        assert!(mail.html.contains(hash) && mail.link.is_none(), "{}", mail.html);
    }
    // Locked selections have their decision from the demo.
    assert_eq!(status(&app, COUNTERTOPS).await, ["LOCKED 1"]);
}
