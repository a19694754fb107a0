//! Tests that a view only reads, and that what is personal is null in it.

use portico::throttle::{Rate, RateLimiter, Rates, Throttle};
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp, operations};
use serde_json::{Value, json};

use super::{margot, membership, nora, seen, start, view};
use crate::support::accounts::STRANGER;
use crate::support::clients::{add, client_create};
use crate::support::mutations::{case_of, names};
use crate::support::schema::coordinates_of;
use crate::support::{MAPLE, of_project, project};

/// A digest of each table but those that keep what was sent of changes, and of what was counted while sending it.
async fn tables(app: &TestApp) -> Vec<String> {
    let rows = "select md5(coalesce(string_agg(t::text, e''\\n'' order by t::text), '''')) as d from %I t";
    let digests = format!(
        "select tablename || ' ' ||
            (xpath('/row/d/text()', query_to_xml(format('{rows}', tablename), false, true, '')))[1]::text as text
            from pg_tables where schemaname = 'public' and tablename not in ('sync_states', 'synced_records') order by 1"
    );
    app.database().db_texts(&digests).await
}

#[tokio::test]
async fn every_mutation_is_refused() {
    // PRT-19
    let mut refused = 0;
    for mutation in names().into_iter().filter(|mutation| mutation != "signOut") {
        let app = TestApp::demo().await;
        if !coordinates_of(&app, &Person::client()).await.contains(&format!("Mutation.{mutation}")) {
            continue;
        }
        let case = case_of(&app, &mutation).await;
        let ana = view(&app, &nora(), MAPLE, "client/ana").await;
        let before = tables(&app).await;
        let reply = app.ask_with(&ana, &case.operation(&mutation), case.arguments.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (403, "READ_ONLY"), "{mutation}: {}", reply.text);
        assert!(reply.message().contains("views a client's portal, and changes nothing: use your own token"));
        assert!(reply.json.get("data").is_none(), "{mutation}");
        assert_eq!(tables(&app).await, before, "{mutation}");
        refused += 1;
    }
    assert!(refused >= 15, "{refused}");
}

#[tokio::test]
async fn ending_does_not_carry_other_mutations() {
    let app = TestApp::demo().await;
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    for both in [
        "mutation { signOut { isSignedOut } onboardingDismiss { userErrors { code } } }",
        "mutation { signOut { isSignedOut } ...Rest } fragment Rest on Mutation { onboardingDismiss { userErrors { code } } }",
        "mutation { signOut: onboardingDismiss { userErrors { code } } }",
    ] {
        assert_eq!(app.ask(&ana, both).await.code(), "READ_ONLY", "{both}");
    }
    assert_eq!(seen(&app, &ana).await, ["Maple Street House"], "it has not ended");
    assert_eq!(app.ask(&ana, "mutation { nothing }").await.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn reading_leaves_no_mark() {
    // PRT-19
    let app = TestApp::demo().await;
    let contact = client_create(&app, &Person::owner(), "Kim Vale", STRANGER).await;
    let added = add(&app, &Person::owner(), &project(&app, MAPLE), &contact, true).await;
    let place = added["projectClient"]["id"].as_str().expect("an id").to_owned();
    let payload = start(&app, &Person::owner(), &place).await;
    let kim = Person::with_token(payload["token"].as_str().expect("a token"));
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    let old = "update sessions set last_seen_at = now() - interval '2 hours', created_at = now() - interval '3 hours';
        update client_views set created_at = now() - interval '2 hours'";
    app.database().db_execute(old).await;
    let selection = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let before = tables(&app).await;
    for operation in operations().into_iter().filter(|operation| operation.role == "client") {
        for viewed in [&ana, &kim] {
            let reply =
                app.ask_with(viewed, &operation.text, operation.variables(&project(&app, MAPLE), &selection, "")).await;
            reply.data();
        }
    }
    // Uses of sessions are recorded in the background.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(tables(&app).await, before);
    let invited = "select count(*) from invitations where state = 'INVITED'";
    assert_eq!(app.database().db_count(invited).await, 1, "the view accepted no invitation");
    // The client's own request is recorded.
    app.ask(&Person::client(), "{ viewer { name } }").await.data();
    crate::support::accounts::session_use_noted(&app).await;
    for _ in 0..50 {
        if tables(&app).await != before {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the same digests show what a client's own request writes");
}

const ACCOUNT: &str = "{ viewer { role name email phone locale timeZone sessions { id }
    notificationSettings { instantAlerts } } }";

#[tokio::test]
async fn account_of_the_client_is_not_shown() {
    // PRT-19
    let app = TestApp::demo().await;
    let own = app.ask(&Person::client(), ACCOUNT).await;
    assert!(own.at("/viewer/phone").is_string() && own.at("/viewer/notificationSettings").is_object(), "{}", own.text);
    let sql = "update identities set locale = 'mi-NZ', time_zone = 'Pacific/Auckland' where id in (
        select identity_id from sessions where token_hash = '";
    app.database().db_execute(&format!("{sql}{}')", Person::client().token_hash())).await;
    for (staff, email) in [(nora(), Value::Null), (Person::owner(), own.at("/viewer/email").clone())] {
        let ana = view(&app, &staff, MAPLE, "client/ana").await;
        let expected = json!({ "role": "CLIENT", "name": own.at("/viewer/name"), "email": email, "phone": null,
            "locale": "en-US", "timeZone": "America/Los_Angeles", "sessions": [], "notificationSettings": null });
        assert_eq!(*app.ask(&ana, ACCOUNT).await.at("/viewer"), expected);
    }
    // An address that the company does not know stays unknown to it.
    let sql = "update identities set email = 'a@else.example', email_canonical = 'a@else.example' where id in (
        select identity_id from sessions where token_hash = '";
    app.database().db_execute(&format!("{sql}{}')", Person::client().token_hash())).await;
    let ana = view(&app, &Person::owner(), MAPLE, "client/ana").await;
    assert_eq!(app.ask(&ana, ACCOUNT).await.at("/viewer/email"), &Value::Null);
}

#[tokio::test]
async fn viewed_name_is_the_one_that_staff_know() {
    // INV-15: another company's name of a person without an account is not disclosed.
    let app = TestApp::demo().await;
    let contact = client_create(&app, &margot(), "Kim of Fernhill", STRANGER).await;
    assert!(!contact.is_empty());
    let contact = client_create(&app, &Person::owner(), "Kim Vale", STRANGER).await;
    let added = add(&app, &Person::owner(), &project(&app, MAPLE), &contact, true).await;
    let place = added["projectClient"]["id"].as_str().expect("an id").to_owned();
    let payload = start(&app, &nora(), &place).await;
    let kim = Person::with_token(payload["token"].as_str().expect("a token"));
    assert_eq!(app.ask(&kim, "{ viewer { name } }").await.at("/viewer/name"), "Kim Vale");
}

const RIGHTS: &str = "contractTotal { amount } viewerMembership { id isPrimary canPay canSeeStatus canApprove }";

#[tokio::test]
async fn viewer_membership_has_the_rights() {
    // PRT-20
    let app = TestApp::demo().await;
    let shown = async |person: &Person| of_project(&app, person, MAPLE, RIGHTS).await;
    let id = |client: &str| membership(&app, MAPLE, client);
    let ana =
        json!({ "id": id("client/ana"), "isPrimary": true, "canPay": true, "canSeeStatus": true, "canApprove": true });
    let (of_ana, of_ben) = (shown(&Person::client()).await, shown(&Person::named("ben")).await);
    assert_eq!(of_ana["viewerMembership"], ana);
    let ben = &of_ben["viewerMembership"];
    assert_eq!(
        (&ben["id"], &ben["isPrimary"], &ben["canPay"]),
        (&json!(id("client/ben")), &json!(false), &json!(false))
    );
    for staff in [Person::owner(), Person::staff(), Person::reporting()] {
        assert_eq!(shown(&staff).await["viewerMembership"], Value::Null);
    }
    let (viewed_ana, viewed_ben) =
        (view(&app, &nora(), MAPLE, "client/ana").await, view(&app, &nora(), MAPLE, "client/ben").await);
    assert_eq!(shown(&viewed_ana).await, of_ana);
    assert_eq!(shown(&viewed_ben).await, of_ben);
    assert_eq!(of_ben["contractTotal"], Value::Null);
    // A change of the client's rights reaches both at the next request.
    let update = "mutation($id: ID!) { projectClientUpdate(input: { id: $id, canPay: true, canApprove: false }) {
        userErrors { code } } }";
    app.ask_with(&Person::owner(), update, json!({ "id": id("client/ben") })).await.data();
    let changed = shown(&viewed_ben).await;
    assert_eq!(changed, shown(&Person::named("ben")).await);
    assert_eq!(
        (&changed["viewerMembership"]["canPay"], &changed["viewerMembership"]["canApprove"]),
        (&json!(true), &json!(false))
    );
    assert!(changed["contractTotal"].is_object(), "{changed}");
}

#[tokio::test]
async fn view_counts_for_the_staff_member() {
    // API-6
    let small = Rate { capacity: 12, per_second: 1 };
    let rates = Rates { public: small, outsiders: small, staff: small };
    let app = TestApp::demo().await;
    let (ana, ben) = (view(&app, &nora(), MAPLE, "client/ana").await, view(&app, &nora(), MAPLE, "client/ben").await);
    let app = app.rewired(|app| app.throttle = Throttle::On { rates, limiter: RateLimiter::new(None) });
    let status = async |person: &Person| app.ask(person, "{ viewer { role } }").await.status.as_u16();
    let mut answered = 0;
    while status(&ana).await == 200 {
        answered += 1;
        assert!(answered < 100, "no request was refused");
    }
    assert_eq!((status(&ben).await, status(&nora()).await), (429, 429), "her other view, and her own requests");
    for other in [Person::client(), Person::named("ben"), Person::owner()] {
        assert_eq!(status(&other).await, 200);
    }
}
