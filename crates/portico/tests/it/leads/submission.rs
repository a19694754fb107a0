//! Tests of submissions of lead forms and their limits (LEAD-1 to LEAD-3).

use axum::body::Body;
use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{change, refusals};

/// A submission with this sender's name.
fn form(slug: &str, key: &str, more: &str) -> String {
    format!(
        "input: {{ companySlug: \"{slug}\", formKey: \"{key}\", name: \"Uma Vance\", email: \"uma@mail.example\", {more} }}"
    )
}

async fn submit(app: &TestApp, more: &str) -> Value {
    let input = form("alderbrook", "demo-form-alderbrook", more);
    change(app, &Person::public(), "leadSubmit", &input, "received").await
}

/// Submits enough forms from other networks to throttle the company's form.
async fn db_brake(app: &TestApp) {
    app.database()
        .db_execute(
            "insert into activity (id, at, company_id, kind, actor_kind, network, details)
            select gen_random_uuid(), now() - interval '2 hours', id, 'LEAD_SUBMITTED', 'PUBLIC', '198.51.100.' || n,
                '{\"state\": \"NEW\"}'
            from companies, generate_series(1, 200) n where slug = 'alderbrook'",
        )
        .await;
}

#[tokio::test]
async fn form_creates_contact_and_web_lead() {
    // LEAD-1, LEAD-3
    let app = TestApp::demo().await;
    let sent = submit(&app, "phone: \"+1 360 555 0155\", message: \"Do you build\\nbarns?\", website: \"\"").await;
    assert_eq!(sent, json!({ "received": true, "userErrors": [] }));
    let robin = app.db_staff(&[Permission::LeadsManage, Permission::ClientsInvite]).await;
    let query = "{ company { leads(first: 1) { nodes { id state source name email phone message interest contactId project { id } } } } }";
    let lead = app.ask(&robin, query).await.at("/company/leads/nodes/0").clone();
    let expected = json!({
        "id": lead["id"], "state": "NEW", "source": "WEB", "name": "Uma Vance", "email": "uma@mail.example",
        "phone": "+13605550155", "message": "Do you build\nbarns?", "interest": null, "project": null,
        "contactId": lead["contactId"],
    });
    assert_eq!(lead, expected);
    let card = format!(
        "{{ node(id: {}) {{ ... on Contact {{ kind name isUserManaged internalNotes }} }} }}",
        lead["contactId"]
    );
    let expected = json!({ "kind": "MISC", "name": "Uma Vance", "isUserManaged": false, "internalNotes": null });
    assert_eq!(app.ask(&robin, &card).await.data()["node"], expected);
    // An unverified address links no account.
    assert_eq!(
        app.database().db_count("select count(*) from identities where email_canonical = 'uma@mail.example'").await,
        0
    );
    assert_eq!(app.database().db_count("select count(*) from jobs").await, 0);
    let rows = "select kind || ' ' || actor_kind || ' ' || subject_kind as text from activity";
    assert_eq!(app.database().db_texts(rows).await, ["LEAD_SUBMITTED PUBLIC LEAD"]);
}

#[tokio::test]
async fn form_errors_are_named() {
    let app = TestApp::demo().await;
    let wrong = "input: { companySlug: \"alderbrook\", formKey: \"demo-form-alderbrook\", name: \"\", email: \"none\", phone: \"x\" }";
    let payload = change(&app, &Person::public(), "leadSubmit", wrong, "received").await;
    assert_eq!(refusals(&payload), ["BLANK input.name", "INVALID input.email", "INVALID input.phone"]);
    assert_eq!(
        refusals(&submit(&app, &format!("message: \"{}\"", "a".repeat(4_001))).await),
        ["TOO_LONG input.message"]
    );
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn closed_and_unknown_forms_are_alike() {
    // LEAD-2
    let app = TestApp::demo().await;
    app.database().db_execute("update lead_forms set is_open = false where key = 'demo-form-fernhill'").await;
    let mut replies = std::collections::BTreeSet::new();
    for (slug, key) in [
        ("nowhere", "demo-form-alderbrook"),
        ("alderbrook", "wrong"),
        ("alderbrook", ""),
        ("fernhill", "demo-form-fernhill"),
        ("fernhill", "demo-form-alderbrook"),
    ] {
        for more in ["", "website: \"https://spam.example\""] {
            let payload = change(&app, &Person::public(), "leadSubmit", &form(slug, key, more), "received").await;
            replies.insert(payload.to_string());
        }
    }
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.contains("NOT_FOUND")), "{replies:?}");
    assert_eq!(app.database().db_count("select count(*) from leads where state = 'NEW' and source = 'WEB'").await, 1);
}

#[tokio::test]
async fn bot_gets_success_and_leaves_no_lead() {
    let app = TestApp::demo().await;
    let counts = "select (select count(*) from contacts) * 1000 + (select count(*) from leads) as count";
    let before = app.database().db_count(counts).await;
    let machine = submit(&app, "message: \"Cheap pills\", website: \"https://spam.example\"").await;
    assert_eq!(app.database().db_count(counts).await, before);
    let person = submit(&app, "message: \"Hello\"").await;
    assert_eq!(app.database().db_count(counts).await, before + 1_001);
    assert_eq!(machine, person);
    let rows =
        "select (details->>'state') || ' ' || (details::text || coalesce(device, '') ~ 'pills|Uma')::text as text
        from activity order by at, id";
    assert_eq!(app.database().db_texts(rows).await, ["SPAM false", "NEW false"]);
}

#[tokio::test]
async fn forms_are_limited_per_network() {
    // LEAD-1
    let app = TestApp::demo().await;
    // Forms of bots count like others, and get the same replies.
    for number in 0..portico_actions::leads::FORMS_PER_NETWORK_PER_HOUR {
        let website = if number % 2 == 0 { "" } else { "website: \"x\"" };
        assert_eq!(submit(&app, website).await["received"], json!(true), "{number}");
    }
    assert_eq!(app.database().db_count("select count(*) from leads where name = 'Uma Vance'").await, 3);
    let over = submit(&app, "").await;
    let of_bot = submit(&app, "website: \"x\"").await;
    assert_eq!(refusals(&of_bot), refusals(&over));
    assert_eq!((refusals(&over), &over["received"]), (vec!["TOO_MANY_ATTEMPTS ".to_owned()], &json!(null)));
    let wait = over["userErrors"][0]["meta"]["retryAfterSeconds"].as_i64().expect("a time to wait");
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    // Forms of all companies are counted together; unknown forms are not found.
    for (slug, key, code) in
        [("fernhill", "demo-form-fernhill", "TOO_MANY_ATTEMPTS "), ("nowhere", "wrong", "NOT_FOUND ")]
    {
        let other = change(&app, &Person::public(), "leadSubmit", &form(slug, key, ""), "received").await;
        assert_eq!(refusals(&other), [code]);
    }
    let query = format!("mutation {{ leadSubmit({}) {{ received }} }}", form("alderbrook", "demo-form-alderbrook", ""));
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"] {
        let request = app.post(&Person::public()).header(header, "203.0.113.77");
        let body = Body::from(json!({ "query": query }).to_string());
        let reply = app.send(request.body(body).expect("a request can be made")).await;
        assert_eq!(*reply.at("/leadSubmit/received"), json!(null), "{header}");
    }
    // An hour later submissions work again, until the company is throttled for the day.
    app.database()
        .db_execute("alter table activity disable trigger user; update activity set at = at - interval '61 minutes'")
        .await;
    assert_eq!(submit(&app, "").await["received"], json!(true));
    db_brake(&app).await;
    assert_eq!(refusals(&submit(&app, "").await), ["TOO_MANY_ATTEMPTS "]);
    let other =
        change(&app, &Person::public(), "leadSubmit", &form("fernhill", "demo-form-fernhill", ""), "received").await;
    assert_eq!(other["received"], json!(true));
}

/// The wait of the only user error, in seconds.
fn wait_of(payload: &Value) -> i64 {
    assert_eq!(refusals(payload), ["TOO_MANY_ATTEMPTS "]);
    payload["userErrors"][0]["meta"]["retryAfterSeconds"].as_i64().expect("a time to wait")
}

#[tokio::test]
async fn longest_wait_of_all_limits_is_returned() {
    // LEAD-1
    let app = TestApp::demo().await;
    for _ in 0..portico_actions::leads::FORMS_PER_NETWORK_PER_HOUR {
        assert_eq!(submit(&app, "").await["received"], json!(true));
    }
    // Invalid forms exhaust the attempts of this network, without counting toward the hourly limit.
    for _ in portico_actions::leads::FORMS_PER_NETWORK_PER_HOUR..20 {
        assert_eq!(refusals(&submit(&app, "phone: \"x\"").await), ["INVALID input.phone"]);
    }
    let over = submit(&app, "").await;
    let wait = wait_of(&over);
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    let message = over["userErrors"][0]["message"].as_str().expect("a message");
    assert!(message.ends_with("try again in 60 min") || message.ends_with("try again in 59 min"), "{message}");
    // A throttled company makes this network wait for a day.
    db_brake(&app).await;
    let wait = wait_of(&submit(&app, "").await);
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    // Other forms are not throttled, and an unknown form has no company.
    for (slug, key) in [("fernhill", "demo-form-fernhill"), ("nowhere", "wrong")] {
        let other = change(&app, &Person::public(), "leadSubmit", &form(slug, key, ""), "received").await;
        let wait = wait_of(&other);
        assert!((3_500..=3_600).contains(&wait), "{slug}: {wait}");
    }
}

#[tokio::test]
async fn hourly_limit_reports_the_daily_one() {
    let app = TestApp::demo().await;
    for _ in 0..portico_actions::leads::FORMS_PER_NETWORK_PER_HOUR {
        assert_eq!(submit(&app, "").await["received"], json!(true));
    }
    db_brake(&app).await;
    let wait = wait_of(&submit(&app, "").await);
    assert!((86_000..=86_400).contains(&wait), "{wait}");
}
