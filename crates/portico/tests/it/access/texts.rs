//! Tests of every text argument, found from the schema: unfit characters are refused before any lookup, and no text
//! causes an internal error.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use portico_testkit::{InputShape, Person, Reply, Shape, TestApp, TypeShape};
use serde_json::{Value, json};

use super::guards::anything;
use crate::support::schema::{below, coordinates_of, document_of, query, ways};

/// Characters that no text may hold: NUL, other control characters, noncharacters.
const UNFIT: [&str; 5] = ["\0", "a\u{1}b", "\u{7f}", "x\u{fffe}", "\u{1ffff}"];

/// Valid but unusual texts.
const STRANGE: [&str; 6] = ["", " \u{200b}", "\u{202e}x", "a\u{2028}b\r\n", "\u{3164}", "%_\\'\"\u{1f469}\u{200d}"];

/// Position of a text: an operation with a placeholder, and a variable of this type.
struct Place {
    coordinate: String,
    text: String,
    variable: String,
    is_list: bool,
}

/// Every text within an argument, with the surrounding literal of the argument.
fn holes(shape: &Shape, input: &InputShape, depth: usize) -> Vec<(String, String, InputShape)> {
    let is_text = !matches!(input.ty.as_str(), "Int" | "Float" | "Boolean");
    match shape.get(&input.ty) {
        Some(TypeShape::Input(fields)) if depth > 0 => {
            let mut found = Vec::new();
            for field in fields {
                for (coordinate, inner, hole) in holes(shape, field, depth - 1) {
                    let others = fields.iter().filter(|other| other.is_required && other.name != field.name);
                    let mut given: Vec<_> =
                        others.map(|other| format!("{}: {}", other.name, anything(shape, other))).collect();
                    given.push(format!("{}: {inner}", field.name));
                    let object = format!("{{ {} }}", given.join(", "));
                    let object = if input.is_list { format!("[{object}]") } else { object };
                    found.push((format!("{}.{coordinate}", input.ty), object, hole));
                }
            }
            found
        }
        Some(TypeShape::Input(_) | TypeShape::Enum(_)) => Vec::new(),
        _ if is_text => vec![(input.name.clone(), "HOLE".to_owned(), input.clone())],
        _ => Vec::new(),
    }
}

/// Every text position of a person's role schema.
async fn places(app: &TestApp, person: &Person) -> Vec<Place> {
    let (shape, open) = (document_of(app, person).await, coordinates_of(app, person).await);
    let mut found = Vec::new();
    let types: Vec<_> = shape.types().map(|(name, _)| name.to_owned()).collect();
    for ty in types {
        for field in shape.fields(&ty) {
            let texts = field.arguments.iter().flat_map(|argument| {
                holes(&shape, argument, 3).into_iter().map(move |found| (argument.name.clone(), found))
            });
            for (argument, (coordinate, written, hole)) in texts {
                let others = field.arguments.iter().filter(|other| other.is_required && other.name != argument);
                let mut given: Vec<_> = others.map(|it| format!("{}: {}", it.name, anything(&shape, it))).collect();
                given.push(format!("{argument}: {written}"));
                let selected = format!("{}({}){}", field.name, given.join(", "), below(&shape, &field.ty));
                let text = match ty.as_str() {
                    "Mutation" => format!("mutation HEAD {{ {selected} }}"),
                    _ => match ways(&shape, &ty, |step| open.contains(step)).into_iter().next() {
                        Some(way) => format!("query HEAD {}", query(&way, &selected)),
                        None => continue,
                    },
                };
                let coordinate = format!("{ty}.{}({argument}) {coordinate}", field.name);
                found.push(Place { coordinate, text, variable: hole.written.clone(), is_list: hole.is_list });
            }
        }
    }
    found
}

impl Place {
    /// The operation with a literal.
    fn literal(&self, literal: &str) -> String {
        let literal = if self.is_list { format!("[\"{literal}\"]") } else { format!("\"{literal}\"") };
        self.text.replace("HEAD", "").replace("HOLE", &literal)
    }

    /// The operation with a variable.
    fn with_variable(&self, text: &str) -> (String, Value) {
        let query = self.text.replace("HEAD", &format!("($v: {})", self.variable)).replace("HOLE", "$v");
        (query, json!({ "v": if self.is_list { json!([text]) } else { json!(text) } }))
    }
}

/// The text as a GraphQL string.
fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect()
}

fn assert_no_defect(reply: &Reply, place: &Place, text: &str) {
    assert!(!reply.status.is_server_error(), "{} {text:?}: {}", place.coordinate, reply.text);
    assert!(!reply.text.contains("INTERNAL"), "{} {text:?}: {}", place.coordinate, reply.text);
}

#[tokio::test]
async fn no_argument_takes_unfit_characters() {
    // ROB-19, ROB-4: the arguments are found in each role schema, not listed.
    let app = TestApp::demo().await;
    for (role, person) in Person::of_each_role() {
        let places = places(&app, &person).await;
        for place in &places {
            for unfit in UNFIT {
                let (query, variables) = place.with_variable(unfit);
                let by_variable = app.ask_with(&person, &query, variables).await;
                for reply in [by_variable, app.ask(&person, &place.literal(&escaped(unfit))).await] {
                    assert_no_defect(&reply, place, unfit);
                    let is_named = reply.message().contains("remove the character U+");
                    assert_eq!((reply.code(), is_named), ("BAD_USER_INPUT", true), "{role}: {query}: {}", reply.text);
                    assert_eq!(reply.statements, 0, "{}", place.coordinate);
                }
            }
        }
        let least = if role == "public" { 5 } else { 10 };
        assert!(places.len() >= least, "{role}: {}", places.len());
    }
}

#[tokio::test]
async fn no_text_causes_an_internal_error() {
    // ROB-4, ROB-8, ROB-19
    let app = TestApp::demo().await;
    let mut known = BTreeSet::new();
    for (_, person) in Person::of_each_role() {
        for place in places(&app, &person).await {
            // Mutations that sign the caller out are skipped where another role schema has them too.
            if !known.insert(place.coordinate.clone()) {
                continue;
            }
            for strange in STRANGE {
                let (query, variables) = place.with_variable(strange);
                assert_no_defect(&app.ask_with(&person, &query, variables).await, &place, strange);
            }
        }
    }
    assert!(known.len() > 120, "{}", known.len());
}

#[tokio::test]
async fn lone_surrogate_is_bad_input() {
    // ROB-19
    let app = TestApp::demo().await;
    let owner = Person::owner();
    for place in places(&app, &owner).await.iter().take(40) {
        for half in ["\\uD800", "\\uDFFF", "a\\uDC00\\uD800"] {
            let reply = app.ask(&owner, &place.literal(half)).await;
            assert_no_defect(&reply, place, half);
            let code = reply.code();
            assert!(matches!(code, "BAD_USER_INPUT" | "GRAPHQL_PARSE_FAILED"), "{half}: {}", reply.text);
            let (query, _) = place.with_variable("");
            let body = format!(r#"{{"query": {}, "variables": {{"v": "{half}"}}}}"#, json!(query));
            let reply = app.send(app.post(&owner).body(Body::from(body)).expect("a request")).await;
            assert_no_defect(&reply, place, half);
            assert_eq!(reply.status.as_u16(), 400, "{half}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn unfit_host_refusal_ignores_the_account() {
    // ROB-19
    let app = TestApp::demo().await;
    let query = "mutation($e: String!, $h: String) {
        magicLinkRequest(input: { email: $e, host: $h }) { userErrors { code } } }";
    let mut answers = BTreeSet::new();
    for email in ["ana.whitlock@mail.example", "stranger@mail.example", "jo@alderbrook.example"] {
        let reply = app.ask_with(&Person::public(), query, json!({ "e": email, "h": "a\0" })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT");
        answers.insert(reply.without_request_id());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn unfit_addresses_are_refused() {
    // ROB-19: URLs of pages, which do not pass through GraphQL.
    let app = TestApp::demo().await;
    for path in ["/auth/link/%00", "/auth/link/x?as=%00", "/nowhere/%ef%bf%be", "/health/live?%01"] {
        let reply = app.send(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"), "{path}");
        assert!(reply.message().contains("remove the character U+"), "{}", reply.text);
        assert!(reply.headers.contains_key("x-request-id"), "{path}");
    }
}
