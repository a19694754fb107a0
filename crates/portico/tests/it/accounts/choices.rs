//! Tests of sign-in of people with several roles.

use std::sync::Arc;

use portico_core::company::Hosts;
use portico_core::links::LinkSite;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::companies::staff::invite;
use crate::support::accounts::{HANA, codes, consume, fresh_link, mailed_token};

#[tokio::test]
async fn staff_and_client_chooses_a_role() {
    // SEC-12
    let app = TestApp::demo().await;
    let token = fresh_link(&app, HANA).await;
    let asked = consume(&app, &token, None).await;
    assert_eq!(codes(&asked), ["CHOICE_REQUIRED"]);
    let choices = asked["choices"].as_array().cloned().unwrap_or_default();
    assert_eq!(choices.len(), 2, "{asked}");
    assert_eq!(choices[0], json!({ "key": "CLIENT", "label": "My projects" }));
    assert_eq!(choices[1]["label"], json!("Fernhill Studio"));
    // Neither the question nor an invalid choice consumes the link.
    for wrong in ["TRADE", "STAFF:0", "OWNER", ""] {
        assert_eq!(codes(&consume(&app, &token, Some(wrong)).await), ["NOT_FOUND"], "{wrong}");
    }
    let client = consume(&app, &token, Some("CLIENT")).await;
    let client = Person::with_token(client["token"].as_str().unwrap_or_else(|| panic!("{client}")));
    let staff = consume(&app, &fresh_link(&app, HANA).await, choices[1]["key"].as_str()).await;
    let staff = Person::with_token(staff["token"].as_str().unwrap_or_else(|| panic!("{staff}")));
    let names = |reply: &portico_testkit::Reply| {
        let nodes = reply.at("/viewer/projects/nodes").as_array().cloned().unwrap_or_default();
        nodes.iter().filter_map(|node| node["number"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let projects = "{ viewer { role projects { nodes { number } } } }";
    assert_eq!(names(&app.ask(&client, projects).await), ["AB-2047"]);
    assert_eq!(names(&app.ask(&staff, projects).await), ["FS-311", "FS-318"]);
    let as_client = app.ask(&client, "{ viewer { permissions } }").await;
    assert_eq!(as_client.code(), "GRAPHQL_VALIDATION_FAILED", "as a client she has no permissions: {}", as_client.text);
}

#[tokio::test]
async fn trial_offers_the_company_of_an_invitation() {
    // ORG-2: all links of a demo or trial lead to its one address, whose sign-in covers all companies.
    const REQUEST: &str =
        "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { userErrors { code } } }";
    let demo = TestApp::demo().await.rewired(|app| app.site = LinkSite::At("http://127.0.0.1:8080".to_owned()));
    let trial = demo.rewired(|app| app.hosts = Arc::new(Hosts::at("127.0.0.1:8080".to_owned())));
    let given = json!({ "email": HANA, "permissions": ["PROJECTS_READ"] });
    assert_eq!(codes(&invite(&demo, &Person::owner(), given).await), Vec::<&str>::new());
    let mut key = String::new();
    for app in [&demo, &trial] {
        for host in [None, Some("127.0.0.1:8080"), Some("localhost:8080")] {
            let input = json!({ "input": { "email": HANA, "host": host } });
            let requested = app.ask_with(&Person::public(), REQUEST, input).await;
            assert_eq!(*requested.at("/magicLinkRequest/userErrors"), json!([]), "{}", requested.text);
            let asked = consume(app, &mailed_token(app, HANA).await, None).await;
            let options = asked["choices"].as_array().cloned().unwrap_or_default();
            let invited = options.iter().find(|option| option["label"] == "Alderbrook Homes");
            let invited = invited.unwrap_or_else(|| panic!("{host:?}: {asked}"));
            key = invited["key"].as_str().expect("a key").to_owned();
        }
    }
    // A portal's own host covers its company only, also in a demo.
    let input = json!({ "input": { "email": HANA, "host": "portal.fernhill.example" } });
    demo.ask_with(&Person::public(), REQUEST, input).await;
    let asked = consume(&demo, &mailed_token(&demo, HANA).await, None).await;
    assert!(asked["choices"].as_array().is_some_and(|options| options.len() == 2), "{asked}");
    let token = fresh_link(&trial, HANA).await;
    let entered = consume(&trial, &token, Some(&key)).await;
    let hana = Person::with_token(entered["token"].as_str().unwrap_or_else(|| panic!("{entered}")));
    let seen = trial.ask(&hana, "{ viewer { role } company { name } }").await;
    let expected: Value = json!({ "viewer": { "role": "STAFF" }, "company": { "name": "Alderbrook Homes" } });
    assert_eq!(*seen.data(), expected);
}

#[tokio::test]
async fn choices_have_a_maximum() {
    let app = TestApp::demo().await;
    app.database()
        .db_execute(&format!(
            "with many as (
                insert into companies (id, slug, name, region)
                select gen_random_uuid(), 'many-' || i, 'Many ' || i, 'US' from generate_series(1, 130) i returning id)
            insert into staff_memberships (id, company_id, identity_id, role, title)
            select gen_random_uuid(), many.id, i.id, 'STAFF', 'Helper'
            from many, identities i where i.email = '{HANA}'"
        ))
        .await;
    // A link to a portal covers the memberships of its company only.
    app.database().db_execute("update companies set portal_host = null").await;
    let asked = consume(&app, &fresh_link(&app, HANA).await, None).await;
    let choices = asked["choices"].as_array().expect("choices");
    assert!((90..=100).contains(&choices.len()), "{}", choices.len());
    assert_eq!(choices[0]["key"], "CLIENT");
}

#[tokio::test]
async fn person_without_membership_gets_no_link() {
    let app = TestApp::demo().await;
    crate::support::accounts::request_link(&app, "dev.raman@mail.example").await;
    app.database().db_execute("update project_memberships set removed_at = now(), is_primary = false").await;
    crate::support::accounts::request_link(&app, crate::support::accounts::ANA).await;
    assert_eq!(app.db_mails().await.len(), 0);
}
