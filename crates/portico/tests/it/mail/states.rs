//! Tests of the delivery state of mails, for staff (ROB-9).

use chrono::TimeDelta;
use portico_adapters::mail::Transport;
use portico_core::access::Permission;
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::mail_server::MailServer;
use portico_testkit::queue::TestWorker;

const DELIVERY: &str = "delivery { state attempts lastAttemptAt nextAttemptAt reason }";
const RIDGE: &str = "alderbrook/ridge-view";

async fn ask(app: &TestApp, by: &Person, query: &str, variables: Value) -> Value {
    let reply = app.ask_with(by, query, variables).await;
    assert!(reply.json.get("errors").is_none(), "{}", reply.text);
    reply.json["data"].clone()
}

/// Invites a new client through the API. Returns the id of the invitation.
async fn invite(app: &TestApp, email: &str) -> String {
    let create =
        "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } userErrors { code } } }";
    let input = json!({ "input": { "name": "Kim Sorel", "email": email } });
    let contact = ask(app, &Person::owner(), create, input).await["clientCreate"]["client"]["id"].clone();
    let add = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) {
        projectClient { invitation { id } } userErrors { code } } }";
    let input = json!({ "projectId": app.id(Tag::PROJECT, RIDGE), "contactId": contact, "relationship": "PARTNER",
        "invite": true, "idempotencyKey": email });
    let added = ask(app, &Person::owner(), add, json!({ "input": input })).await;
    let id = added["projectClientAdd"]["projectClient"]["invitation"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{email} is not invited: {added}")).to_owned()
}

/// The delivery state of the current invitation, and of the same one in the history.
async fn delivery(app: &TestApp, by: &Person, invitation: &str) -> Value {
    let query = format!(
        "query($id: ID!) {{ project(id: $id) {{ clients {{ invitation {{ id canResend {DELIVERY} }} }}
            invitations {{ id {DELIVERY} }} }} }}"
    );
    let project = ask(app, by, &query, json!({ "id": app.id(Tag::PROJECT, RIDGE) })).await["project"].clone();
    let clients = project["clients"].as_array().cloned().unwrap_or_default();
    let living = clients.iter().map(|client| &client["invitation"]).find(|one| one["id"] == invitation);
    let all = project["invitations"].as_array().cloned().unwrap_or_default();
    let same = all.iter().find(|one| one["id"] == invitation).expect("it is among all");
    let living = living.expect("it lives");
    assert_eq!(living["canResend"], json!(true));
    assert_eq!(living["delivery"], same["delivery"]);
    living["delivery"].clone()
}

async fn resend(app: &TestApp, invitation: &str, key: &str) {
    let mutation =
        "mutation($input: InvitationResendInput!) { invitationResend(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "id": invitation, "idempotencyKey": key } });
    assert_eq!(ask(app, &Person::owner(), mutation, input).await["invitationResend"]["userErrors"], json!([]));
}

fn worker(app: &TestApp, transport: Transport) -> TestWorker {
    let worker = TestWorker::new(app, transport);
    // These mails are queued by the clock of the gateway.
    worker.wait(Clock::of_server().moment() - portico_testkit::queue::start() + TimeDelta::minutes(1));
    worker
}

#[tokio::test]
async fn each_mail_state_has_a_reason() {
    // ROB-9, STA-8: waiting, sent, rejected, delayed, given up, and without a server
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let owner = Person::owner();
    let mut results = Vec::new();
    for email in ["kim@client.example", "refused@client.example", "busy@client.example"] {
        let app = TestApp::demo().await;
        let invitation = invite(&app, email).await;
        let waiting = delivery(&app, &owner, &invitation).await;
        assert_eq!((&waiting["state"], &waiting["lastAttemptAt"]), (&json!("QUEUED"), &json!(null)));
        assert!(waiting["nextAttemptAt"].is_string() && waiting["reason"].is_null(), "{waiting}");
        let worker = worker(&app, server.transport());
        assert_eq!(worker.round().await, 1);
        let after = delivery(&app, &owner, &invitation).await;
        assert!(after["lastAttemptAt"].is_string() && after["attempts"] == 1, "{after}");
        results.push((after["state"].clone(), after["nextAttemptAt"].is_string(), after["reason"].clone()));
        if email.starts_with("busy") {
            for _ in 0..10 {
                worker.wait(TimeDelta::days(2));
                worker.round().await;
            }
            let parked = delivery(&app, &owner, &invitation).await;
            assert_eq!((&parked["state"], &parked["attempts"]), (&json!("FAILED"), &json!(8)));
            assert!(parked["reason"].as_str().is_some_and(|reason| reason.contains("8 attempts")), "{parked}");
        }
    }
    let refused = "The recipient's mail server rejected the email (550). Check the address, then send it again.";
    let later = "The recipient's mail server could not be reached, or asked us to retry later (451). We will try again automatically.";
    let expected = [
        (json!("SENT"), false, json!(null)),
        (json!("REJECTED"), false, json!(refused)),
        (json!("RETRYING"), true, json!(later)),
    ];
    assert_eq!(results, expected);
    let invitation = invite(&app, "kim@client.example").await;
    let nowhere = Transport::smtp("smtp://127.0.0.1:1").expect("the address can be used");
    worker(&app, nowhere).round().await;
    let unreached = delivery(&app, &owner, &invitation).await;
    assert_eq!(unreached["state"], json!("RETRYING"), "{unreached}");
}

#[tokio::test]
async fn rejected_invitation_can_be_resent() {
    // ROB-9
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let invitation = invite(&app, "refused@client.example").await;
    let worker = worker(&app, server.transport());
    worker.round().await;
    assert_eq!(delivery(&app, &Person::owner(), &invitation).await["state"], json!("REJECTED"));
    resend(&app, &invitation, "again").await;
    let again = delivery(&app, &Person::owner(), &invitation).await;
    assert_eq!((&again["state"], &again["reason"]), (&json!("QUEUED"), &json!(null)), "the new mail's");
    // A waiting mail is not sent after a later one: its link is revoked.
    resend(&app, &invitation, "once more").await;
    worker.wait(TimeDelta::minutes(5));
    assert_eq!(worker.round().await, 1, "the last one only");
    let states = "select state || ' ' || attempts as text from jobs order by created_at, id";
    assert_eq!(app.database().db_texts(states).await, ["REFUSED 1", "WITHDRAWN 0", "REFUSED 1"]);
}

#[tokio::test]
async fn contact_review_shows_mail_state() {
    // ROB-9: another kind of mail
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let id = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let query = "query($id: ID!) { node(id: $id) { ... on Contact { contactReviewDelivery { state reason } } } }";
    let state =
        async || ask(&app, &Person::owner(), query, json!({ "id": id })).await["node"]["contactReviewDelivery"].clone();
    assert_eq!(state().await, json!(null));
    let review = "mutation($id: ID!) { clientRequestContactReview(input: { id: $id }) { userErrors { code } } }";
    ask(&app, &Person::owner(), review, json!({ "id": id })).await;
    assert_eq!(state().await["state"], json!("QUEUED"));
    worker(&app, server.transport()).round().await;
    assert_eq!(state().await["state"], json!("SENT"));
}

#[tokio::test]
async fn mail_state_needs_the_permission() {
    // ROB-9: as a member of staff without the permission, and of another company
    let app = TestApp::demo().await;
    let invitation = invite(&app, "kim@client.example").await;
    let query = format!("query($id: ID!) {{ project(id: $id) {{ invitations {{ id {DELIVERY} }} }} }}");
    let variables = json!({ "id": app.id(Tag::PROJECT, RIDGE) });
    let robin = app.db_staff(&[Permission::ProjectsRead]).await;
    let refused = app.ask_with(&robin, &query, variables.clone()).await;
    assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED", "{}", refused.text);
    let robin = app.db_staff(&[Permission::ProjectsRead, Permission::ClientsInvite]).await;
    assert_eq!(delivery(&app, &robin, &invitation).await["state"], json!("QUEUED"));
    let client = app.ask_with(&Person::client(), &query, variables).await;
    assert_eq!(client.code(), "GRAPHQL_VALIDATION_FAILED", "{}", client.text);
}

#[tokio::test]
async fn staff_invitation_shows_mail_state() {
    // ROB-9: another kind, for staff managers
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let invite = "mutation($input: StaffInviteInput!) { staffInvite(input: $input) { userErrors { code } } }";
    let input =
        json!({ "name": "Kim Sorel", "title": "Clerk", "email": "refused@client.example", "idempotencyKey": "once" });
    let invited = ask(&app, &Person::owner(), invite, json!({ "input": input })).await;
    assert_eq!(invited["staffInvite"]["userErrors"], json!([]));
    worker(&app, server.transport()).round().await;
    let query = "{ company { people(first: 50) { nodes { name invitationDelivery { state reason } } } } }";
    let people = ask(&app, &Person::owner(), query, json!({})).await;
    let nodes = people["company"]["people"]["nodes"].as_array().cloned().unwrap_or_default();
    let kim = nodes.iter().find(|node| node["name"] == "Kim Sorel").expect("she is among them");
    assert_eq!(kim["invitationDelivery"]["state"], json!("REJECTED"), "{kim}");
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let refused = app.ask_with(&robin, query, json!({})).await;
    assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED", "{}", refused.text);
}
