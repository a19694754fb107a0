//! Tests of the schema's descriptions: complete, and the same for the same convention.

use portico_testkit::{Person, TestApp};
use serde_json::Value;

const SCHEMA: &str = "{ __schema { types { name description fields { name description args { name description } }
    inputFields { name description } enumValues { name description } } } }";

async fn types(app: &TestApp) -> Vec<Value> {
    let schema = app.ask(&Person::owner(), SCHEMA).await;
    let types = schema.at("/__schema/types").as_array().expect("a list").clone();
    types.into_iter().filter(|ty| ty["name"].as_str().is_some_and(|name| !name.starts_with("__"))).collect()
}

fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[member].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

#[tokio::test]
async fn everything_has_a_description() {
    let app = TestApp::demo().await;
    let mut missing = Vec::new();
    for ty in types(&app).await {
        let name = text(&ty, "name").to_owned();
        let mut check = |coordinate: String, item: &Value| {
            if text(item, "description").trim().is_empty() {
                missing.push(coordinate);
            }
        };
        if !["Boolean", "Float", "ID", "Int", "String"].contains(&name.as_str()) {
            check(name.clone(), &ty);
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for item in list(&ty, part) {
                check(format!("{name}.{}", text(item, "name")), item);
                for argument in list(item, "args") {
                    check(format!("{name}.{}({})", text(item, "name"), text(argument, "name")), argument);
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn conventions_have_one_sentence() {
    let app = TestApp::demo().await;
    let types = types(&app).await;
    let mut pages = 0;
    for ty in &types {
        let name = text(ty, "name");
        for field in list(ty, "fields") {
            let args: Vec<_> = list(field, "args").collect();
            let is_page = args.iter().any(|argument| argument["name"] == "after");
            pages += i32::from(is_page);
            for argument in args {
                let expected = match text(argument, "name") {
                    "first" if is_page => "Page size, 25 by default, at most 100.",
                    "after" => "Cursor; only items after it.",
                    "last" => "Page size from the end, at most 100.",
                    "before" => "Cursor; only items before it.",
                    _ => continue,
                };
                assert_eq!(text(argument, "description"), expected, "{name}.{}", text(field, "name"));
            }
            if field["name"] == "userErrors" {
                assert_eq!(text(field, "description"), "Reasons the change was rejected; empty on success.", "{name}");
            }
        }
    }
    assert!(pages >= 8, "{pages} lists with pages");
}
