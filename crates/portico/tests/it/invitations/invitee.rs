//! Tests of invited people: names, mails, visible projects, and the history of invitations.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{codes, consume, mailed_token, name_of, signed_in};
use crate::support::clients::newcomer;
use crate::support::clients::{add, client_create, place_of, remove, remove_invitation, resend, send};
use crate::support::project;
use crate::support::{MAPLE, RIDGE};

#[tokio::test]
async fn unclaimed_invitee_gets_a_link_again() {
    // INV-11, INV-15
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, true).await;
    let (margot, bowen) = (Person::named("margot"), project(&app, "fernhill/bowen-island"));
    let card = client_create(&app, &margot, "N. Comer", "new1@mail.example").await;
    let there = add(&app, &margot, &bowen, &card, true).await;
    assert_eq!(codes(&there), [""; 0], "{there}");
    let mails = app.db_mails().await;
    let welcome = mails.last().expect("a mail was written");
    assert_eq!((welcome.template.as_str(), &welcome.token), ("CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE", &None));
    let invitation = &added["projectClient"]["invitation"]["id"];
    assert_eq!(codes(&resend(&app, &Person::owner(), invitation).await), [""; 0]);
    let mails = app.db_mails().await;
    let again = mails.last().expect("a mail was written");
    assert_eq!((again.template.as_str(), again.token.is_some()), ("CUSTOMER_INVITATION", true));
    // If the other company's invitation is withdrawn, this one is the first.
    remove_invitation(&app, &Person::owner(), invitation).await;
    let place = place_of(&app, &margot, &bowen, "N. Comer").await;
    assert_eq!(codes(&resend(&app, &margot, &place["invitation"]["id"]).await), [""; 0]);
    assert!(app.db_mails().await.last().is_some_and(|mail| mail.token.is_some()));
}

#[tokio::test]
async fn contact_names_stay_within_a_company() {
    // ACC-3, ACC-18: before the first sign-in, each company and its clients read the company's own values.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let (_, added) = newcomer(&app, 1, false).await;
    let (margot, bowen) = (Person::named("margot"), project(&app, "fernhill/bowen-island"));
    let card = client_create(&app, &margot, "N. Comer", "new1@mail.example").await;
    let there = add(&app, &margot, &bowen, &card, true).await;
    assert_eq!(there["projectClient"]["name"], "N. Comer");
    assert_eq!(added["projectClient"]["name"], "New 1");
    let names = "query($id: ID!) { project(id: $id) { clients { name } } }";
    for person in [&margot, &Person::client()] {
        let seen = app.ask_with(person, names, json!({ "id": bowen })).await;
        assert!(seen.text.contains("N. Comer") && !seen.text.contains("New 1"), "{}", seen.text);
    }
    let rename = "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) {
        projectClient { name } userErrors { code } } }";
    let id = &added["projectClient"]["id"];
    let renamed = app.ask_with(&owner, rename, json!({ "input": { "id": id, "name": "Newt" } })).await;
    assert_eq!(renamed.at("/projectClientUpdate/projectClient/name"), "Newt", "{}", renamed.text);
    // After the first sign-in, all companies see the person's own name at once.
    let person = signed_in(&app, "new1@mail.example", None).await;
    app.ask(&person, "mutation { viewerUpdate(input: { name: \"Nova\" }) { userErrors { code } } }").await;
    for (person, project) in [(&margot, &bowen), (&Person::client(), &bowen), (&owner, &project(&app, RIDGE))] {
        let seen = app.ask_with(person, names, json!({ "id": project })).await;
        assert!(seen.text.contains("Nova"), "{}", seen.text);
    }
}

#[tokio::test]
async fn email_only_clients_get_no_portal() {
    // RULE-8
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, false).await;
    let update = "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) {
        projectClient { accessLevel } userErrors { code field } } }";
    let id = &added["projectClient"]["id"];
    for (email_only, level) in [(true, "EMAIL_ONLY"), (false, "NONE"), (true, "EMAIL_ONLY")] {
        let reply =
            app.ask_with(&Person::owner(), update, json!({ "input": { "id": id, "emailOnly": email_only } })).await;
        assert_eq!(reply.at("/projectClientUpdate/projectClient/accessLevel"), level, "{}", reply.text);
        crate::support::accounts::request_link(&app, "new1@mail.example").await;
        assert_eq!(app.db_mails().await.len(), 0, "there is nothing to sign in to");
    }
    let ben = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ben");
    let refused = app.ask_with(&Person::owner(), update, json!({ "input": { "id": ben, "emailOnly": true } })).await;
    assert_eq!(
        codes(refused.at("/projectClientUpdate")),
        ["INVALID_STATE"],
        "revoking the invitation closes the portal"
    );
    let unseen = "{ viewer { projects { nodes { clients { accessLevel } } } } }";
    assert_eq!(app.ask(&Person::client(), unseen).await.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn three_invitees_see_the_same_project() {
    // INV-7, INV-8, INV-11, RULE-6
    let app = TestApp::demo().await;
    let mut people = Vec::new();
    let ridge = project(&app, RIDGE);
    let hana = place_of(&app, &Person::owner(), &ridge, "Hana Sato").await;
    remove(&app, &Person::owner(), &hana["id"]).await;
    for number in 1..=3 {
        newcomer(&app, number, true).await;
        let token = mailed_token(&app, &format!("new{number}@mail.example")).await;
        people.push(Person::with_token(consume(&app, &token, None).await["token"].as_str().expect("they can sign in")));
    }
    let rights = "query($id: ID!) { project(id: $id) { clients { id name canSeeStatus canPay
        invitation { state canSend canResend canRemove } } } }";
    let staff = app.ask_with(&Person::owner(), rights, json!({ "id": ridge })).await;
    let places = staff.at("/project/clients").as_array().cloned().unwrap_or_default();
    let places: Vec<_> =
        places.iter().filter(|place| place["name"].as_str().is_some_and(|name| name.starts_with("New"))).collect();
    for place in &places {
        let expected = json!({ "state": "ACCEPTED", "canSend": false, "canResend": false, "canRemove": false });
        assert_eq!(
            (&place["invitation"], &place["canSeeStatus"], &place["canPay"]),
            (&expected, &json!(true), &json!(true))
        );
    }
    // Rights to act may differ; the visible parts of the project do not.
    let update =
        "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "id": places[2]["id"], "canPay": false, "canSeeStatus": false } });
    app.ask_with(&Person::owner(), update, input).await;
    // Shared, so that there is a schedule to compare.
    let share =
        "mutation($input: PortalSettingsUpdateInput!) { portalSettingsUpdate(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "projectId": ridge, "scheduleShare": "GANTT" } });
    assert_eq!(*app.ask_with(&Person::owner(), share, input).await.at("/portalSettingsUpdate/userErrors"), json!([]));
    let query = "query($id: ID!) { project(id: $id) { number name address { line }
        milestones { name status percentComplete anticipatedFinishOn }
        schedule { version view tasks(first: 50) { totalCount nodes { name startOn finishOn percentComplete } } }
        selections(first: 50) { totalCount nodes { title status dueOn options { title price { amount } } chosenOption { title } } }
        allowances { name granted { amount } used { amount } } locations { name }
        clients { name relationship isPrimary } team { name title } portal { navigation } } }";
    let mut seen = Vec::new();
    for person in &people {
        seen.push(app.ask_with(person, query, json!({ "id": ridge })).await.data().clone());
    }
    assert!(seen[0]["project"]["number"].is_string(), "{seen:?}");
    for list in ["/project/schedule/tasks/nodes", "/project/selections/nodes", "/project/milestones"] {
        let items = seen[0].pointer(list).and_then(serde_json::Value::as_array);
        assert!(items.is_some_and(|items| !items.is_empty()), "{list} is compared: {seen:?}");
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    remove(&app, &Person::owner(), &places[0]["id"]).await;
    let names = ["New 1", "New 2", "New 3"];
    for (person, name) in people.iter().zip(names) {
        let seen = app.ask_with(person, query, json!({ "id": ridge })).await;
        let is_out = Some(name) == places[0]["name"].as_str();
        assert_eq!(seen.at("/project").is_null(), is_out, "{name}: {}", seen.text);
    }
}

#[tokio::test]
async fn invitation_belongs_to_the_invitee() {
    // SEC-18
    let app = TestApp::demo().await;
    newcomer(&app, 1, true).await;
    let token = mailed_token(&app, "new1@mail.example").await;
    let query = "mutation($input: MagicLinkConsumeInput!) { magicLinkConsume(input: $input) { token } }";
    let taken = app.ask_with(&Person::client(), query, json!({ "input": { "token": token } })).await;
    let person = Person::with_token(taken.at("/magicLinkConsume/token").as_str().expect("the mailed link signs in"));
    assert_eq!(name_of(&app, &person).await, "New 1", "as the invitee");
    assert_eq!(name_of(&app, &Person::client()).await, "Ana Whitlock");
    let places = "select i.name as text from invitations n join project_memberships m on m.id = n.membership_id
        join identities i on i.id = m.identity_id where n.state = 'ACCEPTED' and n.accepted_at > now() - interval '1 minute'";
    assert_eq!(app.database().db_texts(places).await, ["New 1"]);
}

#[tokio::test]
async fn staff_alone_see_invitation_history() {
    let app = TestApp::demo().await;
    let (contact, added) = newcomer(&app, 1, true).await;
    remove_invitation(&app, &Person::owner(), &added["projectClient"]["invitation"]["id"]).await;
    send(&app, &Person::owner(), &project(&app, RIDGE), &contact).await;
    let query = "query($id: ID!) { project(id: $id) { invitations { name state acceptedAt endedAt } } }";
    let ask =
        async |person: &Person, path: &str| app.ask_with(person, query, json!({ "id": project(&app, path) })).await;
    let kept = ask(&Person::owner(), RIDGE).await;
    let kept = kept.at("/project/invitations").as_array().cloned().unwrap_or_default();
    let of_newcomer: Vec<_> = kept.iter().filter(|one| one["name"] == "New 1").collect();
    let states: Vec<_> = of_newcomer.iter().map(|one| (one["state"].as_str(), one["endedAt"].is_null())).collect();
    assert_eq!(states, [(Some("REMOVED"), false), (Some("INVITED"), true)]);
    // Cleo left Maple Street.
    let maple = ask(&Person::staff(), MAPLE).await;
    assert!(maple.text.contains("REVOKED") && maple.text.contains("ACCEPTED"), "{}", maple.text);
    for outsider in [Person::client(), Person::named("ben"), Person::trade()] {
        assert_eq!(ask(&outsider, MAPLE).await.code(), "GRAPHQL_VALIDATION_FAILED");
    }
    assert!(ask(&Person::named("margot"), MAPLE).await.at("/project").is_null());
}

#[tokio::test]
async fn three_relationships_are_invited_at_once() {
    // INV-4
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let orchard = project(&app, "alderbrook/orchard-lane");
    let places =
        app.ask_with(&owner, "query($id: ID!) { project(id: $id) { clients { id } } }", json!({ "id": orchard })).await;
    for place in places.at("/project/clients").as_array().cloned().unwrap_or_default() {
        remove(&app, &owner, &place["id"]).await;
    }
    let mutation = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) {
        projectClient { relationship invitation { state } } userErrors { code } } }";
    let mut inputs = Vec::new();
    for (number, relationship) in ["PRIMARY_OWNER", "PARTNER", "REPRESENTATIVE"].into_iter().enumerate() {
        let email = format!("three{number}@mail.example");
        let contact = client_create(&app, &owner, &format!("Three {number}"), &email).await;
        inputs.push(json!({ "input": { "projectId": orchard, "contactId": contact, "relationship": relationship,
            "invite": true, "idempotencyKey": crate::support::clients::fresh_key() } }));
    }
    let sent = inputs.iter().map(|input| app.ask_with(&owner, mutation, input.clone()));
    for reply in futures_util::future::join_all(sent).await {
        assert_eq!(*reply.at("/projectClientAdd/projectClient/invitation/state"), "INVITED", "{}", reply.text);
    }
    let mut people = Vec::new();
    for number in 0..3 {
        people.push(signed_in(&app, &format!("three{number}@mail.example"), None).await);
    }
    let query = "query($id: ID!) { project(id: $id) { clients { name relationship } } }";
    for person in &people {
        let seen = app.ask_with(person, query, json!({ "id": orchard })).await;
        let mut results: Vec<_> = seen.at("/project/clients").as_array().cloned().unwrap_or_default();
        results.sort_by_key(|client| client["name"].to_string());
        let expected = json!([
            { "name": "Three 0", "relationship": "PRIMARY_OWNER" },
            { "name": "Three 1", "relationship": "PARTNER" },
            { "name": "Three 2", "relationship": "REPRESENTATIVE" },
        ]);
        assert_eq!(json!(results), expected);
    }
}

#[tokio::test]
async fn staff_see_that_an_account_is_managed() {
    // ACC-11, ACC-10: not by the invitation, but by the first sign-in.
    let app = TestApp::demo().await;
    let (contact, _) = newcomer(&app, 1, true).await;
    let margot = Person::named("margot");
    let elsewhere = client_create(&app, &margot, "N. Comer", "new1@mail.example").await;
    let managed = async |person: &Person, id: &str| {
        let query = "query($id: ID!) { node(id: $id) { ... on Contact { isUserManaged } } }";
        app.ask_with(person, query, json!({ "id": id })).await.at("/node/isUserManaged").clone()
    };
    let update = "mutation($input: ClientUpdateInput!) { clientUpdate(input: $input) { userErrors { code } } }";
    let rename = async |name: &str| {
        let input = json!({ "input": { "id": contact, "name": name } });
        let reply = app.ask_with(&Person::owner(), update, input).await;
        codes(reply.at("/clientUpdate")).join(" ")
    };
    assert_eq!((managed(&Person::owner(), &contact).await, rename("Newt").await), (json!(false), String::new()));
    signed_in_by_invitation(&app, "new1@mail.example").await;
    assert_eq!(managed(&Person::owner(), &contact).await, json!(true));
    assert_eq!(managed(&margot, &elsewhere).await, json!(true), "of each company's contact");
    assert_eq!(rename("Eve").await, "MANAGED_BY_USER");
}

/// Signs in with the link of the newest invitation.
async fn signed_in_by_invitation(app: &TestApp, address: &str) -> Person {
    let payload = consume(app, &mailed_token(app, address).await, None).await;
    Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{address} cannot sign in: {payload}")))
}

#[tokio::test]
async fn unclaimed_client_gets_address_and_alerts() {
    // ACC-18: set by mutations, and then seen by the client.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let (_, added) = newcomer(&app, 1, true).await;
    let place = &added["projectClient"]["id"];
    let old = mailed_token(&app, "new1@mail.example").await;
    let update = "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) {
        projectClient { name alertDefaults { instantAlerts summaryFrequency } invitation { state } } userErrors { code field } } }";
    let input = json!({ "id": place, "email": "Newer@mail.example", "name": "Newer", "phone": "+1 360 555 0188",
        "alertDefaults": { "instantAlerts": false, "summaryFrequency": "WEEKLY" } });
    let updated = app.ask_with(&owner, update, json!({ "input": input })).await;
    let alerts = json!({ "instantAlerts": false, "summaryFrequency": "WEEKLY" });
    let expected = json!({ "name": "Newer", "alertDefaults": alerts, "invitation": { "state": "NOT_INVITED" } });
    assert_eq!(*updated.at("/projectClientUpdate/projectClient"), expected, "{}", updated.text);
    assert_eq!(codes(&consume(&app, &old, None).await), ["SIGN_IN_REFUSED"], "the old address has no access any more");
    let contact = place_of(&app, &owner, &project(&app, RIDGE), "Newer").await["contactId"].clone();
    let sent = send(&app, &owner, &project(&app, RIDGE), contact.as_str().expect("an id")).await;
    assert_eq!(sent["projectClient"]["invitation"]["state"], "INVITED", "{sent}");
    let newer = signed_in_by_invitation(&app, "Newer@mail.example").await;
    let viewer = app
        .ask(&newer, "{ viewer { email notificationSettings { instantAlerts summaryFrequency } projects { nodes { number } } } }")
        .await;
    let expected = json!({ "email": "Newer@mail.example", "notificationSettings": alerts,
        "projects": { "nodes": [{ "number": "AB-2047" }] } });
    assert_eq!(*viewer.at("/viewer"), expected, "{}", viewer.text);
    let late = json!({ "input": { "id": place, "email": "new1@mail.example" } });
    let refused = app.ask_with(&owner, update, late).await;
    assert_eq!(codes(refused.at("/projectClientUpdate")), ["MANAGED_BY_USER"], "it is claimed now");
}

#[tokio::test]
async fn welcome_has_the_company_text() {
    // INV-15, INV-16, INV-17: the mail of a real invitation.
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let write =
        "mutation($input: EmailTemplateUpdateInput!) { emailTemplateUpdate(input: $input) { userErrors { code } } }";
    let body = "Bonjour {{name}}, {{company}} opened {{project}} for you at {{portal}}";
    let input = json!({ "key": "CUSTOMER_INVITATION_WITH_ACCOUNT", "body": body, "expectedVersion": 0 });
    let written = app.ask_with(&margot, write, json!({ "input": input })).await;
    assert_eq!(codes(written.at("/emailTemplateUpdate")), [""; 0], "{}", written.text);
    let ben = client_create(&app, &margot, "Ben W.", "ben.whitlock@mail.example").await;
    add(&app, &margot, &project(&app, "fernhill/granville-loft"), &ben, true).await;
    let mails = app.db_mails().await;
    let mail = mails.last().expect("a mail was written");
    assert_eq!(mail.to_address, "ben.whitlock@mail.example");
    assert!(mail.text.contains("Bonjour Ben"), "{}", mail.text);
    assert!(mail.text.contains("Fernhill Studio opened Granville Loft for you at https://"), "{}", mail.text);
    assert_eq!((mail.subject.as_str(), &mail.link), ("Welcome to the portal of Fernhill Studio", &None));
}
