//! Tests of companies' own mail texts, and of access to them.

use std::sync::Arc;

use portico_core::access::Permission;
use portico_core::id::CompanyId;
use portico_core::mail::{MailJob, MailTemplate};
use portico_fixtures::world::World;
use portico_loader::mail::TemplatesOfCompany;
use portico_loader::{Key, StoreError};
use portico_store::mail::templates_of_companies;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::mail_server::MailServer;
use portico_testkit::queue::{TestWorker, company, insert, sign_in_link, state_of};

fn welcome(key: &str) -> MailJob {
    MailJob {
        key: key.to_owned(),
        template: MailTemplate::CustomerInvitationFromAnotherOffice,
        values: json!({ "project": "Maple Street" }),
        link: None,
        ..sign_in_link("", "ana@client.example")
    }
}

#[tokio::test]
async fn welcome_has_custom_text_and_fixed_title() {
    // INV-16, INV-17
    let app = TestApp::demo().await;
    let other = CompanyId(World::id("fernhill"));
    insert(&app, &[welcome("own"), MailJob { company_id: Some(other), ..welcome("standard") }])
        .await
        .expect("they can be written");
    let mails = app.db_mails().await;
    let of = |key: &str| mails.iter().find(|mail| mail.key == key).expect("it is there");
    assert!(
        of("own").text.contains("good to be building with you again! Maple Street is now in"),
        "{}",
        of("own").text
    );
    assert_eq!(of("own").subject, "Welcome to the portal of Alderbrook Homes");
    assert!(of("standard").text.contains("You already have an account"), "{}", of("standard").text);
    // INV-15: how to sign in, without a password link.
    for mail in &mails {
        assert!(mail.text.contains("https://portal.alderbrook.example/"), "{}", mail.text);
        assert_eq!((&mail.link, mail.text.contains("/auth/link/")), (&None, false));
    }
}

#[tokio::test]
async fn unsendable_text_parks_the_mail() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    app.database().db_execute("update email_templates set body = 'Hello {{nmae}}'").await;
    insert(&app, &[welcome("own")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, server.transport()).round().await, 1);
    let state = state_of(&app, "own").await;
    assert!(state.starts_with("PARKED 1 ") && state.contains("`{{nmae}}` is not a placeholder"), "{state}");
    assert_eq!(server.mails(), []);
}

#[tokio::test]
async fn templates_show_to_their_managers_only() {
    // INV-18
    let app = TestApp::demo().await;
    let with = app.db_staff(&[Permission::EmailTemplatesManage]).await;
    let without = app.db_staff(&[Permission::ProjectsRead, Permission::SettingsManage]).await;
    let elsewhere = Person::named("margot");
    for (person, count) in
        [(Person::owner(), 1), (with, 1), (without, 0), (elsewhere, 0), (Person::staff(), 0), (Person::reporting(), 0)]
    {
        let viewer = Arc::new(app.viewer(&person).await);
        let seen = app.store().read_as(&viewer);
        // Through the role view alone, and through the loader.
        let rows = templates_of_companies(&seen, vec![company()]).await.expect("staff have such a role view");
        assert_eq!(rows.len(), count, "{person:?}");
        let key = TemplatesOfCompany(company());
        let loaded = TemplatesOfCompany::load(&seen, vec![key]).await.expect("it can be loaded");
        assert_eq!(loaded.get(&key).map_or(0, |rows| rows.len()), count, "{person:?}");
    }
    for outsider in [Person::client(), Person::trade(), Person::public()] {
        let viewer = Arc::new(app.viewer(&outsider).await);
        let refused = templates_of_companies(&app.store().read_as(&viewer), vec![company()]).await;
        assert!(matches!(refused, Err(StoreError::Failed(_))), "{outsider:?}: {refused:?}");
    }
}

#[tokio::test]
async fn row_check_drops_foreign_templates() {
    let app = TestApp::demo().await;
    let owner = Arc::new(app.viewer(&Person::owner()).await);
    let rows =
        templates_of_companies(&app.store().read_as(&owner), vec![company()]).await.expect("the owner sees them");
    let without = app.db_staff(&[Permission::ProjectsRead]).await;
    for (person, is_visible) in
        [(Person::owner(), true), (without, false), (Person::named("margot"), false), (Person::client(), false)]
    {
        let viewer = app.viewer(&person).await;
        assert_eq!(portico_store::Visible::visible_to(&rows[0], &viewer), is_visible, "{person:?}");
    }
}
