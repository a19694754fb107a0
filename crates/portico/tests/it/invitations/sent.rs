//! Tests of invitations to projects.

use std::sync::Arc;

use chrono::TimeDelta;
use portico_core::access::Permission;
use portico_core::clock::Clock;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{ANA, PASSWORD, codes, consume, mailed_token, name_of, set_password, signed_in};
use crate::support::clients::newcomer;
use crate::support::clients::{
    add, client_create, fresh_key, make_primary, place_of, remove, remove_invitation, replace, resend, send,
    send_with_key,
};
use crate::support::{MAPLE, RIDGE, project};

#[tokio::test]
async fn client_has_no_access_before_invitation() {
    // INV-1, INV-3, INV-9, INV-10
    let app = TestApp::demo().await;
    let (contact, added) = newcomer(&app, 1, false).await;
    let invitation = &added["projectClient"]["invitation"];
    assert_eq!((&invitation["state"], &invitation["canSend"]), (&json!("NOT_INVITED"), &json!(true)), "{added}");
    assert_eq!(app.db_mails().await.len(), 0);
    crate::support::accounts::request_link(&app, "new1@mail.example").await;
    assert_eq!(app.db_mails().await.len(), 0, "there is nothing yet to sign in to");
    let sent = send(&app, &Person::owner(), &project(&app, RIDGE), &contact).await;
    let invitation = &sent["projectClient"]["invitation"];
    let expected = json!(["INVITED", false, true, true]);
    let results = |it: &Value| json!([it["state"], it["canSend"], it["canResend"], it["canRemove"]]);
    assert_eq!(results(invitation), expected, "{sent}");
    let again = send(&app, &Person::owner(), &project(&app, RIDGE), &contact).await;
    assert_eq!(codes(&again), ["INVALID_STATE"]);
    assert_eq!(app.db_mails().await.len(), 1);
}

#[tokio::test]
async fn first_link_works_once_in_fourteen_days() {
    // INV-12, INV-13, INV-19
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, true).await;
    assert_eq!(added["projectClient"]["invitation"]["state"], "INVITED", "{added}");
    let mails = app.db_mails().await;
    let mail = mails.last().expect("a mail was written");
    assert_eq!((mail.template.as_str(), mail.to_address.as_str()), ("CUSTOMER_INVITATION", "new1@mail.example"));
    let link = mail.link.as_deref().expect("it holds a link");
    assert!(link.starts_with("https://us.portico.example/auth/link/"), "{link}");
    let days = "select extract(epoch from expires_at - created_at)::bigint / 86400 as count from sign_in_links";
    assert_eq!(app.database().db_count(days).await, 14);
    let token = mailed_token(&app, "new1@mail.example").await;
    let set = set_password(&app, &token, PASSWORD).await;
    let person = Person::with_token(set["token"].as_str().unwrap_or_else(|| panic!("{set}")));
    let projects = app.ask(&person, "{ viewer { name projects { nodes { number } } } }").await;
    assert_eq!(*projects.at("/viewer/projects/nodes"), json!([{ "number": "AB-2047" }]), "{}", projects.text);
    assert_eq!(codes(&consume(&app, &token, None).await), ["SIGN_IN_REFUSED"]);
    let place = place_of(&app, &Person::owner(), &project(&app, RIDGE), "New 1").await;
    assert_eq!(place["invitation"]["state"], "ACCEPTED");
    let again = resend(&app, &Person::owner(), &place["invitation"]["id"]).await;
    assert_eq!(codes(&again), ["INVALID_STATE"], "INV-11: until the first sign-in");
}

#[tokio::test]
async fn fourth_invitation_needs_a_removal() {
    // INV-4, INV-5, INV-6; Hana has a slot already.
    let app = TestApp::demo().await;
    let (_, first) = newcomer(&app, 1, true).await;
    newcomer(&app, 2, true).await;
    let (fourth, refused) = newcomer(&app, 3, true).await;
    assert_eq!(codes(&refused), ["INVITATION_LIMIT"]);
    assert_eq!(refused["projectClient"], json!(null));
    let placed = add(&app, &Person::owner(), &project(&app, RIDGE), &fourth, false).await;
    assert_eq!(placed["projectClient"]["invitation"]["state"], "NOT_INVITED", "nothing was written before: {placed}");
    let token = mailed_token(&app, "new1@mail.example").await;
    let removed = remove_invitation(&app, &Person::owner(), &first["projectClient"]["invitation"]["id"]).await;
    assert_eq!(removed["projectClient"]["invitation"]["state"], "NOT_INVITED", "{removed}");
    assert_eq!(codes(&consume(&app, &token, None).await), ["SIGN_IN_REFUSED"], "its link is invalid now");
    let sent = send(&app, &Person::owner(), &project(&app, RIDGE), &fourth).await;
    assert_eq!(sent["projectClient"]["invitation"]["state"], "INVITED", "{sent}");
}

#[tokio::test]
async fn concurrent_invitations_keep_the_limit() {
    // INV-5, SEC-21
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let mut contacts = Vec::new();
    for number in 0..10 {
        contacts.push(newcomer(&app, number, false).await.0);
    }
    let (app_ref, ridge) = (&app, project(&app, RIDGE));
    let sends = contacts.iter().map(|contact| send(app_ref, &owner, &ridge, contact));
    let results = futures_util::future::join_all(sends).await;
    let invited = results.iter().filter(|it| it["projectClient"]["invitation"]["state"] == "INVITED").count();
    let refused = results.iter().filter(|it| codes(it) == ["INVITATION_LIMIT"]).count();
    assert_eq!((invited, refused), (2, 8), "{results:?}");
    assert_eq!(app.db_mails().await.len(), 2);
}

#[tokio::test]
async fn idempotency_key_sends_one_invitation() {
    // API-3
    let app = TestApp::concurrent().await;
    let (one, _) = newcomer(&app, 1, false).await;
    let (two, _) = newcomer(&app, 2, false).await;
    let (owner, ridge, key) = (Person::owner(), project(&app, RIDGE), fresh_key());
    let attempts = (0..5).map(|_| send_with_key(&app, &owner, &ridge, &one, &key));
    let results = futures_util::future::join_all(attempts).await;
    assert!(results.iter().all(|it| it["projectClient"]["invitation"]["state"] == "INVITED"), "{results:?}");
    assert_eq!(app.db_mails().await.len(), 1);
    let query = "mutation($input: InvitationSendInput!) { invitationSend(input: $input) { userErrors { code } } }";
    let input = json!({ "projectId": ridge, "contactId": two, "idempotencyKey": key });
    let other = app.ask_with(&owner, query, json!({ "input": input })).await;
    assert_eq!(other.code(), "IDEMPOTENCY_MISMATCH", "{}", other.text);
}

#[tokio::test]
async fn resent_invitation_voids_old_link() {
    // INV-11
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, true).await;
    let old = mailed_token(&app, "new1@mail.example").await;
    let again = resend(&app, &Person::owner(), &added["projectClient"]["invitation"]["id"]).await;
    assert_eq!(codes(&again), Vec::<&str>::new(), "{again}");
    let new = mailed_token(&app, "new1@mail.example").await;
    assert_ne!(old, new);
    assert_eq!(codes(&consume(&app, &old, None).await), ["SIGN_IN_REFUSED"]);
    assert!(consume(&app, &new, None).await["token"].is_string());
}

#[tokio::test]
async fn expired_invitation_frees_its_slot() {
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, true).await;
    let id = &added["projectClient"]["invitation"]["id"];
    newcomer(&app, 2, true).await;
    app.database().db_execute("update invitations set expires_at = now() - interval '1 s' where state = 'INVITED'; update sign_in_links set expires_at = now()").await;
    let place = place_of(&app, &Person::owner(), &project(&app, RIDGE), "New 1").await;
    assert_eq!(place["invitation"]["state"], "EXPIRED");
    assert_eq!(codes(&consume(&app, &mailed_token(&app, "new1@mail.example").await, None).await), ["SIGN_IN_REFUSED"]);
    let (_, third) = newcomer(&app, 3, true).await;
    assert_eq!(third["projectClient"]["invitation"]["state"], "INVITED", "two slots are free: {third}");
    let again = resend(&app, &Person::owner(), id).await;
    assert_eq!(again["projectClient"]["invitation"]["state"], "INVITED", "{again}");
    assert!(consume(&app, &mailed_token(&app, "new1@mail.example").await, None).await["token"].is_string());
}

#[tokio::test]
async fn existing_account_gets_no_link() {
    // INV-15
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let lucky = project(&app, "fernhill/granville-loft");
    let ben = client_create(&app, &margot, "Ben W.", "ben.whitlock@mail.example").await;
    let sent = add(&app, &margot, &lucky, &ben, true).await;
    assert_eq!(sent["projectClient"]["invitation"]["state"], "INVITED", "{sent}");
    let mails = app.db_mails().await;
    let mail = mails.last().expect("a mail was written");
    assert_eq!((mail.template.as_str(), &mail.link), ("CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE", &None));
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("auth/link") && !part.contains("auth&#x2f;link"), "{part}");
    }
    assert!(mail.text.contains("sign in at https://ca.portico.example/auth/sign-in with"), "{}", mail.text);
    // Open sessions get access at once.
    let projects = app.ask(&Person::named("ben"), "{ viewer { projects { nodes { number } } } }").await;
    assert_eq!(
        *projects.at("/viewer/projects/nodes"),
        json!([{ "number": "FS-318" }, { "number": "AB-2041" }]),
        "{}",
        projects.text
    );
    // The company that knew him first learns nothing of the other.
    let ours = app.ask(&Person::owner(), "{ company { contacts(query: \"Ben W.\") { nodes { name } } } }").await;
    assert_eq!(*ours.at("/company/contacts/nodes"), json!([]), "{}", ours.text);
}

#[tokio::test]
async fn invited_clients_have_separate_sessions() {
    // INV-7, INV-8, RULE-6
    let app = TestApp::demo().await;
    let (ana, ben) = (signed_in(&app, ANA, None).await, signed_in(&app, "ben.whitlock@mail.example", None).await);
    let query = "query($id: ID!) { project(id: $id) { name address { line } milestones { name status percentComplete }
        selections { nodes { title status } } team { name } clients { name relationship isPrimary } } }";
    let id = json!({ "id": project(&app, MAPLE) });
    let (hers, his) = (app.ask_with(&ana, query, id.clone()).await, app.ask_with(&ben, query, id).await);
    assert_eq!(hers.data(), his.data());
    let clients = json!([
        { "name": "Ana Whitlock", "relationship": "PRIMARY_OWNER", "isPrimary": true },
        { "name": "Ben Whitlock", "relationship": "PARTNER", "isPrimary": false },
    ]);
    let mut results = hers.at("/project/clients").as_array().cloned().unwrap_or_default();
    results.sort_by_key(|client| client["name"].to_string());
    assert_eq!(Value::Array(results), clients);
    app.ask(&ben, "mutation { signOut { isSignedOut } }").await;
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock");
}

/// Chosen options on Maple Street, and the states of a person's invitations there, for staff.
async fn history(app: &TestApp, name: &str) -> (Value, Vec<Value>) {
    let query = "query($id: ID!) { project(id: $id) { invitations { name state }
        selections(first: 50) { nodes { title status chosenOption { title } lockedAt } } } }";
    let reply = app.ask_with(&Person::owner(), query, json!({ "id": project(app, MAPLE) })).await;
    let decided = reply.at("/project/selections/nodes").clone();
    assert!(decided.to_string().contains("chosenOption\":{"), "something was chosen: {decided}");
    let invitations = reply.at("/project/invitations").as_array().cloned().unwrap_or_default();
    let own = invitations.iter().filter(|one| one["name"] == name);
    (decided, own.map(|one| one["state"].clone()).collect())
}

#[tokio::test]
async fn removed_client_loses_access_at_once() {
    // INV-23, INV-24, INV-25, SEC-13, SEL-3
    let app = TestApp::demo().await;
    let other = app.cold();
    let (ben, maple) = (Person::named("ben"), project(&app, MAPLE));
    let query = "query($id: ID!) { project(id: $id) { name } }";
    for gateway in [&app, &other] {
        assert_eq!(
            *gateway.ask_with(&ben, query, json!({ "id": maple })).await.at("/project/name"),
            json!("Maple Street House")
        );
    }
    let (decided, before) = history(&app, "Ben Whitlock").await;
    assert_eq!(before, [json!("ACCEPTED")]);
    let place = place_of(&app, &Person::owner(), &maple, "Ben Whitlock").await;
    let removed = remove(&app, &Person::owner(), &place["id"]).await;
    assert_eq!(
        *removed.at("/projectClientRemove/project/clients"),
        json!([{ "name": "Ana Whitlock" }]),
        "{}",
        removed.text
    );
    for gateway in [&app, &other] {
        assert_eq!(*gateway.ask_with(&ben, query, json!({ "id": maple })).await.at("/project"), json!(null));
    }
    assert_eq!(
        history(&app, "Ben Whitlock").await,
        (decided, vec![json!("REVOKED")]),
        "his decisions stay under his name"
    );
    let contact = app
        .ask(&Person::owner(), "{ company { contacts(query: \"Ben Whitlock\") { nodes { memberships { id } } } } }")
        .await;
    assert_eq!(
        *contact.at("/company/contacts/nodes"),
        json!([{ "memberships": [] }]),
        "the contact stays, without a project"
    );
    let again = remove(&app, &Person::owner(), &place["id"]).await;
    assert_eq!(codes(again.at("/projectClientRemove")), ["NOT_FOUND"]);
}

#[tokio::test]
async fn primary_client_changes_silently() {
    // INV-21, INV-22
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    let ben = place_of(&app, &Person::owner(), &maple, "Ben Whitlock").await;
    let made = make_primary(&app, &Person::owner(), &ben["id"]).await;
    assert_eq!(made["projectClient"]["isPrimary"], true, "{made}");
    let ana = place_of(&app, &Person::owner(), &maple, "Ana Whitlock").await;
    assert_eq!(ana["isPrimary"], false);
    assert_eq!(app.db_mails().await.len(), 0);
    let results = "select count(*) from activity where kind = 'PRIMARY_CLIENT_CHANGED' and audiences <> '{}'";
    assert_eq!(app.database().db_count(results).await, 0);
}

#[tokio::test]
async fn replaced_client_gets_a_new_membership() {
    // ACC-19
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    let (decided, _) = history(&app, "Ana Whitlock").await;
    let ana = place_of(&app, &Person::owner(), &maple, "Ana Whitlock").await;
    let contact = client_create(&app, &Person::owner(), "Noa Whitlock", "noa@mail.example").await;
    let replaced = replace(&app, &Person::owner(), &ana["id"], &contact).await;
    let place = &replaced["projectClient"];
    assert_eq!((&place["name"], &place["isPrimary"]), (&json!("Noa Whitlock"), &json!(true)), "{replaced}");
    assert_ne!(place["id"], ana["id"]);
    let gone =
        app.ask_with(&Person::client(), "query($id: ID!) { project(id: $id) { name } }", json!({ "id": maple })).await;
    assert_eq!(*gone.at("/project"), json!(null));
    assert_eq!(
        history(&app, "Ana Whitlock").await,
        (decided, vec![json!("REVOKED")]),
        "her activity is still attributed to her"
    );
    assert_eq!(history(&app, "Noa Whitlock").await.1, [json!("INVITED")], "the new client has a new history");
}

#[tokio::test]
async fn foreign_company_ids_are_not_found() {
    // SEC-11
    let app = TestApp::demo().await;
    let (margot, ridge) = (Person::named("margot"), project(&app, RIDGE));
    let ours = app.id(Tag::CONTACT, "alderbrook/contact/hana");
    let unknown = TestApp::global(Tag::CONTACT, new_uuid());
    let theirs = project(&app, "fernhill/granville-loft");
    for (project, contact) in [(&ridge, &ours), (&theirs, &ours), (&ridge, &unknown), (&theirs, &unknown)] {
        for results in [send(&app, &margot, project, contact).await, add(&app, &margot, project, contact, true).await] {
            assert_eq!(codes(&results), ["NOT_FOUND"], "{results}");
        }
    }
    let place = place_of(&app, &Person::owner(), &ridge, "Hana Sato").await;
    let random = json!(TestApp::global(Tag::PROJECT_MEMBERSHIP, new_uuid()));
    let strange = remove(&app, &margot, &place["id"]).await;
    assert_eq!(strange.json["data"], remove(&app, &margot, &random).await.json["data"]);
    assert_eq!(make_primary(&app, &margot, &place["id"]).await, make_primary(&app, &margot, &random).await);
    let invitation = place["invitation"]["id"].clone();
    let random = json!(TestApp::global(Tag::INVITATION, new_uuid()));
    assert_eq!(resend(&app, &margot, &invitation).await, resend(&app, &margot, &random).await);
    assert_eq!(remove_invitation(&app, &margot, &invitation).await, remove_invitation(&app, &margot, &random).await);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn invitations_need_clients_invite() {
    let app = TestApp::demo().await;
    let contact = app.id(Tag::CONTACT, "alderbrook/contact/dev");
    let query = "mutation($input: InvitationSendInput!) { invitationSend(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "projectId": project(&app, RIDGE), "contactId": contact, "idempotencyKey": "k" } });
    let without = app.db_staff(&[Permission::ProjectsRead]).await;
    let invented = app.ask_with(&without, &query.replace("invitationSend(", "invented("), input.clone()).await;
    assert_eq!(invented.code(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(app.ask_with(&without, query, input.clone()).await.code(), "GRAPHQL_VALIDATION_FAILED");
    // Staff who lose it between sign-in and the action write nothing.
    let with = app.db_staff(&[Permission::ProjectsRead, Permission::ClientsInvite]).await;
    let viewer = std::sync::Arc::new(app.viewer(&with).await);
    app.database()
        .db_execute("update staff_memberships set permissions = '{PROJECTS_READ}' where role = 'STAFF'")
        .await;
    let loader = portico_loader::Loader::new(app.store().read_as(&viewer), portico_loader::Tiers::none());
    let question = portico_graphql::Question {
        query: query.to_owned(),
        variables: input.as_object().cloned().unwrap_or_default(),
        ..Default::default()
    };
    let answer = app.gateway().answer(loader, app.actor(viewer), question).await.to_json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer}");
    assert_eq!(app.database().db_count("select count(*) from invitations where state = 'INVITED'").await, 0);
}

#[tokio::test]
async fn accepted_invitation_voids_older_links() {
    let app = TestApp::demo().await;
    newcomer(&app, 1, true).await;
    let invitation = mailed_token(&app, "new1@mail.example").await;
    signed_in(&app, "new1@mail.example", None).await;
    assert_eq!(codes(&consume(&app, &invitation, None).await), ["SIGN_IN_REFUSED"]);
    assert_eq!(codes(&set_password(&app, &invitation, PASSWORD).await), ["SIGN_IN_REFUSED"]);
}

#[tokio::test]
async fn late_sign_in_takes_no_expired_slot() {
    // INV-5: the next invitation counts the slot as free.
    let app = TestApp::demo().await;
    newcomer(&app, 1, true).await;
    let token = mailed_token(&app, "new1@mail.example").await;
    app.database().db_execute("update invitations set expires_at = now() where state = 'INVITED'").await;
    let began = Clock::of_server().moment() - TimeDelta::minutes(1);
    let slow = app.rewired(|app| app.clock = Arc::new(move || Clock::at(began)));
    assert_eq!(codes(&consume(&slow, &token, None).await), [""; 0], "the link itself is in time");
    let states = "select i.state || ' ' || m.access_level as text from invitations i
        join project_memberships m on m.id = i.membership_id join contacts c on c.id = m.contact_id
        where c.name = 'New 1'";
    assert_eq!(app.database().db_texts(states).await, ["EXPIRED NONE"]);
}

#[tokio::test]
async fn member_keeps_slot_of_expired_invitation() {
    // INV-5: also before the worker has expired it.
    let app = TestApp::demo().await;
    let late = "update invitations set state = 'INVITED', accepted_at = null, sent_at = now() - interval '15 days',
        expires_at = now() - interval '1 day' where membership_id = (
            select m.id from project_memberships m join identities i on i.id = m.identity_id
            join projects p on p.id = m.project_id where i.email like 'ben.%' and p.number = 'AB-2041')";
    app.database().db_execute(late).await;
    app.database().db_execute("update sessions set last_seen_at = now()").await;
    let owner = Person::owner();
    let mut results = Vec::new();
    for number in 1..=2 {
        let email = format!("slot{number}@mail.example");
        let contact = client_create(&app, &owner, &format!("Slot {number}"), &email).await;
        results.push(codes(&add(&app, &owner, &project(&app, MAPLE), &contact, true).await).join(","));
    }
    assert_eq!(results, ["", "INVITATION_LIMIT"], "Ana, Ben and one more");
}
