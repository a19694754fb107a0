//! Tests of the texts and paths of user errors.

use portico_core::id::{Tag, new_uuid};
use portico_graphql::Gateway;
use portico_testkit::{Person, Shape, TestApp, TypeShape};
use serde_json::{Value, json};

const ERRORS: &str = "userErrors { code field message }";
const UNKNOWN: &str = "AAEAAAAAAAAAAAAAAAAAAAAA";

async fn errors(app: &TestApp, person: &Person, mutation: &str, arguments: &str) -> Value {
    let reply = app.ask(person, &format!("mutation {{ {mutation}({arguments}) {{ {ERRORS} }} }}")).await;
    reply.at(&format!("/{mutation}/userErrors")).clone()
}

#[tokio::test]
async fn wrong_password_is_not_called_a_link() {
    // ROB-16
    let app = TestApp::demo().await;
    let wrong = json!([{ "code": "SIGN_IN_REFUSED", "field": null, "message": "email or password is wrong" }]);
    for email in ["ana.whitlock@mail.example", "nobody@mail.example", "margot@alderbrook.example"] {
        let input = format!("input: {{ email: \"{email}\", password: \"not this one\" }}");
        assert_eq!(errors(&app, &Person::public(), "signIn", &input).await, wrong, "{email}");
    }
    let link =
        json!([{ "code": "SIGN_IN_REFUSED", "field": null, "message": "this link is not valid: request a new one" }]);
    for (mutation, more) in [("magicLinkConsume", ""), ("passwordSet", ", password: \"nine walnut boards, oiled\"")] {
        let input = format!("input: {{ token: \"gone\"{more} }}");
        assert_eq!(errors(&app, &Person::public(), mutation, &input).await, link, "{mutation}");
    }
}

#[tokio::test]
async fn signed_in_errors_say_invalid() {
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
            ("emailConfirm", "input: { token: \"gone\" }", json!(["input", "token"])),
        ] {
            let rejections = errors(&app, &person, mutation, arguments).await;
            assert_eq!(
                (&rejections[0]["code"], &rejections[0]["field"]),
                (&json!("INVALID"), &field),
                "{mutation}: {rejections}"
            );
        }
    }
}

#[tokio::test]
async fn omitted_values_are_not_called_empty() {
    // ROB-16
    let app = TestApp::demo().await;
    for (mutation, arguments, field, word) in [
        ("locationSave", "input: { name: \"Loft\" }".to_owned(), "projectId", "required"),
        (
            "apiKeyCreate",
            "input: { name: \"A\", lifetimeDays: 9, permissions: [] }".to_owned(),
            "permissions",
            "permission",
        ),
        (
            "apiKeyCreate",
            "input: { name: \"A\", lifetimeDays: 9, permissions: [PROJECTS_READ], projectIds: [] }".to_owned(),
            "projectIds",
            "omit it",
        ),
    ] {
        let rejections = errors(&app, &Person::owner(), mutation, &arguments).await;
        assert_eq!(
            (&rejections[0]["code"], &rejections[0]["field"]),
            (&json!("BLANK"), &json!(["input", field])),
            "{rejections}"
        );
        let message = rejections[0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(word) && !message.contains("empty"), "{message}");
    }
}

#[tokio::test]
async fn user_errors_name_real_argument_paths() {
    // ROB-16, API-10
    let app = TestApp::demo().await;
    let shape = Shape::of(&Gateway::sdl());
    let mut seen = 0;
    for field in shape.fields("Mutation") {
        // Mutations that need only an id get an unknown one.
        let Some(TypeShape::Input(members)) = field.arguments.first().and_then(|argument| shape.get(&argument.ty))
        else {
            continue;
        };
        let required: Vec<_> = members.iter().filter(|member| member.is_required).map(|it| it.name.as_str()).collect();
        if required != ["id"] {
            continue;
        }
        let id = TestApp::global(Tag::LEAD, new_uuid());
        for id in [id.as_str(), UNKNOWN] {
            let name = &field.name;
            let mutation = format!("mutation {{ {name}(input: {{ id: \"{id}\" }}) {{ {ERRORS} }} }}");
            let reply = app.ask(&Person::owner(), &mutation).await;
            let Some(errors) = reply.json["data"][name].get("userErrors").and_then(Value::as_array) else {
                assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
                continue;
            };
            for error in errors.iter().filter(|error| !error["field"].is_null()) {
                assert_eq!(error["field"], json!(["input", "id"]), "{name}: {error}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "only {seen} were rejected");
}
