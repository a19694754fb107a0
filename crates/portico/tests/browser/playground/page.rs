//! Tests of the page in a browser.

use portico_testkit::TestApp;
use serde_json::{Value, json};

use super::browser::Browser;

pub(crate) const QUERY: &str = ".graphiql-query-editor .CodeMirror";
pub(crate) const VARIABLES: &str = ".graphiql-editor-tool .CodeMirror";
const RESULT: &str = ".result-window .CodeMirror";
const MARKS: &str = "document.querySelectorAll('.graphiql-query-editor .CodeMirror-lint-mark-error').length";

/// In the schema of staff with the right to costs, and in no client's.
const BUDGETS: &str = "{ viewer { role projects { nodes { name budget { amount } } } } }";

/// A gateway, and a browser that has opened its page with a role.
pub(crate) async fn opened(role: &str) -> (TestApp, Browser, String) {
    let app = TestApp::demo().await;
    let address = format!("http://{}/", app.serve().await);
    let browser = Browser::start().await;
    browser.open(&address).await;
    is_now(&browser, role).await;
    (app, browser, address)
}

/// Waits until the page has signed in, and has read the schema.
pub(crate) async fn is_now(browser: &Browser, role: &str) {
    browser.until(&format!("document.querySelector('.who')?.dataset.role === '{role}'")).await;
    browser.until(&format!("document.querySelector('{QUERY}') && !document.querySelector('.graphiql-spinner')")).await;
}

pub(crate) async fn write(browser: &Browser, text: &str) {
    browser.run("document.querySelector(arguments[0]).CodeMirror.setValue(arguments[1])", json!([QUERY, text])).await;
}

pub(crate) async fn read(browser: &Browser, editor: &str) -> String {
    let script = "return document.querySelector(arguments[0]).CodeMirror.getValue()";
    browser.run(script, json!([editor])).await.as_str().unwrap_or_default().to_owned()
}

/// Runs the operation in the editor. Returns the shown answer.
pub(crate) async fn answer(browser: &Browser) -> Value {
    browser.run("document.querySelector(arguments[0]).CodeMirror.setValue('')", json!([RESULT])).await;
    browser.click(".graphiql-execute-button").await;
    browser.until(&format!("document.querySelector('{RESULT}').CodeMirror.getValue().trim()")).await;
    serde_json::from_str(&read(browser, RESULT).await).expect("the answer is JSON")
}

/// All URLs that the page has requested.
async fn requests(browser: &Browser) -> Vec<String> {
    let entries = browser.log("performance").await;
    let messages = entries.iter().filter_map(|entry| entry["message"].as_str());
    let messages = messages.map(|text| serde_json::from_str::<Value>(text).expect("it is JSON"));
    messages
        .filter(|message| message["message"]["method"] == "Network.requestWillBeSent")
        .filter_map(|message| message["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn each_role_uses_its_own_schema() {
    // The demo starts as its client.
    let (_app, browser, address) = opened("CLIENT").await;
    browser.until("document.querySelector('[data-example=Dashboard]')?.checkVisibility()").await;
    browser.picture("first").await;

    write(&browser, "{ viewer { role projects { nodes { name } } } }").await;
    let as_client = answer(&browser).await;
    assert_eq!(as_client["data"]["viewer"]["role"], "CLIENT", "{as_client}");
    write(&browser, BUDGETS).await;
    browser.until(&format!("{MARKS} > 0")).await;
    assert!(answer(&browser).await["data"].is_null());
    write(&browser, r#"{ __type(name: "ScheduleVersion") { name } }"#).await;
    assert_eq!(answer(&browser).await["data"], json!({ "__type": null }));
    browser.picture("client").await;
    documentation_has_drafts(&browser, false).await;
    browser.picture("client-documentation").await;

    browser.type_into(".token input", "demo-staff").await;
    is_now(&browser, "STAFF").await;
    assert_eq!(read(&browser, RESULT).await, "", "the client's answer is gone");
    documentation_has_drafts(&browser, true).await;
    browser.picture("staff-documentation").await;
    write(&browser, BUDGETS).await;
    browser.until(&format!("{MARKS} === 0")).await;
    let as_staff = answer(&browser).await;
    assert_eq!(as_staff["data"]["viewer"]["role"], "STAFF", "{as_staff}");
    assert!(as_staff["data"]["viewer"]["projects"]["nodes"][0]["budget"]["amount"].is_string(), "{as_staff}");

    show(&browser, "Examples").await;
    browser.until("document.querySelector('[data-example=CostSheet]')").await;
    browser.click("[data-example=CostSheet]").await;
    browser
        .until(&format!("document.querySelector('{QUERY}').CodeMirror.getValue().startsWith('query CostSheet')"))
        .await;
    assert!(!read(&browser, VARIABLES).await.contains('$'), "ids stand where the example has none");
    let costs = answer(&browser).await;
    assert!(costs["errors"].is_null() && costs["data"]["project"].is_object(), "{costs}");
    browser.picture("staff").await;
    browser.darken().await;
    browser.picture("staff-in-the-dark").await;
    // Dialogs add styles, which the policy must allow or the build must remove.
    browser.click("[aria-label='Open settings dialog']").await;
    browser.until("document.querySelector('[role=dialog]')").await;
    browser.picture("settings").await;

    let requests = requests(&browser).await;
    assert!(requests.len() > 5, "{requests:?}");
    for url in requests {
        // `chrome:` is Chromium's own page before ours is opened.
        let is_ours = [&address, "data:", "chrome:"].iter().any(|start| url.starts_with(*start));
        assert!(is_ours, "the page asked {url}");
    }
    // Violations of the policy and exceptions of scripts are logged here; and the client's one refused operation.
    let results = browser.log("browser").await;
    let is_refusal = |entry: &Value| entry["message"].as_str().is_some_and(|text| text.ends_with("400 (Bad Request)"));
    assert!(results.len() == 1 && results.iter().all(is_refusal), "{results:?}");
    browser.close().await;
}

/// Opens one of the panels at the side, unless it is open.
pub(crate) async fn show(browser: &Browser, panel: &str) {
    let button = format!(".graphiql-sidebar button[aria-label$='{panel}']");
    browser.until(&format!("document.querySelector(\"{button}\")")).await;
    if browser.run("return document.querySelector(arguments[0]).ariaLabel", json!([button])).await
        == format!("Show {panel}")
    {
        browser.click(&button).await;
    }
}

async fn documentation_has_drafts(browser: &Browser, expected: bool) {
    show(browser, "Documentation Explorer").await;
    let types = "[...document.querySelectorAll('.graphiql-doc-explorer a')].map((link) => link.textContent)";
    browser.until(&format!("{types}.includes('Project') && {types}.includes('ScheduleVersion') === {expected}")).await;
}

#[tokio::test]
async fn token_lasts_for_the_tab_only() {
    let (_app, browser, address) = opened("CLIENT").await;
    browser.type_into(".token input", "demo-owner").await;
    is_now(&browser, "OWNER").await;
    write(&browser, "{ viewer { name } }").await;
    let header = r#"{ "Authorization": "Bearer demo-staff" }"#;
    browser.click(".graphiql-editor-tools button[data-name=headers]").await;
    let script = "document.querySelectorAll(arguments[0])[1].CodeMirror.setValue(arguments[1])";
    browser.run(script, json!([VARIABLES, header])).await;
    assert!(answer(&browser).await["data"]["viewer"]["name"].is_string());
    browser.until("localStorage.getItem('graphiql:queries')?.includes('viewer')").await;
    show(&browser, "History").await;
    browser.picture("history").await;

    let kept = browser.run("return JSON.stringify(localStorage) + document.cookie + location.href", json!([])).await;
    for secret in ["demo-owner", "demo-staff", "Bearer"] {
        assert!(!kept.as_str().unwrap_or_default().contains(secret), "{kept}");
    }
    browser.open(&address).await;
    is_now(&browser, "OWNER").await;

    browser.type_into(".token input", "nobody-has-this").await;
    browser.until("document.querySelector('[role=alert]')?.innerText.includes('unknown or has expired')").await;
    browser.picture("refused").await;
    browser.click("[role=alert] button").await;
    browser
        .until("document.querySelector('.who').dataset.state === 'public' && !document.querySelector('[role=alert]')")
        .await;
    browser.picture("public").await;
    browser.close().await;
}
