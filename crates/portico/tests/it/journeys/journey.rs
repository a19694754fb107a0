//! Tests of a client from the lead form to the removal from the project.

use axum::http::{Method, StatusCode};
use portico_store::{PoolSizes, Store};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{browser, browser_form, codes, mailed_token};
use crate::support::clients::{add, client_create, make_primary, place_of, remove};

const LEADS: &str = "{ company { leads(query: \"Imogen\") { nodes { id state } } } }";
const CONVERT: &str =
    "mutation($id: ID!, $project: ProjectCreateInput!) { leadConvertToProject(input: { id: $id, project: $project }) {
    lead { state } client { id isUserManaged } project { id clients { name invitation { state } } }
    userErrors { code field message } } }";
const HOME: &str = "{ viewer { name onboarding { showVideo videoUrl } projects { nodes { id number name } } } }";

/// Signs in with the newest mailed link in a browser.
async fn comes_in(app: &TestApp, address: &str) -> Person {
    let path = format!("/auth/link/{}", mailed_token(app, address).await);
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let entered = app.send(browser(Method::POST, &path, None)).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let cookie = entered.headers["set-cookie"].to_str().expect("cookies are text");
    Person::with_token(cookie.split([';', '=']).nth(1).expect("a cookie has a value"))
}

#[tokio::test]
async fn lead_becomes_client_until_removal() {
    // LEAD-1 to LEAD-4, LEAD-6, INV-1, INV-5, INV-12, INV-19, INV-21 to INV-25, PRT-15, SES-1
    let app = TestApp::demo().await;
    // Another gateway, which shares only the database.
    let pools = PoolSizes { reader: 2, auth: 1, writer: 1 };
    let store = Store::new(app.database().database(), pools);
    let other = app.cold().rewired(|app| app.store = store);
    let owner = Person::owner();

    // A visitor submits the form on the company's site.
    let form = "name=Imogen+Hale&email=imogen%40mail.example&message=A+house+on+the+hill%2C+if+you+have+time.";
    let asked = app.send(browser_form("/leads/demo-form-alderbrook", form)).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);

    // Staff find the lead, and create a project; without access or mail for the client.
    let leads = app.ask(&owner, LEADS).await;
    assert_eq!(*leads.at("/company/leads/nodes/0/state"), json!("NEW"), "{}", leads.text);
    let project = json!({ "number": "AB-2101", "name": "Hale house", "timeZone": "America/Los_Angeles", "currencyCode": "USD",
        "address": { "line": "1 Hill", "city": "Bellingham", "region": "WA", "postalCode": "98225", "country": "US" } });
    let variables = json!({ "id": leads.at("/company/leads/nodes/0/id"), "project": project });
    let converted = app.ask_with(&owner, CONVERT, variables).await;
    let result = converted.at("/leadConvertToProject");
    assert_eq!(codes(result), Vec::<&str>::new(), "{}", converted.text);
    assert_eq!((&result["lead"]["state"], &result["client"]["isUserManaged"]), (&json!("CONVERTED"), &json!(false)));
    let clients = json!([{ "name": "Imogen Hale", "invitation": { "state": "NOT_INVITED" } }]);
    assert_eq!(result["project"]["clients"], clients, "{}", converted.text);
    let (house, contact) = (result["project"]["id"].clone(), result["client"]["id"].clone());
    let (house, contact) = (house.as_str().expect("an id"), contact.as_str().expect("an id"));
    assert_eq!(app.db_mails().await.len(), 0);

    // She is invited, follows the mailed link, and is offered the introduction once.
    let sent = crate::support::clients::send(&app, &owner, house, contact).await;
    assert_eq!(sent["projectClient"]["invitation"]["state"], "INVITED", "{sent}");
    let imogen = comes_in(&app, "imogen@mail.example").await;
    let home = app.ask(&imogen, HOME).await;
    assert_eq!(*home.at("/viewer/projects/nodes/0/number"), json!("AB-2101"), "{}", home.text);
    assert_eq!(*home.at("/viewer/onboarding/showVideo"), json!(true), "{}", home.text);
    app.ask(&imogen, "mutation { onboardingDismiss { userErrors { code } } }").await;
    assert_eq!(*app.ask(&imogen, HOME).await.at("/viewer/onboarding/showVideo"), json!(false));

    // A second and a third client follow; a fourth has to wait.
    let mut places = Vec::new();
    for (name, address) in [("Rafe Hale", "rafe@mail.example"), ("Lena Ortiz", "lena@mail.example")] {
        let card = client_create(&app, &owner, name, address).await;
        let added = add(&app, &owner, house, &card, true).await;
        assert_eq!(codes(&added), Vec::<&str>::new(), "{added}");
        places.push(added["projectClient"]["id"].clone());
    }
    let (rafe, lena) = (comes_in(&app, "rafe@mail.example").await, comes_in(&app, "lena@mail.example").await);
    let fourth = client_create(&app, &owner, "Odd One", "odd@mail.example").await;
    assert_eq!(codes(&add(&app, &owner, house, &fourth, true).await), ["INVITATION_LIMIT"]);

    // Rafe becomes the primary client, without a notification.
    let mails = app.db_mails().await.len();
    let own = place_of(&app, &owner, house, "Imogen Hale").await;
    make_primary(&app, &owner, &own["id"]).await;
    assert_eq!(make_primary(&app, &owner, &places[0]).await["projectClient"]["isPrimary"], true);
    assert_eq!(place_of(&app, &owner, house, "Imogen Hale").await["isPrimary"], false);
    assert_eq!(app.db_mails().await.len(), mails);

    // Lena is removed: without access at the next request, here and at the other gateway; the others and her contact
    // stay.
    let name = json!({ "id": house });
    let query = "query($id: ID!) { project(id: $id) { name } }";
    for gateway in [&app, &other, &app, &other] {
        assert_eq!(*gateway.ask_with(&lena, query, name.clone()).await.at("/project/name"), json!("Hale house"));
    }
    remove(&app, &owner, &places[1]).await;
    for gateway in [&app, &other] {
        assert_eq!(*gateway.ask_with(&lena, query, name.clone()).await.at("/project"), Value::Null);
        assert_eq!(*gateway.ask_with(&rafe, query, name.clone()).await.at("/project/name"), json!("Hale house"));
    }
    let cards = app.ask(&owner, "{ company { contacts(query: \"Lena\") { nodes { name } } } }").await;
    assert_eq!(*cards.at("/company/contacts/nodes"), json!([{ "name": "Lena Ortiz" }]));
    // Her slot is free again.
    let sent = add(&app, &owner, house, &fourth, true).await;
    assert_eq!(sent["projectClient"]["invitation"]["state"], "INVITED", "{sent}");

    // Every step is in the audit log, in order.
    let trail =
        app.database().db_texts("select kind as text from activity where project_id is not null order by at, id").await;
    for kind in [
        "PROJECT_CREATED",
        "INVITATION_SENT",
        "INVITATION_ACCEPTED",
        "PROJECT_CLIENT_ADDED",
        "PRIMARY_CLIENT_CHANGED",
        "PROJECT_CLIENT_REMOVED",
    ] {
        assert!(trail.iter().any(|row| row == kind), "{kind}: {trail:?}");
    }
}
