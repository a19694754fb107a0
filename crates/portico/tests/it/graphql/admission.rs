//! ROB-1, ROB-2, ROB-3, ROB-5, ROB-22: tests of operations at the limits of the specification, from request to answer.

use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

fn status_and_code(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

/// Operations with a nullable variable `$v` in a non-null position, with the position.
const DEFAULTS: [(&str, &str); 8] = [
    ("query($v: ProjectSortKey) { viewer { projects(sortKey: $v) { totalCount } } }", "sortKey"),
    ("query($v: Boolean) { viewer { projects(reverse: $v) { totalCount } } }", "reverse"),
    (
        "query($v: SelectionSortKey) { viewer { projects { nodes { selections(sortKey: $v) { totalCount } } } } }",
        "sortKey",
    ),
    ("query($v: Boolean = true) { viewer { role @include(if: $v) } }", "if"),
    ("query($v: Boolean = false) { viewer { ... @skip(if: $v) { role } } }", "if"),
    ("query($v: ID = \"an-id\") { project(id: $v) { name } }", "id"),
    ("query($v: [ID!] = [\"an-id\"]) { nodes(ids: $v) { id } }", "ids"),
    ("query($v: ID = \"an-id\") { nodes(ids: [$v]) { id } }", "ids[0]"),
];

#[tokio::test]
async fn omitted_variables_leave_the_default() {
    // ROB-1
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    for person in [Person::client(), Person::owner()] {
        for (query, place) in DEFAULTS {
            let query = &query.replace("an-id", &maple);
            let omitted = app.ask_with(&person, query, json!({})).await;
            assert_eq!((omitted.status.as_u16(), omitted.json.get("errors")), (200, None), "{query}: {}", omitted.text);
            let null = app.ask_with(&person, query, json!({ "v": null })).await;
            assert_eq!(status_and_code(&null), (400, "BAD_USER_INPUT"), "{query}: {}", null.text);
            assert!(null.message().contains(&format!("`{place}`")), "{query}: {}", null.text);
        }
    }
    let sorted =
        |sort: &str| format!("query($v: ProjectSortKey) {{ viewer {{ projects{sort} {{ nodes {{ name }} }} }} }}");
    let by_variable = app.ask(&Person::owner(), &sorted("(sortKey: $v)")).await;
    let by_default = app.ask(&Person::owner(), "{ viewer { projects { nodes { name } } } }").await;
    assert_eq!(by_variable.at("/viewer"), by_default.at("/viewer"));
}

#[tokio::test]
async fn omitted_field_keeps_its_value() {
    // ROB-1
    let app = TestApp::demo().await;
    let person = Person::client();
    let phone = || async { app.ask(&person, "{ viewer { phone name } }").await.at("/viewer").clone() };
    let before = phone().await;
    assert!(before["phone"].is_string(), "{before}");
    let update =
        "mutation($p: String, $n: String) { viewerUpdate(input: {phone: $p, name: $n}) { userErrors { code } } }";
    let reply = app.ask_with(&person, update, json!({ "n": "Another Name" })).await;
    assert_eq!(*reply.at("/viewerUpdate/userErrors"), json!([]));
    assert_eq!(phone().await, json!({ "phone": before["phone"], "name": "Another Name" }));
    let reply = app.ask_with(&person, update, json!({ "p": null })).await;
    assert_eq!(*reply.at("/viewerUpdate/userErrors"), json!([]));
    assert_eq!(phone().await, json!({ "phone": null, "name": "Another Name" }));
}

#[tokio::test]
async fn extreme_numbers_are_read_or_refused() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let page = |first: &str| format!("{{ viewer {{ projects(first: {first}) {{ totalCount }} }} }}");
    for first in ["-0", "-1", "101", "2147483647", "2147483648", "-2147483649", "99999999999999999999", "1e400", "1.0"]
    {
        let reply = app.ask(&owner, &page(first)).await;
        assert!(reply.status.as_u16() < 500 && !reply.text.contains("INTERNAL"), "{first}: {}", reply.text);
    }
    let (zero, negative) = (app.ask(&owner, &page("0")).await, app.ask(&owner, &page("-0")).await);
    assert_eq!(negative.without_request_id(), zero.without_request_id());
    for id in ["-0", "0", "1e400", "99999999999999999999", "12345678901234567890123"] {
        let reply = app.ask(&owner, &format!("{{ project(id: {id}) {{ name }} }}")).await;
        assert!(!reply.text.contains("INTERNAL"), "{id}: {}", reply.text);
    }
    let date =
        |date: &str| format!("{{ viewer {{ projects(filter: {{startedOn: {{gte: {date}}}}}) {{ totalCount }} }} }}");
    for number in ["-0", "1e400", "-1e999", "[1e400]", "{a: 1e400}", "20260504"] {
        let reply = app.ask(&owner, &date(number)).await;
        assert_eq!(status_and_code(&reply).1, "BAD_USER_INPUT", "{number}: {}", reply.text);
    }
}

#[tokio::test]
async fn duplicate_fields_are_refused() {
    let app = TestApp::demo().await;
    let sign_in = r#"signIn(input: {email: "a@b.example", password: "x", password: "y"}) { userErrors { code } }"#;
    let reply = app.ask(&Person::public(), &format!("mutation {{ {sign_in} }}")).await;
    assert_eq!(status_and_code(&reply), (400, "GRAPHQL_VALIDATION_FAILED"), "{}", reply.text);
    for query in [
        r#"{ viewer { projects(filter: {status: {in: [ACTIVE]}, status: {in: []}}) { totalCount } } }"#,
        r#"{ viewer { projects(filter: {startedOn: {gte: "2026-01-01", gte: "2027-01-01"}}) { totalCount } } }"#,
        r#"query($f: ProjectFilter = {or: [], or: null}) { viewer { projects(filter: $f) { totalCount } } }"#,
    ] {
        let reply = app.ask(&Person::client(), query).await;
        assert_eq!(status_and_code(&reply), (400, "GRAPHQL_VALIDATION_FAILED"), "{query}: {}", reply.text);
        assert!(reply.message().contains("is given twice"), "{}", reply.text);
    }
}

/// A query with selection sets nested this deep, including the root.
fn nested(kind: &str, levels: usize) -> String {
    match kind {
        "inline" => {
            let wrappers = levels - 2;
            format!("{{ viewer {{ {} role {} }} }}", "... { ".repeat(wrappers), "}".repeat(wrappers))
        }
        "chained" => {
            let last = levels - 2;
            let links: Vec<_> = (1..last).map(|at| format!("fragment F{at} on Viewer {{ ...F{} }}", at + 1)).collect();
            format!("{{ viewer {{ ...F1 }} }} {} fragment F{last} on Viewer {{ role }}", links.join(" "))
        }
        "conditioned" => {
            let wrappers = levels - 2;
            let open = "... on Viewer @include(if: true) { ".repeat(wrappers.min(50));
            let rest = "... on Viewer { ".repeat(wrappers.saturating_sub(50));
            format!("{{ viewer {{ {open}{rest} role {} }} }}", "}".repeat(wrappers))
        }
        // Four wrappers per field, where a field of a page counts as three levels.
        _ => {
            let wrap = |inner: &str| format!("... {{ ... {{ ... {{ ... {{ {inner} }} }} }} }}");
            let mut query = "id".to_owned();
            for field in ["nodes", "selections", "nodes", "projects", "viewer"].iter().take(levels / 5) {
                query = wrap(&format!("{field} {{ {query} }}"));
            }
            format!("{{ {query} }}")
        }
    }
}

#[tokio::test]
async fn deep_nesting_is_answered_or_too_costly() {
    // ROB-22
    let app = TestApp::demo().await;
    for kind in ["inline", "chained", "conditioned"] {
        for levels in [3, 31, 32, 33, 34, 40, 50, 51, 52, 63, 64, 65, 66, 100] {
            let reply = app.ask(&Person::client(), &nested(kind, levels)).await;
            // An operation may have at most fifty fragments.
            let fits = levels <= 64 && (kind != "chained" || levels <= 52);
            let expected = if fits { 200 } else { 400 };
            assert_eq!(reply.status.as_u16(), expected, "{kind} {levels}: {}", reply.text);
            if fits {
                assert_eq!(*reply.at("/viewer/role"), "CLIENT");
            } else {
                assert_eq!(reply.code(), "COST_LIMIT", "{kind} {levels}: {}", reply.text);
            }
        }
    }
    let wrapped = app.ask(&Person::client(), &nested("wrapped", 25)).await;
    assert_eq!(wrapped.status.as_u16(), 200, "{}", wrapped.text);
}

#[tokio::test]
async fn deep_values_are_answered_or_too_costly() {
    let app = TestApp::demo().await;
    let literal = |levels: usize| {
        let (open, close) = ("{not: ".repeat(levels), "}".repeat(levels));
        format!("{{ viewer {{ projects(filter: {open}{{}}{close}) {{ totalCount }} }} }}")
    };
    let lists = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{ viewer {{ projects(filter: {{startedOn: {{gte: {open}1{close}}}}}) {{ totalCount }} }} }}")
    };
    for levels in [1, 8, 30, 31, 32, 33, 40, 57, 60, 63, 64, 80] {
        for query in [literal(levels), lists(levels)] {
            let reply = app.ask(&Person::client(), &query).await;
            assert!(reply.status.as_u16() < 500 && !reply.text.contains("INTERNAL"), "{levels}: {}", reply.text);
        }
        let value = (0..levels).fold(json!({}), |inner, _| json!({ "not": inner }));
        let query = "query($f: ProjectFilter) { viewer { projects(filter: $f) { totalCount } } }";
        let reply = app.ask_with(&Person::client(), query, json!({ "f": value })).await;
        assert!(reply.status.as_u16() < 500 && !reply.text.contains("INTERNAL"), "{levels}: {}", reply.text);
    }
}

#[tokio::test]
async fn repeated_mutation_runs_once() {
    let app = TestApp::demo().await;
    let count = || async { app.database().db_count("SELECT count(*) FROM activity").await };
    let field = |selection: &str| format!("viewerUpdate(input: {{name: \"Twice\"}}) {{ {selection} }}");
    let before = count().await;
    let once = format!("mutation {{ {} }}", field("viewer { name } userErrors { code }"));
    assert_eq!(*app.ask(&Person::client(), &once).await.at("/viewerUpdate/userErrors"), Value::Array(Vec::new()));
    let of_one = count().await - before;
    let twice = format!("mutation {{ {} ... {{ {} }} }}", field("viewer { name }"), field("userErrors { code }"));
    let reply = app.ask(&Person::client(), &twice.replace("Twice", "Thrice")).await;
    assert_eq!(*reply.at("/viewerUpdate"), json!({ "viewer": { "name": "Thrice" }, "userErrors": [] }));
    assert_eq!(count().await - before, 2 * of_one);
    assert!(of_one > 0);
}

// ROB-16
#[tokio::test]
async fn anonymous_hidden_names_ask_to_sign_in() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    for (hidden, invented) in [
        (format!("{{ project(id: \"{maple}\") {{ name }} }}"), format!("{{ projext(id: \"{maple}\") {{ name }} }}")),
        (
            "mutation { viewerUpdate(input: {name: \"a\"}) { userErrors { code } } }".to_owned(),
            "mutation { viewerUpdaxe(input: {name: \"a\"}) { userErrors { code } } }".to_owned(),
        ),
        (
            "query($f: ProjectFilter) { portal(host: \"a\") { host } }".to_owned(),
            "query($f: ProjectFilxer) { portal(host: \"a\") { host } }".to_owned(),
        ),
        (
            "{ portal(host: \"a\") { host ... on Project { id } } }".to_owned(),
            "{ portal(host: \"a\") { host ... on Projext { id } } }".to_owned(),
        ),
    ] {
        let (reply, other) = (app.ask(&Person::public(), &hidden).await, app.ask(&Person::public(), &invented).await);
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"), "{hidden}: {}", reply.text);
        assert!(reply.message().starts_with("Sign-in required: "), "{}", reply.text);
        let blotted = |reply: &Reply| {
            ["project", "viewerUpdate", "ProjectFilter", "Project"].iter().fold(
                reply.without_request_id(),
                |text, name| {
                    let twin = name.replace("ject", "jext").replace("date", "daxe").replace("Filter", "Filxer");
                    text.replace(&twin, "-").replace(&name.replace("Filter", "Filxer"), "-").replace(name, "-")
                },
            )
        };
        assert_eq!(blotted(&reply), blotted(&other));
    }
    // Errors of a public operation are returned as they are.
    let reply = app.ask(&Person::public(), "{ portal { host } }").await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "GRAPHQL_VALIDATION_FAILED"), "{}", reply.text);
}
