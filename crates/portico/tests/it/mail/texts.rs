//! Tests of changes to a company's mail texts (INV-14, INV-16 to INV-18).

use portico_core::access::Permission;
use portico_core::mail::{MailJob, MailTemplate};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use portico_testkit::queue::{insert, sign_in_link};

const TEMPLATES: &str =
    "{ company { emailTemplates { key title body isCustomized isCustomizable placeholders version } } }";
const UPDATE: &str = "mutation($input: EmailTemplateUpdateInput!) { emailTemplateUpdate(input: $input) {
    emailTemplate { key body isCustomized version } userErrors { code field message } } }";
const WELCOME: &str = "CUSTOMER_INVITATION_WITH_ACCOUNT";

async fn updated(app: &TestApp, person: &Person, input: Value) -> Value {
    app.ask_with(person, UPDATE, json!({ "input": input })).await.data()["emailTemplateUpdate"].clone()
}

/// Input with another text for the welcome mail.
fn welcome(body: &str, version: i32) -> Value {
    json!({ "key": WELCOME, "body": body, "expectedVersion": version })
}

/// Code and member of the only error.
fn refusal(payload: &Value) -> (String, String) {
    let errors = payload["userErrors"].as_array().expect("a list");
    assert_eq!((errors.len(), &payload["emailTemplate"]), (1, &Value::Null), "{payload}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&errors[0]["code"]), text(&errors[0]["field"][1]))
}

async fn templates(app: &TestApp, person: &Person) -> Vec<Value> {
    app.ask(person, TEMPLATES).await.at("/company/emailTemplates").as_array().expect("a list").clone()
}

async fn manager(app: &TestApp) -> Person {
    app.db_staff(&[Permission::EmailTemplatesManage]).await
}

/// The next welcome mail of the demo's first company.
async fn next_welcome(app: &TestApp, key: &str) -> (String, String) {
    let delivery = MailJob {
        template: MailTemplate::CustomerInvitationFromAnotherOffice,
        values: json!({ "project": "Maple Street" }),
        link: None,
        ..sign_in_link(key, "ana@client.example")
    };
    insert(app, &[delivery]).await.expect("it can be written");
    let mail = app.db_mails().await.into_iter().find(|mail| mail.key == key).expect("it is there");
    (mail.subject, mail.text)
}

#[tokio::test]
async fn templates_need_the_permission() {
    // INV-18, VIS-20
    let app = TestApp::demo().await;
    for person in [manager(&app).await, Person::owner()] {
        let all = templates(&app, &person).await;
        assert_eq!(all.len(), MailTemplate::ALL.len());
        let of = |key: &str| all.iter().find(|template| template["key"] == key).expect("it is there");
        let locked = json!({ "key": "CUSTOMER_INVITATION", "title": "{{company}} invites you to your project's portal",
            "body": null, "isCustomized": false, "isCustomizable": false, "placeholders": [], "version": 0 });
        assert_eq!(*of("CUSTOMER_INVITATION"), locked);
        let welcome = of(WELCOME);
        assert!(welcome["body"].as_str().is_some_and(|body| body.contains("good to be building with you again")));
        assert_eq!((&welcome["isCustomized"], &welcome["isCustomizable"]), (&json!(true), &json!(true)));
        assert_eq!(welcome["placeholders"], json!(["name", "company", "project", "portal"]));
    }
    let elsewhere = templates(&app, &Person::named("margot")).await;
    let standard = elsewhere.iter().find(|template| template["key"] == WELCOME).expect("it is there");
    assert!(standard["body"].as_str().is_some_and(|body| body.contains("You already have an account")), "{standard}");
    assert_eq!((&standard["isCustomized"], &standard["version"]), (&json!(false), &json!(0)));
    let without = app.db_staff(&[Permission::ProjectsRead, Permission::SettingsManage]).await;
    for person in [without, Person::staff(), Person::reporting(), Person::client(), Person::trade(), Person::public()] {
        for (query, variables) in [(TEMPLATES, json!({})), (UPDATE, json!({ "input": welcome("x", 1) }))] {
            let reply = app.ask_with(&person, query, variables).await;
            assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn next_mail_has_the_edited_text() {
    // INV-16
    let app = TestApp::demo().await;
    let person = manager(&app).await;
    let body = " Kia ora {{name}},\r\n{{project}} waits at {{portal}}. <b>{{company}}</b> ";
    let payload = updated(&app, &person, welcome(body, 1)).await;
    let kept = "Kia ora {{name}},\n{{project}} waits at {{portal}}. <b>{{company}}</b>";
    let expected = json!({ "key": WELCOME, "body": kept, "isCustomized": true, "version": 2 });
    assert_eq!(payload, json!({ "emailTemplate": expected, "userErrors": [] }));
    let (subject, text) = next_welcome(&app, "edited").await;
    assert!(text.contains("Kia ora Ana Whitlock,"), "{text}");
    assert!(text.contains("Maple Street waits at https://portal.alderbrook.example"), "{text}");
    assert_eq!(subject, "Welcome to the portal of Alderbrook Homes", "INV-17");
    // Back to the standard text; the version increases, so that the next text is not taken for the first one.
    let payload = updated(&app, &Person::owner(), welcome(" \n", 2)).await;
    assert_eq!(
        (&payload["emailTemplate"]["isCustomized"], &payload["emailTemplate"]["version"]),
        (&json!(false), &json!(3))
    );
    assert!(next_welcome(&app, "standard").await.1.contains("You already have an account"));
    assert_eq!(
        refusal(&updated(&app, &person, welcome("Again", 0)).await),
        ("CONFLICT".into(), "expectedVersion".into())
    );
    assert_eq!(updated(&app, &person, welcome("Again", 3)).await["emailTemplate"]["version"], 4);
    // Another company's mails stay the same.
    let other = templates(&app, &Person::named("margot")).await;
    assert!(!other.iter().any(|template| template["isCustomized"] == true), "{other:?}");
    let trail = "select a.actor_kind || ' ' || (a.details ->> 'key') || ' ' || (a.details ->> 'version') || ' '
            || (a.details ->> 'isStandard') || ' ' || c.slug as text
        from activity a join companies c on c.id = a.company_id where a.kind = 'EMAIL_TEMPLATE_CHANGED' order by a.id";
    let of = |rest: &str| format!("STAFF {} {rest} alderbrook", MailTemplate::CustomerInvitationFromAnotherOffice);
    let expected = [of("2 false"), of("3 true").replace("STAFF", "OWNER"), of("4 false")];
    assert_eq!(app.database().db_texts(trail).await, expected);
}

#[tokio::test]
async fn first_text_replaces_the_standard_one() {
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    assert_eq!(refusal(&updated(&app, &margot, welcome("Bonjour {{name}}", 1)).await).0, "CONFLICT");
    let payload = updated(&app, &margot, welcome("Bonjour {{name}}", 0)).await;
    assert_eq!(payload["emailTemplate"]["version"], 1, "{payload}");
    assert_eq!(refusal(&updated(&app, &margot, welcome("Bonsoir", 0)).await).0, "CONFLICT");
    assert!(!next_welcome(&app, "ours").await.1.contains("Bonjour"), "the other company's mails are unchanged");
}

#[tokio::test]
async fn locked_texts_and_titles_cannot_change() {
    // INV-14, INV-17
    let app = TestApp::demo().await;
    let before = templates(&app, &Person::owner()).await;
    for person in [manager(&app).await, Person::owner()] {
        for template in MailTemplate::ALL.iter().filter(|template| !template.is_customizable()) {
            let input = json!({ "key": template.as_str(), "body": "Click {{portal}}", "expectedVersion": 0 });
            assert_eq!(refusal(&updated(&app, &person, input).await), ("TEMPLATE_LOCKED".into(), "key".into()));
        }
        for title in ["Mine", "", "Welcome to the portal of {{company}}"] {
            let mut input = welcome("Hello {{name}}", 1);
            input["title"] = json!(title);
            let reply = app.ask_with(&person, UPDATE, json!({ "input": input })).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "no input has a title: {}", reply.text);
        }
    }
    assert_eq!(templates(&app, &Person::owner()).await, before);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
}

#[tokio::test]
async fn invalid_texts_are_rejected_with_a_reason() {
    let app = TestApp::demo().await;
    for (body, code, named) in [
        ("Hello {{nmae}}".to_owned(), "INVALID", "`{{nmae}}` is not a placeholder"),
        ("Hello {{link}}".to_owned(), "INVALID", "`{{link}}`"),
        ("Hello {{name".to_owned(), "INVALID", "not closed"),
        ("a\u{90}b".to_owned(), "INVALID", "control characters"),
        ("x".repeat(5_001), "TOO_LONG", "5000"),
    ] {
        let payload = updated(&app, &Person::owner(), welcome(&body, 1)).await;
        assert_eq!(refusal(&payload), (code.to_owned(), "body".to_owned()));
        assert!(payload["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains(named)), "{payload}");
    }
    assert!(next_welcome(&app, "kept").await.1.contains("good to be building with you again"));
}
