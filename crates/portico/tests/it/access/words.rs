//! Tests that no outsider's role schema mentions what is hidden from them, in a name, description or default.

use portico_core::access::{PermissionSet, Role};
use portico_graphql::Rights;
use portico_testkit::TestApp;

use crate::support::schema::sdl_of;

/// Beginnings of words that clients must not see.
const FROM_CLIENTS: [&str; 33] = [
    "assign",
    "backlog",
    "brief",
    "budget",
    "buffer",
    "cost",
    "draft",
    "expense",
    "hidden",
    "internal",
    "invisible",
    "labor",
    "labour",
    "margin",
    "markup",
    "overhead",
    "payroll",
    "permission",
    "predecessor",
    "private",
    "profit",
    "rate",
    "risk",
    "secret",
    "seller",
    "sku",
    "staff",
    "supersede",
    "supplier",
    "unpublished",
    "unshared",
    "vendor",
    "wage",
];
/// Beginnings of words that trade partners must not see.
const FROM_TRADES: [&str; 32] = [
    "allowance",
    "amount",
    "budget",
    "buffer",
    "contract",
    "cost",
    "draft",
    "expense",
    "hidden",
    "internal",
    "invoice",
    "labor",
    "labour",
    "margin",
    "markup",
    "minor",
    "overhead",
    "paid",
    "payment",
    "permission",
    "predecessor",
    "price",
    "private",
    "profit",
    "rate",
    "risk",
    "secret",
    "seller",
    "sku",
    "supersede",
    "vendor",
    "wage",
];
/// Further beginnings of words that anonymous callers must not see.
const FROM_THE_PUBLIC: [&str; 9] =
    ["client", "milestone", "project", "role", "schedule", "selection", "task", "team", "trade"];
/// Pairs of words, each harmless alone: `leadSource` is secret, but `leadTimeDays` is not.
const PAIRS: [[&str; 2]; 4] = [["lead", "source"], ["target", "date"], ["cost", "code"], ["own", "word"]];

/// The words of a text in lower case: `leadTimeDays` and `LEAD_TIME` both have `lead` and `time`.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut was_small = false;
    for letter in text.chars() {
        if letter.is_uppercase() && was_small {
            spaced.push(' ');
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
        spaced.extend(if letter.is_alphanumeric() { letter } else { ' ' }.to_lowercase());
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// The lines of a text that have a listed word.
fn offending<'a>(sdl: &'a str, forbidden: &[&str]) -> Vec<&'a str> {
    let is_forbidden = |line: &&str| {
        let words = words(line);
        words.iter().any(|word| forbidden.iter().any(|stem| word.starts_with(stem)))
            || words.windows(2).any(|pair| PAIRS.iter().any(|[one, other]| pair[0] == *one && pair[1] == *other))
    };
    sdl.lines().filter(is_forbidden).collect()
}

fn no_lines() -> Vec<&'static str> {
    Vec::new()
}

#[tokio::test]
async fn client_document_avoids_secret_words() {
    let app = TestApp::demo().await;
    let sdl = sdl_of(&app, Rights::new(Some(Role::Client), PermissionSet::NONE));
    assert!(sdl.contains("leadTimeDays"), "the visible values are there");
    // What an allowance covers is in the client's contract.
    let sdl = sdl.replace("Materials and labor.", "").replace("MATERIAL_AND_LABOR", "");
    assert_eq!(offending(&sdl, &FROM_CLIENTS), no_lines());
}

#[tokio::test]
async fn trade_document_avoids_secret_words() {
    let app = TestApp::demo().await;
    let sdl = sdl_of(&app, Rights::new(Some(Role::Trade), PermissionSet::NONE));
    assert_eq!(offending(&sdl, &FROM_TRADES), no_lines());
}

#[tokio::test]
async fn public_document_speaks_of_portals_only() {
    let app = TestApp::demo().await;
    let sdl = sdl_of(&app, Rights::new(None, PermissionSet::NONE));
    assert_eq!(offending(&sdl, &[&FROM_CLIENTS[..], &FROM_TRADES, &FROM_THE_PUBLIC].concat()), no_lines());
}

#[tokio::test]
async fn limited_staff_texts_name_no_gated_thing() {
    let app = TestApp::demo().await;
    let sdl = sdl_of(&app, Rights::new(Some(Role::Staff), PermissionSet::NONE));
    for name in ["unitCost", "costBasis", "targetMargin", "riskNotes", "vendorSku", "payRate", "BUDGET", "publishNotes"]
    {
        assert!(!sdl.contains(name), "{name}");
    }
}

/// Shows that the tests above can fail: the words are found where they are allowed.
#[tokio::test]
async fn owner_document_has_the_secret_words() {
    let app = TestApp::demo().await;
    let sdl = sdl_of(&app, Rights::new(Some(Role::Owner), PermissionSet::all()));
    for word in [
        "assign",
        "budget",
        "buffer",
        "cost",
        "draft",
        "internal",
        "labor",
        "margin",
        "markup",
        "permission",
        "private",
        "risk",
        "sku",
        "supersede",
        "vendor",
    ] {
        assert!(!offending(&sdl, &[word]).is_empty(), "{word}");
    }
    assert!(offending("  leadSource: String", &[]).len() == 1 && offending("  leadTimeDays: Int", &[]).is_empty());
}
