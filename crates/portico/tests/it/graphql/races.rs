//! Tests of concurrent requests for the same thing: one succeeds, the others get user errors (ROB-31).

use futures_util::future::join_all;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{STRANGER, db_signed_in_just_now};

/// Performs a mutation concurrently as each of these callers; returns `done` or the error code of each.
async fn at_once(app: &TestApp, mutation: &str, query: &str, by: &[(Person, Value)]) -> Vec<String> {
    let each = by.iter().map(|(person, variables)| app.ask_with(person, query, variables.clone()));
    let mut results: Vec<_> = join_all(each)
        .await
        .into_iter()
        .map(|reply| {
            let payload = &reply.json["data"][mutation];
            assert!(payload.is_object(), "{mutation}: {}", reply.text);
            payload["userErrors"][0]["code"].as_str().unwrap_or("done").to_owned()
        })
        .collect();
    results.sort();
    results
}

#[tokio::test]
async fn concurrent_confirmations_have_one_winner() {
    let app = TestApp::concurrent().await;
    db_signed_in_just_now(&app).await;
    let ask = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) { userErrors { code } } }";
    let mut by = Vec::new();
    for person in [Person::client(), Person::named("ben")] {
        app.ask_with(&person, ask, json!({ "input": { "email": STRANGER } })).await;
        let token = app.db_mails().await.last().and_then(|mail| mail.token.clone()).expect("a link was mailed");
        by.push((person, json!({ "token": token })));
    }
    let confirm = "mutation($token: String!) { emailConfirm(input: { token: $token }) { userErrors { code } } }";
    assert_eq!(at_once(&app, "emailConfirm", confirm, &by).await, ["INVALID", "done"]);
}

#[tokio::test]
async fn concurrent_duplicates_have_one_winner() {
    // ROB-31: a new client, a client's new address, a project's number.
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let client = "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "name": "Kim", "email": STRANGER } });
    let by = vec![(owner.clone(), input); 4];
    assert_eq!(at_once(&app, "clientCreate", client, &by).await, ["TAKEN", "TAKEN", "TAKEN", "done"]);

    let update = "mutation($input: ClientUpdateInput!) { clientUpdate(input: $input) { userErrors { code } } }";
    let mut by = Vec::new();
    for name in ["One", "Two", "Three"] {
        let create = "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } } }";
        let input = json!({ "input": { "name": name, "email": format!("{name}@mail.example") } });
        let id = app.ask_with(&owner, create, input).await.at("/clientCreate/client/id").clone();
        by.push((owner.clone(), json!({ "input": { "id": id, "email": format!("new-{STRANGER}") } })));
    }
    assert_eq!(at_once(&app, "clientUpdate", update, &by).await, ["TAKEN", "TAKEN", "done"]);

    let create = "mutation($input: ProjectCreateInput!) { projectCreate(input: $input) { userErrors { code } } }";
    let project = json!({ "input": { "number": "AB-77", "name": "Alder Row", "timeZone": "America/Los_Angeles",
        "currencyCode": "USD", "address": { "line": "1 Alder Row", "city": "Bellingham", "region": "WA",
        "postalCode": "98225", "country": "US" } } });
    let by = vec![(owner.clone(), project); 4];
    assert_eq!(at_once(&app, "projectCreate", create, &by).await, ["TAKEN", "TAKEN", "TAKEN", "done"]);

    let place = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) { userErrors { code } } }";
    let by: Vec<_> = (0..3)
        .map(|key| {
            let input = json!({ "projectId": app.id(Tag::PROJECT, "alderbrook/ridge-view"),
                "contactId": app.id(Tag::CONTACT, "alderbrook/contact/ben"), "relationship": "PARTNER",
                "idempotencyKey": key.to_string() });
            (owner.clone(), json!({ "input": input }))
        })
        .collect();
    assert_eq!(at_once(&app, "projectClientAdd", place, &by).await, ["TAKEN", "TAKEN", "done"]);
}

#[tokio::test]
async fn removed_staff_join_no_team() {
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let marcus = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/marcus");
    app.database().db_execute("delete from team_members").await;
    let save = "mutation($input: TeamMemberSaveInput!) { teamMemberSave(input: $input) { userErrors { code } } }";
    let projects = ["maple-street", "orchard-lane", "ridge-view", "harbor-court"];
    let saves = projects.map(|project| {
        let project = app.id(Tag::PROJECT, &format!("alderbrook/{project}"));
        json!({ "input": { "projectId": project, "staffId": marcus, "title": "Builder" } })
    });
    let remove = "mutation($input: StaffRemoveInput!) { staffRemove(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "id": marcus } });
    let saving = join_all(saves.map(|input| {
        let (app, owner) = (&app, &owner);
        async move { app.ask_with(owner, save, input).await }
    }));
    let (saved, removed) = tokio::join!(saving, app.ask_with(&owner, remove, input));
    assert_eq!(removed.json["data"]["staffRemove"]["userErrors"], json!([]), "{}", removed.text);
    for reply in saved {
        let errors = &reply.json["data"]["teamMemberSave"]["userErrors"];
        assert!(*errors == json!([]) || errors[0]["code"] == "NOT_FOUND", "{}", reply.text);
    }
    assert_eq!(app.database().db_count("select count(*) from team_members").await, 0);
}

#[tokio::test]
async fn changes_of_one_contact_wait_for_each_other() {
    // Each mutation locks the contact first: otherwise they would deadlock, and some would be refused.
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let (contact, member) = (
        app.id(Tag::CONTACT, "alderbrook/contact/dev"),
        app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/ridge-view/client/dev"),
    );
    for round in 0..4 {
        let email = |number| format!("dev{round}{number}@mail.example");
        let both = (0..5).flat_map(|number| {
            [
                format!("mutation {{ it: clientUpdate(input: {{ id: \"{contact}\", email: \"{}\" }}) {{ userErrors {{ code }} }} }}", email(number)),
                format!("mutation {{ it: projectClientUpdate(input: {{ id: \"{member}\", email: \"{}\" }}) {{ userErrors {{ code }} }} }}", email(number)),
            ]
        });
        let asked = both.map(|query| {
            let (app, owner) = (&app, &owner);
            async move { app.ask(owner, &query).await }
        });
        for reply in join_all(asked).await {
            assert!(reply.json["data"]["it"]["userErrors"].is_array(), "{}", reply.text);
        }
    }
}
