//! Tests of trade partners of projects, with and without web access (ORG-3).

use std::sync::Arc;

use chrono::TimeDelta;
use portico_core::access::Permission;
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::RIDGE;
use crate::support::accounts::{codes, consume, mailed_token, signed_in};
use crate::support::clients::newcomer;
use crate::support::clients::{fresh_key, place_of, remove_invitation, resend};
use crate::support::project;

const TRADE: &str = "projectTrade { id name contactId webAccess invitation { id state canSend canResend canRemove } }
    userErrors { code field message }";
const IDA: &str = "ida.roofs@trades.example";

/// The result of a mutation with an input.
async fn with_input(app: &TestApp, staff: &Person, mutation: &str, fields: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} }} }}");
    let reply = app.ask_with(staff, &query, json!({ "input": input })).await;
    reply.data()[mutation].clone()
}

async fn trade_create(app: &TestApp, staff: &Person, email: &str) -> Value {
    let input = json!({ "name": "Ida Roofs", "email": email });
    with_input(app, staff, "tradeCreate", "trade { id kind name } userErrors { code field }", input).await
}

async fn add(app: &TestApp, staff: &Person, contact: &Value, web_access: bool) -> Value {
    let input = json!({ "projectId": project(app, RIDGE), "contactId": contact, "webAccess": web_access,
        "idempotencyKey": fresh_key() });
    with_input(app, staff, "projectTradeAdd", TRADE, input).await
}

async fn set_access(app: &TestApp, staff: &Person, id: &Value, web_access: bool) -> Value {
    let input = json!({ "id": id, "webAccess": web_access, "idempotencyKey": fresh_key() });
    with_input(app, staff, "projectTradeUpdate", TRADE, input).await
}

/// The contact of a new trade partner on Ridge View.
async fn ida(app: &TestApp, web_access: bool) -> Value {
    let contact = trade_create(app, &Person::owner(), IDA).await;
    add(app, &Person::owner(), &contact["trade"]["id"], web_access).await["projectTrade"].clone()
}

async fn projects_of(app: &TestApp, person: &Person) -> Value {
    let reply = app.ask(person, "{ viewer { role projects { nodes { name } } } }").await;
    if reply.json.get("errors").is_some() { json!(reply.code()) } else { reply.at("/viewer").clone() }
}

#[tokio::test]
async fn invited_trade_partner_signs_in() {
    // ORG-3
    let app = TestApp::demo().await;
    let created = trade_create(&app, &Person::owner(), IDA).await;
    assert_eq!(created["trade"]["kind"], "TRADE", "{created}");
    assert_eq!(app.db_mails().await.len(), 0, "a contact alone is not written to");
    let added = add(&app, &Person::owner(), &created["trade"]["id"], true).await;
    let trade = &added["projectTrade"];
    assert_eq!((&trade["webAccess"], &trade["invitation"]["state"]), (&json!(true), &json!("INVITED")), "{added}");
    let mails = app.db_mails().await;
    assert_eq!(mails.iter().map(|mail| mail.template.as_str()).collect::<Vec<_>>(), ["TRADE_INVITATION"]);
    assert!(mails[0].link.as_deref().is_some_and(|link| link.starts_with("https://us.portico.example/")));
    let token = mailed_token(&app, IDA).await;
    let payload = consume(&app, &token, None).await;
    let ida = Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{payload}")));
    let seen = projects_of(&app, &ida).await;
    assert_eq!(seen, json!({ "role": "TRADE", "projects": { "nodes": [{ "name": "Ridge View Residence" }] } }));
    // A trade partner sees only their own work: no client's price, and no other trade partner.
    let hidden = app.ask(&ida, "{ viewer { projects { nodes { contractTotal { amount } } } } }").await;
    assert_eq!(hidden.code(), "GRAPHQL_VALIDATION_FAILED", "{}", hidden.text);
    let trades = "query($id: ID!) { project(id: $id) { trades { name webAccess invitation { state canResend } } } }";
    let reply = app.ask_with(&Person::staff(), trades, json!({ "id": project(&app, RIDGE) })).await;
    let expected =
        json!({ "name": "Ida Roofs", "webAccess": true, "invitation": { "state": "ACCEPTED", "canResend": false } });
    assert!(reply.at("/project/trades").as_array().is_some_and(|all| all.contains(&expected)), "{}", reply.text);
    let again = consume(&app, &token, None).await;
    assert_eq!(codes(&again), ["SIGN_IN_REFUSED"], "the link works once");
}

#[tokio::test]
async fn trade_without_web_access_gets_no_mail() {
    // ORG-3
    let app = TestApp::demo().await;
    let trade = ida(&app, false).await;
    assert_eq!((&trade["webAccess"], &trade["invitation"]["state"]), (&json!(false), &json!("NOT_INVITED")), "{trade}");
    assert_eq!(app.db_mails().await.len(), 0);
    crate::support::accounts::request_link(&app, IDA).await;
    assert_eq!(app.db_mails().await.len(), 0, "there is nothing to sign in to");
    let opened = set_access(&app, &Person::owner(), &trade["id"], true).await;
    assert_eq!(opened["projectTrade"]["invitation"]["state"], "INVITED", "{opened}");
    assert_eq!(app.db_mails().await.len(), 1);
    let same = set_access(&app, &Person::owner(), &trade["id"], true).await;
    assert_eq!((codes(&same), app.db_mails().await.len()), (vec![], 1), "members with access are not invited again");
}

#[tokio::test]
async fn trade_invitations_take_no_client_slot() {
    // ORG-3, INV-5
    let app = TestApp::demo().await;
    for number in 0..4 {
        let contact = trade_create(&app, &Person::owner(), &format!("trade{number}@trades.example")).await;
        let added = add(&app, &Person::owner(), &contact["trade"]["id"], true).await;
        assert_eq!(added["projectTrade"]["invitation"]["state"], "INVITED", "{added}");
    }
    // Hana is a client already; two more make three.
    for number in 0..2 {
        let (_, added) = newcomer(&app, number, true).await;
        assert_eq!(added["projectClient"]["invitation"]["state"], "INVITED", "{added}");
    }
    let (_, refused) = newcomer(&app, 2, true).await;
    assert_eq!(codes(&refused), ["INVITATION_LIMIT"]);
}

#[tokio::test]
async fn revoked_access_ends_at_once() {
    // ORG-3
    for by_removal in [false, true] {
        let app = TestApp::demo().await;
        let trade = ida(&app, true).await;
        let payload = consume(&app, &mailed_token(&app, IDA).await, None).await;
        let ida = Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{payload}")));
        assert_eq!(projects_of(&app, &ida).await["projects"]["nodes"], json!([{ "name": "Ridge View Residence" }]));
        if by_removal {
            let fields = "project { trades { name } } userErrors { code }";
            let removed =
                with_input(&app, &Person::owner(), "projectTradeRemove", fields, json!({ "id": trade["id"] })).await;
            assert!(!removed["project"]["trades"].to_string().contains("Ida"), "{removed}");
            let gone = set_access(&app, &Person::owner(), &trade["id"], true).await;
            assert_eq!(codes(&gone), ["NOT_FOUND"]);
        } else {
            let closed = set_access(&app, &Person::owner(), &trade["id"], false).await;
            assert_eq!(closed["projectTrade"]["webAccess"], false, "{closed}");
            assert_eq!(closed["projectTrade"]["invitation"]["state"], "NOT_INVITED");
        }
        assert_eq!(projects_of(&app, &ida).await["projects"]["nodes"], json!([]), "by removal: {by_removal}");
        crate::support::accounts::request_link(&app, IDA).await;
        assert_eq!(app.db_mails().await.len(), 1, "access cannot be restored");
    }
}

#[tokio::test]
async fn access_without_invitation_is_revoked() {
    // ORG-3: the demo's trade partners had access before trade partners were invited.
    let app = TestApp::demo().await;
    let before = projects_of(&app, &Person::trade()).await;
    assert!(before["projects"]["nodes"].to_string().contains("Maple"), "{before}");
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/trade/tomas");
    let closed = set_access(&app, &Person::owner(), &json!(tomas), false).await;
    assert_eq!(codes(&closed), Vec::<&str>::new(), "{closed}");
    let after = projects_of(&app, &Person::trade()).await;
    assert!(!after["projects"]["nodes"].to_string().contains("Maple"), "{after}");
}

#[tokio::test]
async fn expired_trade_invitation_is_resent() {
    // ORG-3
    let app = TestApp::demo().await;
    let trade = ida(&app, true).await;
    let first = mailed_token(&app, IDA).await;
    let again = resend(&app, &Person::owner(), &trade["invitation"]["id"]).await;
    assert_eq!(codes(&again), Vec::<&str>::new(), "{again}");
    assert_eq!(codes(&consume(&app, &first, None).await), ["SIGN_IN_REFUSED"], "the first link is replaced");
    let late = app.rewired(|app| app.clock = Arc::new(|| Clock::at(Clock::of_server().moment() + TimeDelta::days(15))));
    let second = mailed_token(&app, IDA).await;
    assert_eq!(codes(&consume(&late, &second, None).await), ["SIGN_IN_REFUSED"]);
    let removed = remove_invitation(&app, &Person::owner(), &trade["invitation"]["id"]).await;
    assert_eq!(codes(&removed), Vec::<&str>::new(), "{removed}");
    assert_eq!(codes(&consume(&app, &second, None).await), ["SIGN_IN_REFUSED"], "a withdrawn link is invalid");
}

#[tokio::test]
async fn trade_with_an_account_gets_no_link() {
    // ORG-3, INV-15
    let app = TestApp::demo().await;
    ida(&app, true).await;
    let token = mailed_token(&app, IDA).await;
    let session = consume(&app, &token, None).await;
    let ida = Person::with_token(session["token"].as_str().unwrap_or_else(|| panic!("{session}")));
    let contact = "query { company { contacts(query: \"Ida\") { nodes { id } } } }";
    let reply = app.ask(&Person::owner(), contact).await;
    let input = json!({ "projectId": project(&app, "alderbrook/maple-street"),
        "contactId": reply.at("/company/contacts/nodes/0/id"), "idempotencyKey": fresh_key() });
    let added = with_input(&app, &Person::owner(), "projectTradeAdd", TRADE, input).await;
    assert_eq!(added["projectTrade"]["webAccess"], true, "web access is the default: {added}");
    let mails = app.db_mails().await;
    let last = mails.last().expect("a mail was written");
    assert_eq!((last.template.as_str(), last.token.is_some()), ("PROJECT_SHARED_AGAIN", false));
    let seen = projects_of(&app, &ida).await;
    assert_eq!(seen["projects"]["nodes"].as_array().map(Vec::len), Some(2), "{seen}");
}

#[tokio::test]
async fn person_can_be_client_and_trade() {
    // ORG-3: an invitation accepts its own membership only.
    let app = TestApp::demo().await;
    ida(&app, true).await;
    let invitation = mailed_token(&app, IDA).await;
    let client = crate::support::clients::client_create(&app, &Person::named("margot"), "Ida", IDA).await;
    let place = crate::support::clients::add(
        &app,
        &Person::named("margot"),
        &project(&app, "fernhill/bowen-island"),
        &client,
        true,
    )
    .await;
    assert_eq!(place["projectClient"]["invitation"]["state"], "INVITED", "{place}");
    let payload = consume(&app, &invitation, None).await;
    assert_eq!(payload["choices"], json!([]), "{payload}");
    let trade = Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{payload}")));
    assert_eq!(projects_of(&app, &trade).await["role"], "TRADE");
    let still = "select state as text from invitations order by sent_at, id";
    let states = app.database().db_texts(still).await;
    assert_eq!(states.iter().filter(|state| *state == "INVITED").count(), 1, "the client's is still open: {states:?}");
    let as_client = signed_in(&app, IDA, Some("CLIENT")).await;
    assert_eq!(projects_of(&app, &as_client).await["role"], "CLIENT");
}

#[tokio::test]
async fn foreign_trades_are_not_found() {
    // ORG-3, ISO
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let unknown = json!(TestApp::global(Tag::CONTACT, portico_core::id::new_uuid()));
    let as_unknown = add(&app, &owner, &unknown, true).await;
    assert_eq!(codes(&as_unknown), ["NOT_FOUND"]);
    for foreign in ["fernhill/contact/ines", "fernhill/contact/lucia"] {
        let foreign = json!(app.id(Tag::CONTACT, foreign));
        assert_eq!(add(&app, &owner, &foreign, true).await, as_unknown);
    }
    for path in ["alderbrook/maple-street/client/ben", "fernhill/granville-loft/client/ines"] {
        let id = json!(app.id(Tag::PROJECT_MEMBERSHIP, path));
        assert_eq!(codes(&set_access(&app, &owner, &id, false).await), ["NOT_FOUND"], "{path}");
    }
    let staff = app.db_staff(&[Permission::ProjectsRead, Permission::ProjectsWrite]).await;
    let query = "mutation { projectTradeRemove(input: { id: \"x\" }) { userErrors { code } } }";
    assert_eq!(app.ask(&staff, query).await.code(), "GRAPHQL_VALIDATION_FAILED", "it needs CLIENTS_INVITE");
}

#[tokio::test]
async fn wrong_contact_kind_names_the_remedy() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let trade = trade_create(&app, &owner, IDA).await["trade"]["id"].clone();
    let client = json!(app.id(Tag::CONTACT, "alderbrook/contact/dev"));
    let inspector = json!(app.id(Tag::CONTACT, "alderbrook/contact/inspector"));
    let ridge = project(&app, RIDGE);
    let hana = place_of(&app, &owner, &ridge, "Hana Sato").await["id"].clone();
    let answer = async |mutation: &str, mut input: Value, contact: &Value| {
        input["contactId"] = contact.clone();
        input["idempotencyKey"] = json!(fresh_key());
        let payload = with_input(&app, &owner, mutation, "userErrors { code field message }", input).await;
        let error = payload["userErrors"][0].clone();
        assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!(["input", "contactId"])), "{payload}");
        error["message"].as_str().expect("a sentence").to_owned()
    };
    let to_project = json!({ "projectId": ridge });
    let as_trade = answer("projectTradeAdd", to_project.clone(), &client).await;
    assert!(as_trade.contains("is a client") && as_trade.contains("`projectClientAdd`"), "{as_trade}");
    let as_trade = answer("projectTradeAdd", to_project.clone(), &inspector).await;
    assert!(as_trade.contains("is not a trade partner") && as_trade.contains("`tradeCreate`"), "{as_trade}");
    let mut new_client = to_project.clone();
    new_client["relationship"] = json!("PARTNER");
    for (mutation, input) in [
        ("projectClientAdd", new_client),
        ("projectClientReplace", json!({ "id": hana })),
        ("invitationSend", to_project),
    ] {
        let as_client = answer(mutation, input.clone(), &trade).await;
        assert!(as_client.contains("trade partner") && as_client.contains("`projectTradeAdd`"), "{as_client}");
        let as_client = answer(mutation, input, &inspector).await;
        assert!(as_client.contains("not a client") && as_client.contains("`contactConvertToProject`"), "{as_client}");
    }
}

async fn trade_update(app: &TestApp, staff: &Person, input: Value) -> Value {
    let fields = "trade { id kind name email phone } userErrors { code field message }";
    with_input(app, staff, "tradeUpdate", fields, input).await
}

#[tokio::test]
async fn claimed_trade_contact_cannot_change() {
    // ORG-3, ACC-10, RULE-1
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let place = ida(&app, true).await;
    let id = &place["contactId"];
    let changed =
        trade_update(&app, &owner, json!({ "id": id, "name": "Ida & Sons", "phone": "+1 360 555 0188" })).await;
    let expected = json!({ "id": id, "kind": "TRADE", "name": "Ida & Sons", "email": IDA, "phone": "+13605550188" });
    assert_eq!(changed["trade"], expected, "{changed}");
    let wrong = trade_update(&app, &owner, json!({ "id": id, "name": " ", "email": "x" })).await;
    assert_eq!(codes(&wrong), ["BLANK", "INVALID"], "{wrong}");
    // A different address is a different person: the pending invitation and its link expire.
    let link = mailed_token(&app, IDA).await;
    let moved = trade_update(&app, &owner, json!({ "id": id, "email": "sons@trades.example", "phone": null })).await;
    assert_eq!((&moved["trade"]["email"], &moved["trade"]["phone"]), (&json!("sons@trades.example"), &Value::Null));
    assert_eq!(codes(&consume(&app, &link, None).await), ["SIGN_IN_REFUSED"]);
    let rows = "select i.email_canonical || ' ' || m.web_access::text as text from project_memberships m
        join identities i on i.id = m.identity_id join contacts c on c.id = m.contact_id where c.name = 'Ida & Sons'";
    assert_eq!(app.database().db_texts(rows).await, ["sons@trades.example false"]);
    // After the first sign-in they manage their account themselves.
    set_access(&app, &owner, &place["id"], true).await;
    consume(&app, &mailed_token(&app, "sons@trades.example").await, None).await;
    let managed = trade_update(&app, &owner, json!({ "id": id, "name": "Ida" })).await;
    assert_eq!(codes(&managed), ["MANAGED_BY_USER"], "{managed}");
}

#[tokio::test]
async fn contact_kinds_have_own_mutations() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let (dev, petra) =
        (app.id(Tag::CONTACT, "alderbrook/contact/dev"), app.id(Tag::CONTACT, "alderbrook/contact/petra"));
    let fields = "client { name } userErrors { code field message }";
    let as_client = with_input(&app, &owner, "clientUpdate", fields, json!({ "id": petra, "name": "P" })).await;
    let as_trade = trade_update(&app, &owner, json!({ "id": dev, "name": "D" })).await;
    for (answer, remedy) in [(as_client, "`tradeUpdate`"), (as_trade, "`clientUpdate`")] {
        assert_eq!(codes(&answer), ["INVALID"], "{answer}");
        assert_eq!(answer["userErrors"][0]["field"], json!(["input", "id"]));
        assert!(answer["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains(remedy)), "{answer}");
    }
    let unknown = json!({ "id": TestApp::global(Tag::CONTACT, portico_core::id::new_uuid()), "name": "X" });
    let nowhere = trade_update(&app, &owner, unknown).await;
    assert_eq!(codes(&nowhere), ["NOT_FOUND"]);
    let theirs = json!({ "id": app.id(Tag::CONTACT, "fernhill/contact/lucia"), "name": "X" });
    assert_eq!(trade_update(&app, &owner, theirs).await, nowhere, "another company's is nowhere");
    let staff = app.db_staff(&[Permission::ProjectsRead, Permission::ProjectsWrite]).await;
    let query = "mutation { tradeUpdate(input: { id: \"x\" }) { userErrors { code } } }";
    assert_eq!(app.ask(&staff, query).await.code(), "GRAPHQL_VALIDATION_FAILED", "it needs CLIENTS_INVITE");
}

#[tokio::test]
async fn same_key_adds_one_trade_partner() {
    // ORG-3, API-3
    let app = TestApp::concurrent().await;
    let contact = trade_create(&app, &Person::owner(), IDA).await;
    let input =
        json!({ "projectId": project(&app, RIDGE), "contactId": contact["trade"]["id"], "idempotencyKey": "once" });
    let (owner, attempts) = (Person::owner(), 4);
    let all = (0..attempts).map(|_| with_input(&app, &owner, "projectTradeAdd", TRADE, input.clone()));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|one| one["projectTrade"]["id"] == all[0]["projectTrade"]["id"]), "{all:?}");
    assert_eq!(app.db_mails().await.len(), 1);
    let twice = add(&app, &owner, &contact["trade"]["id"], true).await;
    assert_eq!(codes(&twice), ["TAKEN"], "{twice}");
}
