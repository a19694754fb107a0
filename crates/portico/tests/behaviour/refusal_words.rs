//! Words of refusals: what failed, the remedy, and where in the input it is.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

const ERRORS: &str = "userErrors { code field message }";
const UNKNOWN: &str = "AAEAAAAAAAAAAAAAAAAAAAAA";

async fn errors(app: &TestApp, person: &Person, mutation: &str, arguments: &str) -> Value {
    let reply = app.ask(person, &format!("mutation {{ {mutation}({arguments}) {{ {ERRORS} }} }}")).await;
    reply.at(&format!("/{mutation}/userErrors")).clone()
}

#[tokio::test]
async fn a_wrong_password_is_not_called_a_link() {
    // ROB-16
    let app = TestApp::demo().await;
    let wrong = json!([{ "code": "SIGN_IN_REFUSED", "field": null, "message": "email or password is wrong" }]);
    for email in ["ana.whitlock@mail.example", "nobody@mail.example", "margot@alderbrook.example"] {
        let input = format!("input: {{ email: \"{email}\", password: \"not this one\" }}");
        assert_eq!(errors(&app, &Person::nobody(), "signIn", &input).await, wrong, "{email}");
    }
    let link = json!([{ "code": "SIGN_IN_REFUSED", "field": null, "message": "this link does not work; ask for a fresh one" }]);
    for (mutation, more) in [("magicLinkConsume", ""), ("passwordSet", ", password: \"nine walnut boards, oiled\"")] {
        let input = format!("input: {{ token: \"gone\"{more} }}");
        assert_eq!(errors(&app, &Person::nobody(), mutation, &input).await, link, "{mutation}");
    }
}

#[tokio::test]
async fn nobody_who_is_signed_in_is_refused_sign_in() {
    // ROB-16
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::staff(), Person::trade()] {
        for (mutation, arguments, field) in [
            (
                "viewerPasswordChange",
                "input: { currentPassword: \"x\", newPassword: \"nine walnut boards\" }",
                json!(["input", "currentPassword"]),
            ),
            ("viewerUpdate", "input: { email: \"new@mail.example\" }", json!(["input", "currentPassword"])),
            ("emailConfirm", "token: \"gone\"", json!(["token"])),
        ] {
            let told = errors(&app, &person, mutation, arguments).await;
            assert_eq!((&told[0]["code"], &told[0]["field"]), (&json!("INVALID"), &field), "{mutation}: {told}");
        }
    }
}

#[tokio::test]
async fn what_was_omitted_is_not_called_empty() {
    // ROB-16
    let app = TestApp::demo().await;
    let made = app
        .ask(&Person::owner(), "mutation { helpArticleSave(input: { title: \"A\", body: \"B\" }) { helpArticle { id } userErrors { code } } }")
        .await;
    let id = made.at("/helpArticleSave/helpArticle/id").as_str().expect("it has an id").to_owned();
    for (mutation, arguments, field, word) in [
        (
            "helpArticleSave",
            format!("input: {{ id: \"{id}\", title: \"A\", body: \"B\" }}"),
            "expectedVersion",
            "`version`",
        ),
        ("apiKeyCreate", "input: { name: \"A\", days: 9, permissions: [] }".to_owned(), "permissions", "permission"),
        (
            "apiKeyCreate",
            "input: { name: \"A\", days: 9, permissions: [PROJECTS_READ], projectIds: [] }".to_owned(),
            "projectIds",
            "omit it",
        ),
    ] {
        let told = errors(&app, &Person::owner(), mutation, &arguments).await;
        assert_eq!((&told[0]["code"], &told[0]["field"]), (&json!("BLANK"), &json!(["input", field])), "{told}");
        let message = told[0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(word) && !message.contains("empty"), "{message}");
    }
}

#[tokio::test]
async fn errors_name_the_arguments_that_there_are() {
    // ROB-16: each first word of a path is an argument of the mutation that was asked.
    let app = TestApp::demo().await;
    let schema = app.ask(&Person::owner(), "{ __schema { mutationType { fields { name args { name } } } } }").await;
    let mut seen = 0;
    for field in schema.at("/__schema/mutationType/fields").as_array().expect("a list") {
        let name = field["name"].as_str().expect("it has a name");
        let arguments: Vec<_> = field["args"].as_array().expect("a list").iter().map(|it| it["name"].clone()).collect();
        // Those that take an id alone are sent one that is nowhere.
        if arguments != [json!("id")] {
            continue;
        }
        for id in ["{}".to_owned(), UNKNOWN.to_owned()] {
            let id = if id == "{}" {
                TestApp::global(portico_core::id::Tag::LEAD, portico_core::id::new_uuid())
            } else {
                id
            };
            let reply = app.ask(&Person::owner(), &format!("mutation {{ {name}(id: \"{id}\") {{ {ERRORS} }} }}")).await;
            let Some(told) = reply.json["data"][name]["userErrors"].as_array() else {
                assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
                continue;
            };
            for error in told.iter().filter(|error| !error["field"].is_null()) {
                assert_eq!(error["field"], json!(["id"]), "{name}: {error}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "only {seen} were refused");
}
