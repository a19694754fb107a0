//! Tests of the playground's features that README and the panel describe.

use portico_core::id::Tag;
use serde_json::{Value, json};

use portico::http::Playground;
use portico_testkit::{TestApp, mutations};

use super::browser::Browser;
use super::page::{QUERY, VARIABLES, answer, is_now, opened, read, show, write};

/// The titles of the tabs.
async fn tabs(browser: &Browser) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('.graphiql-tab .graphiql-tab-button')].map((tab) => tab.innerText)";
    let titles = browser.run(script, json!([])).await;
    titles.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[tokio::test]
async fn tabs_survive_a_reload() {
    // ROB-17
    let (_app, browser, address) = opened("CLIENT").await;
    write(&browser, "query First { viewer { role } }").await;
    browser.click(".graphiql-tab-add").await;
    browser.until("document.querySelectorAll('.graphiql-tab').length === 2").await;
    write(&browser, "query Second { viewer { name } }").await;
    browser.click(".graphiql-editor-tools button[data-name=headers]").await;
    let script = "document.querySelectorAll(arguments[0])[1].CodeMirror.setValue(arguments[1])";
    browser.run(script, json!([VARIABLES, r#"{ "X-Client-Name": "demo-secret" }"#])).await;
    browser.until("localStorage.getItem('graphiql:tabState')?.includes('Second')").await;
    for _ in 0..2 {
        browser.open(&address).await;
        is_now(&browser, "CLIENT").await;
        browser.until("document.querySelectorAll('.graphiql-tab').length === 2").await;
        assert_eq!(tabs(&browser).await, ["First", "Second"]);
        assert_eq!(read(&browser, QUERY).await, "query Second { viewer { name } }");
    }
    // Headers may hold a token, and are not stored.
    let kept = browser.run("return JSON.stringify(localStorage)", json!([])).await;
    assert!(!kept.as_str().unwrap_or_default().contains("demo-secret"), "{kept}");
    browser.close().await;
}

/// Uses a token, or none.
async fn become_role(browser: &Browser, token: &str, role: &str) {
    if token.is_empty() {
        let choose = "const people = document.querySelector('.people'); people.value = '';
            people.dispatchEvent(new Event('change', { bubbles: true }))";
        browser.run(choose, json!([])).await;
        browser.until("document.querySelector('.who').dataset.state === 'public'").await;
    } else {
        browser.type_into(".token input", token).await;
        is_now(browser, role).await;
    }
    show(browser, "Examples").await;
}

#[tokio::test]
async fn each_example_works_as_each_role() {
    // ROB-17
    let (app, browser, _) = opened("CLIENT").await;
    let richest = app.id(Tag::PROJECT, "alderbrook/maple-street");
    let (mut tried, mut with_richest) = (Vec::new(), 0);
    for (token, role, folder) in [
        ("demo-client", "CLIENT", "client"),
        ("", "", "public"),
        ("demo-trade", "TRADE", "trade"),
        ("demo-staff", "STAFF", "staff"),
        ("demo-owner", "OWNER", "owner"),
        ("demo-reporting", "REPORTING", "reporting"),
        ("demo-support", "SUPPORT", "support"),
    ] {
        become_role(&browser, token, role).await;
        browser.until(&format!("document.querySelector('.examples h3') && {LISTED}.length > 0")).await;
        // The examples of the previous token are gone once the first one is of this role.
        browser
            .until(&format!(
                "fetch && {LISTED}[0] && document.querySelector('.examples h3').innerText === {}",
                heading(folder)
            ))
            .await;
        let names = browser.run(&format!("return {LISTED}"), json!([])).await;
        for full_name in names.as_array().expect("a list").iter().filter_map(Value::as_str) {
            let (folder, name) = full_name.split_once('/').expect("a folder and a name");
            let (opens, is_mutation) = opened_by(name, folder);
            // Repeated by another role, a mutation would find another state.
            if is_mutation && tried.iter().any(|known| known == full_name) {
                continue;
            }
            browser.click(&format!("[data-example={name}][data-role={folder}]")).await;
            browser
                .until(&format!("document.querySelector('{QUERY}').CodeMirror.getValue().startsWith('{opens} {name}')"))
                .await;
            browser.until(&format!("document.querySelector('{QUERY}').CodeMirror.operationName === '{name}'")).await;
            assert!(
                !read(&browser, VARIABLES).await.contains('$'),
                "{role} {name}: ids stand where the example has none"
            );
            with_richest += usize::from(!is_mutation && read(&browser, VARIABLES).await.contains(&richest));
            tried.push(full_name.to_owned());
            let is_filled = !read(&browser, VARIABLES).await.contains("\"\"");
            // No query returns uploads.
            assert_eq!(is_filled, name != "FileFinalize", "{role} {name}: {}", read(&browser, VARIABLES).await);
            if !is_filled {
                continue;
            }
            let answer = answer(&browser).await;
            assert!(answer["errors"].is_null() && answer["data"].is_object(), "{role} {name}: {answer}");
            let values = answer["data"].as_object().expect("an object").values();
            assert!(values.into_iter().any(|value| !value.is_null()), "{role} {name} finds nothing: {answer}");
            let payload = answer["data"].as_object().and_then(|fields| fields.values().next());
            assert!(
                !is_mutation || payload.is_some_and(|payload| payload["userErrors"] == json!([])),
                "{role} {name}: {answer}"
            );
        }
    }
    assert!(with_richest > 2, "examples show the project with the most selections: {with_richest}");
    for known in
        ["ExplainAccess", "Entrance", "Dashboard", "MyWork", "CostExport", "MyDesk", "SelectionApprove", "ViewAsStart"]
    {
        assert!(tried.iter().any(|name| name.ends_with(&format!("/{known}"))), "{known} was not shown: {tried:?}");
    }
    browser.close().await;
}

/// The listed examples, with their folders.
const LISTED: &str =
    "[...document.querySelectorAll('[data-example]')].map(({ dataset }) => `${dataset.role}/${dataset.example}`)";

/// The first word of an example, and whether it is a mutation.
fn opened_by(name: &str, folder: &str) -> (&'static str, bool) {
    let is_mutation = mutations().iter().any(|it| it.name == name && it.role == folder);
    (if is_mutation { "mutation" } else { "query" }, is_mutation)
}

fn heading(folder: &str) -> &'static str {
    match folder {
        "public" => "'Without a token'",
        "client" => "'For clients'",
        "trade" => "'For trades'",
        "staff" => "'For staff'",
        "owner" => "'For owners'",
        "reporting" => "'For reports'",
        _ => "'For support'",
    }
}

/// Whether an element is completely inside the viewport, and receives clicks.
fn is_reachable(selector: &str) -> String {
    format!(
        "(() => {{ const element = document.querySelector('{selector}'); if (!element) return false;
            element.scrollIntoView({{ block: 'center' }}); const at = element.getBoundingClientRect();
            const hit = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
            return at.width > 0 && at.left >= 0 && at.right <= innerWidth && element.contains(hit); }})()"
    )
}

#[tokio::test]
async fn first_query_is_valid_without_tokens() {
    let app = TestApp::demo().await.rewired(|app| app.playground = Some(Playground::new()));
    let address = format!("http://{}/", app.serve().await);
    let browser = Browser::start().await;
    browser.open(&address).await;
    browser.until("document.querySelector('.who')?.dataset.state === 'public'").await;
    browser.until(&format!("document.querySelector('{QUERY}') && !document.querySelector('.graphiql-spinner')")).await;
    let text = read(&browser, QUERY).await;
    assert!(text.contains("`signIn`") && !text.contains("Choose another"), "{text}");
    let answer = answer(&browser).await;
    assert!(answer["errors"].is_null() && answer["data"].is_object(), "{answer}");
    let marks = "return document.querySelectorAll('.CodeMirror-lint-mark-error').length";
    assert_eq!(browser.run(marks, json!([])).await, json!(0));
    browser.close().await;
}

#[tokio::test]
async fn run_button_has_contrast_in_the_dark() {
    let (_app, browser, _) = opened("CLIENT").await;
    let contrast = "const light = (color) => {
            const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        const button = document.querySelector('.graphiql-execute-button');
        const colors = [getComputedStyle(button).backgroundColor, getComputedStyle(button.querySelector('svg')).color];
        const [one, other] = colors.map(light).sort((a, b) => b - a);
        return (one + 0.05) / (other + 0.05)";
    for _ in 0..2 {
        let ratio = browser.run(contrast, json!([])).await;
        assert!(ratio.as_f64().is_some_and(|ratio| ratio >= 3.0), "{ratio}");
        browser.darken().await;
    }
    browser.close().await;
}

#[tokio::test]
async fn operation_runs_on_a_phone() {
    // ROB-18
    let (_app, browser, address) = opened("CLIENT").await;
    for (width, height) in [(390, 844), (1280, 800)] {
        browser.resize(width, height).await;
        browser.open(&address).await;
        is_now(&browser, "CLIENT").await;
        write(&browser, "{ viewer { name } }").await;
        for part in [".graphiql-execute-button", ".people", ".token input", ".graphiql-sidebar button", QUERY] {
            browser.until(&is_reachable(part)).await;
        }
        assert_eq!(answer(&browser).await["data"]["viewer"]["name"], "Ana Whitlock");
        browser
            .until("document.querySelector('.graphiql-response').getBoundingClientRect().top < innerHeight / 2")
            .await;
        browser.until(&is_reachable(".result-window")).await;
        for panel in ["Documentation Explorer", "History", "Examples"] {
            show(&browser, panel).await;
            browser.fits(panel, width).await;
        }
        browser.run("scrollTo(0, 0)", json!([])).await;
        browser.picture(&format!("playground-{width}")).await;
        browser.run("document.querySelector(arguments[0]).scrollIntoView()", json!([".graphiql-execute-button"])).await;
        browser.picture(&format!("playground-{width}-run")).await;
    }
    browser.close().await;
}
