//! Tests of mails to unconfirmed addresses: limited per sender and recipient, without free text (ROB-24).

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{STRANGER, codes, db_signed_in_just_now, mailed_token};
use crate::support::clients::{add, client_create};
use crate::support::project;

const ADDRESS: &str = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) {
    userErrors { code message meta { retryAfterSeconds } } } }";

async fn ask_for(app: &TestApp, person: &Person, email: &str) -> Value {
    let reply = app.ask_with(person, ADDRESS, json!({ "input": { "email": email } })).await;
    reply.at("/viewerUpdate").clone()
}

#[tokio::test]
async fn strangers_mailed_per_day_are_limited() {
    // ROB-24
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let name = "Win a prize at evil-example";
    let renamed = app.ask_with(&Person::client(), ADDRESS, json!({ "input": { "name": name } })).await;
    assert_eq!(codes(renamed.at("/viewerUpdate")), Vec::<&str>::new(), "{}", renamed.text);
    let mut refusals = Vec::new();
    for place in 0..8 {
        let payload = ask_for(&app, &Person::client(), &format!("{place}-{STRANGER}")).await;
        refusals.extend(codes(&payload).into_iter().map(str::to_owned));
        let retry = &payload["userErrors"][0]["meta"]["retryAfterSeconds"];
        assert!(place < 5 || retry.as_i64().is_some_and(|seconds| seconds > 3_600), "{payload}");
    }
    assert_eq!(refusals, ["TOO_MANY_ATTEMPTS"; 3]);
    let mails = app.db_mails().await;
    assert_eq!(mails.len(), 5);
    for mail in mails {
        assert_eq!(mail.to_name, None);
        let said = [&mail.subject, &mail.text, &mail.html];
        assert!(!said.iter().any(|text| text.contains("prize") || text.contains("evil")), "{said:?}");
    }
    assert_eq!(
        codes(&ask_for(&app, &Person::named("ben"), STRANGER).await),
        Vec::<&str>::new(),
        "other callers continue"
    );
}

#[tokio::test]
async fn corrected_address_learns_no_name() {
    // ROB-24: support writes to an unconfirmed address.
    let app = TestApp::demo().await;
    let open =
        "mutation($input: AccountOpenInput!) { accountOpen(input: $input) { account { id } userErrors { code } } }";
    let input = json!({ "input": { "email": crate::support::accounts::ANA, "reason": "asked" } });
    let opened = app.ask_with(&Person::support(), open, input).await;
    let correct = "mutation($input: AccountCorrectInput!) { accountCorrect(input: $input) { userErrors { code } } }";
    let input =
        json!({ "accountId": opened.at("/accountOpen/account/id"), "verificationNote": "verified", "email": STRANGER });
    let corrected = app.ask_with(&Person::support(), correct, json!({ "input": input })).await;
    assert_eq!(codes(corrected.at("/accountCorrect")), Vec::<&str>::new(), "{}", corrected.text);
    let names: Vec<_> = app.db_mails().await.into_iter().map(|mail| (mail.to_address, mail.to_name)).collect();
    let expected =
        [(crate::support::accounts::ANA.to_owned(), Some("Ana Whitlock".to_owned())), (STRANGER.to_owned(), None)];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn company_mail_budget_is_enforced() {
    // ROB-24: a hundred at once of any mail, and other companies are not affected.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    // A project has at most three invitations: each is withdrawn again, and its mail stays counted.
    let ridge = project(&app, "alderbrook/ridge-view");
    for place in 0..100 {
        let contact = client_create(&app, &owner, "Kim Sorel", &format!("{place}-{STRANGER}")).await;
        let added = add(&app, &owner, &ridge, &contact, true).await;
        assert_eq!(codes(&added), Vec::<&str>::new(), "{place}: {added}");
        crate::support::clients::remove(&app, &owner, &added["projectClient"]["id"]).await;
    }
    let last = client_create(&app, &owner, "Kim Sorel", STRANGER).await;
    assert_eq!(codes(&add(&app, &owner, &ridge, &last, true).await), ["TOO_MANY_ATTEMPTS"]);
    let review = "mutation($id: ID!) { clientRequestContactReview(input: { id: $id }) { userErrors { code } } }";
    let id = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let refused = app.ask_with(&owner, review, json!({ "id": id })).await;
    assert_eq!(codes(refused.at("/clientRequestContactReview")), ["TOO_MANY_ATTEMPTS"]);
    assert_eq!(app.db_mails().await.len(), 100);
    // A person's own mails do not count for the company.
    db_signed_in_just_now(&app).await;
    assert_eq!(codes(&ask_for(&app, &Person::client(), &format!("own-{STRANGER}")).await), Vec::<&str>::new());
    mailed_token(&app, &format!("own-{STRANGER}")).await;
}

#[tokio::test]
async fn mails_per_recipient_are_limited() {
    // ROB-24: the recipient's budget, in any spelling of the address
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let mut refused = 0;
    for person in [Person::client(), Person::named("ben"), Person::named("hana-client")] {
        for place in 0..5 {
            let payload = ask_for(&app, &person, &format!("nobody.at.all+{place}@mail.example")).await;
            refused += usize::from(codes(&payload) == ["TOO_MANY_ATTEMPTS"]);
        }
    }
    assert_eq!((app.db_mails().await.len(), refused), (10, 5));
}

#[tokio::test]
async fn sign_in_links_per_recipient_are_limited() {
    // ROB-24: from any number of networks, and with the same reply above the limit.
    let app = TestApp::demo().await.rewired(|app| app.proxies = "127.0.0.0/8".parse().expect("a network"));
    let address = app.serve().await;
    let query = format!(
        "mutation {{ magicLinkRequest(input: {{ email: \"{}\" }}) {{ userErrors {{ code }} }} }}",
        crate::support::accounts::ANA
    );
    let mut replies = std::collections::BTreeSet::new();
    for network in 0..14 {
        let request = reqwest::Client::new().post(format!("http://{address}/graphql"));
        let request =
            request.header("x-forwarded-for", format!("203.0.113.{network}")).json(&json!({ "query": query }));
        let reply: Value = request.send().await.expect("it answers").json().await.expect("it is JSON");
        replies.insert(reply["data"].to_string());
    }
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.contains("\"userErrors\":[]")), "{replies:?}");
    assert_eq!(app.db_mails().await.len(), 10);
    // Other mails to the same address continue.
    let review = "mutation($id: ID!) { clientRequestContactReview(input: { id: $id }) { userErrors { code } } }";
    let id = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let reviewed = app.ask_with(&Person::owner(), review, json!({ "id": id })).await;
    assert_eq!(codes(reviewed.at("/clientRequestContactReview")), Vec::<&str>::new(), "{}", reviewed.text);
}
