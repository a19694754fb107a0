//! Tests of the formats of scalars, in every field that has them.

use std::collections::{BTreeMap, BTreeSet};

use portico_testkit::{Person, Shape, TestApp};
use serde_json::{Value, json};

use super::crawl::crawled;
use crate::support::schema::whole;

/// Values of the fields of one scalar, by coordinate. Objects carry their `__typename`.
fn collect(shape: &Shape, scalar: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(fields) => {
            let ty = fields.get("__typename").and_then(Value::as_str).unwrap_or_default();
            for (name, value) in fields {
                let is_one = shape.field(ty, name).is_some_and(|field| field.ty == scalar);
                if let (true, Some(text)) = (is_one, value.as_str()) {
                    found.entry(format!("{ty}.{name}")).or_default().push(text.to_owned());
                }
                collect(shape, scalar, value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| collect(shape, scalar, value, found)),
        _ => {}
    }
}

fn coordinates(shape: &Shape, scalar: &str) -> BTreeSet<String> {
    let types = shape.types().map(|(ty, _)| ty);
    let fields = types.flat_map(|ty| shape.fields(ty).iter().map(move |field| (ty, field)));
    fields.filter(|(_, field)| field.ty == scalar).map(|(ty, field)| format!("{ty}.{}", field.name)).collect()
}

/// All answers of the demo's people, and of a few mutations.
async fn answers(app: &TestApp) -> Vec<Value> {
    let mut answers = Vec::new();
    let keys = "mutation { apiKeyCreate(input: { name: \"A\", permissions: [PROJECTS_READ], lifetimeDays: 1 }) { userErrors { code } } }";
    app.ask(&Person::owner(), keys).await.data();
    let email = "ana.whitlock@mail.example";
    let open = "mutation($email: String!) { accountOpen(input: { email: $email, reason: \"call\" }) { __typename
        account { __typename id accessExpiresAt phone } userErrors { code } } }";
    let opened = app.ask_with(&Person::support(), open, json!({ "email": email })).await;
    let correct = "mutation($id: ID!) { accountCorrect(input: { accountId: $id, verificationNote: \"passport\", name: \"Ana\" }) {
        account { __typename accessExpiresAt phone supportNotes { __typename createdAt } } userErrors { code } } }";
    let id = opened.at("/accountOpen/account/id").clone();
    answers.push(opened.data().clone());
    answers.push(app.ask_with(&Person::support(), correct, json!({ "id": id })).await.data().clone());
    let host = crate::support::schema::HOST;
    let portal = format!("{{ portal(host: \"{host}\") {{ __typename branding {{ __typename publicPhone }} }} }}");
    answers.push(app.ask(&Person::public(), &portal).await.data().clone());
    for person in [Person::owner(), Person::client(), Person::trade(), Person::named("margot"), Person::support()] {
        answers.extend(crawled(app, &person).await);
    }
    answers
}

fn is_instant(text: &str) -> bool {
    let millis = text.len() == "2026-03-02T14:30:00.000Z".len() && text.as_bytes()[19] == b'.';
    millis && text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[tokio::test]
async fn date_times_and_phones_have_one_format() {
    let app = TestApp::demo().await;
    let (shape, answers) = (whole(), answers(&app).await);
    for (scalar, is_valid) in [("DateTime", is_instant as fn(&str) -> bool), ("PhoneNumber", is_e164)] {
        let mut found = BTreeMap::new();
        answers.iter().for_each(|answer| collect(&shape, scalar, answer, &mut found));
        for (coordinate, values) in &found {
            let wrong = values.iter().find(|text| !is_valid(text));
            assert_eq!(wrong, None, "{coordinate}");
        }
        // Some need a state that the demo does not have, such as a removed member of staff.
        let all = coordinates(&shape, scalar).len();
        assert!(found.len() * 2 > all, "{scalar}: values of {} among {all} fields", found.len());
    }
}
