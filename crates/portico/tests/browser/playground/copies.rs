//! Tests of copies of an operation as a command or program: they are pasted and run, and get the page's own answer.

use portico_core::id::{Tag, new_uuid};
use serde_json::{Value, json};
use tokio::process::Command;

use super::browser::Browser;
use super::page::{QUERY, VARIABLES, answer, is_now, opened, write};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const FORMS: [&str; 3] = ["curl", "TypeScript", "Python"];

/// What quoting could change in a shell, JavaScript or Python, as text of GraphQL and of JSON.
const IN_GRAPHQL: &str = r#"It's `here` ${HOME} $(id) !! %s \\n \" ''' {x} naïve 日本 🙂'"#;
const IN_JSON: &str = "It's `here` ${HOME} $(id) !! %s \\n \" ''' {x}\n\tnaïve 日本 🙂'\\";

const START: &str = r#"# It's a comment with `quotes` and \ ${x}.
mutation Copied($project: ID!, $body: String!, $key: String!, $isWithId: Boolean!) {
  threadStart(input: { projectId: $project, audience: CLIENT, title: "TITLE", body: $body, idempotencyKey: $key }) {
    thread { id @include(if: $isWithId) title messages(first: 1) { nodes { body } } }
    userErrors { code field message }
  }
}
# The end's quote: '"#;

/// Opens the menu by keyboard, from the button that runs the operation, and copies. Returns the message and the pasted text.
async fn copied(browser: &Browser, form: &str) -> (String, String) {
    browser.run("document.querySelector('.graphiql-execute-button').focus()", json!([])).await;
    let label = "return document.activeElement.ariaLabel";
    let mut stops = Vec::new();
    while browser.run(label, json!([])).await != "Copy as a program" {
        assert!(stops.len() < 6, "the Tab key does not lead to the menu: {stops:?}");
        browser.press(TAB).await;
        stops.push(browser.run(label, json!([])).await);
    }
    browser.press(ENTER).await;
    browser.until("document.activeElement.getAttribute('role') === 'menuitem'").await;
    let at = FORMS.iter().position(|known| *known == form).expect("it is in the menu");
    for next in &FORMS[..=at] {
        // The first item has the focus when the menu opens by keyboard.
        if *next != FORMS[0] {
            browser.press(DOWN).await;
        }
        browser.until(&format!("document.activeElement.dataset.copy === '{next}'")).await;
    }
    browser.picture(&format!("copy-{form}")).await;
    browser.press(ENTER).await;
    // Not the message of an earlier copy.
    let announced =
        format!("/^Copied as {form}[.]|^Not copied/.test(document.querySelector('.copied[role=status]').textContent)");
    browser.until(&announced).await;
    let message = browser.run("return document.querySelector('.copied').textContent", json!([])).await;
    browser.until("!document.querySelector('[role=menu]')").await;
    let field = "const field = document.createElement('textarea'); field.id = 'pasted'; document.body.append(field); field.focus()";
    browser.run(field, json!([])).await;
    browser.paste().await;
    let take = "const field = document.querySelector('#pasted'); const text = field.value; field.remove(); return text";
    let pasted = browser.run(take, json!([])).await;
    (message.as_str().unwrap_or_default().to_owned(), pasted.as_str().unwrap_or_default().to_owned())
}

fn command(form: &str, text: &str) -> Command {
    let (program, arguments) = match form {
        "curl" => ("sh", ["-c", text].to_vec()),
        "TypeScript" => ("node", ["--input-type=module", "--eval", text].to_vec()),
        _ => ("python3", ["-c", text].to_vec()),
    };
    let mut command = Command::new(program);
    command.args(arguments).env_remove("PORTICO_TOKEN").env("no_proxy", "127.0.0.1");
    command
}

/// Runs a copy with a token. Returns what it prints.
async fn run(form: &str, text: &str, token: &str) -> Value {
    let output =
        command(form, text).env("PORTICO_TOKEN", token).output().await.expect("it is installed by script/setup");
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{form}: {error}\n{printed}{errors}\n{text}"))
}

async fn set(browser: &Browser, editor: usize, value: &Value) {
    let script = "document.querySelectorAll(arguments[0])[arguments[1]].CodeMirror.setValue(arguments[2])";
    browser.run(script, json!([VARIABLES, editor, value.to_string()])).await;
}

#[tokio::test]
async fn copies_run_and_get_the_same_answer() {
    // ROB-17
    let (app, browser, _) = opened("CLIENT").await;
    let key = new_uuid().to_string();
    let project = app.id(Tag::PROJECT, "alderbrook/maple-street");
    write(&browser, &START.replace("TITLE", IN_GRAPHQL)).await;
    set(&browser, 0, &json!({ "project": project, "body": IN_JSON, "key": key, "isWithId": true })).await;
    browser.until(&format!("document.querySelector('{QUERY}').CodeMirror.operations?.length === 1")).await;
    let shown = answer(&browser).await;
    assert_eq!(shown["data"]["threadStart"]["userErrors"], json!([]), "{shown}");
    let started = &shown["data"]["threadStart"]["thread"];
    assert_eq!(started["title"], IN_GRAPHQL.replace("\\\\", "\\").replace("\\\"", "\""));
    assert_eq!(started["messages"]["nodes"][0]["body"], IN_JSON);
    for form in FORMS {
        let (message, text) = copied(&browser, form).await;
        assert_eq!(message, format!("Copied as {form}. Set PORTICO_TOKEN to a bearer token."));
        assert!(!text.contains("demo-") && text.contains("PORTICO_TOKEN"), "{text}");
        // The same key with any other input would be a mismatch.
        assert_eq!(run(form, &text, "demo-client").await, shown, "{form}:\n{text}");
        let refused = run(form, &text, "demo-nothing").await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{form}: {refused}");
        let without = command(form, &text).output().await.expect("it is installed");
        let errors = String::from_utf8_lossy(&without.stderr);
        assert!(!without.status.success() && errors.contains("PORTICO_TOKEN"), "{form}: {errors}");
    }
    browser.close().await;
}

#[tokio::test]
async fn copies_name_the_operation_at_the_cursor() {
    let (_app, browser, _) = opened("CLIENT").await;
    write(&browser, "query One { viewer { role } }\n\nquery Two($first: Int) {\n  viewer { projects(first: $first) { nodes { name } } }\n}\n")
        .await;
    set(&browser, 0, &json!({ "first": 1 })).await;
    browser.click(".graphiql-editor-tools button[data-name=headers]").await;
    // The headers' token takes precedence; other headers are copied.
    set(&browser, 1, &json!({ "authorization": "Bearer demo-trade", "X-Client-Name": "it's \"quoted\" `here`" })).await;
    browser.until(&format!("document.querySelector('{QUERY}').CodeMirror.operations?.length === 2")).await;
    for (line, name) in [(0, "One"), (3, "Two")] {
        let move_to = format!("document.querySelector('{QUERY}').CodeMirror.setCursor({line}, 3)");
        browser.run(&move_to, json!([])).await;
        for form in FORMS {
            let (_, text) = copied(&browser, form).await;
            assert!(!text.contains("demo-"), "{text}");
            let answer = run(form, &text, "demo-client").await;
            let viewer = &answer["data"]["viewer"];
            assert_eq!(viewer["role"] == "CLIENT", name == "One", "{form}: {answer}");
            assert_eq!(viewer["projects"]["nodes"].is_array(), name == "Two", "{form}: {answer}");
        }
    }
    set(&browser, 0, &json!("no object")).await;
    browser.run("document.querySelector('.graphiql-execute-button').focus()", json!([])).await;
    let (message, _) = copied(&browser, "curl").await;
    assert_eq!(message, "Not copied: the variables are not a JSON object.");
    browser.close().await;
}

#[tokio::test]
async fn copies_without_a_token_need_none() {
    let (_app, browser, _) = opened("CLIENT").await;
    let choose = "const people = document.querySelector('.people'); people.value = '';
        people.dispatchEvent(new Event('change', { bubbles: true }))";
    browser.run(choose, json!([])).await;
    browser.until("document.querySelector('.who').dataset.state === 'public'").await;
    write(&browser, "{ __schema { queryType { name } } }").await;
    for form in FORMS {
        let (message, text) = copied(&browser, form).await;
        assert_eq!(message, format!("Copied as {form}."));
        let output = command(form, &text).output().await.expect("it is installed");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(answer["data"], json!({ "__schema": { "queryType": { "name": "Query" } } }), "{form}");
    }
    // At a phone's width, the message is within the page.
    browser.resize(390, 844).await;
    browser.until("document.querySelector('.who')?.dataset.state === 'public'").await;
    copied(&browser, "TypeScript").await;
    browser.fits("copied", 390).await;
    browser.close().await;
}

/// The older way to write to the clipboard, which is all that browsers have over plain HTTP.
#[tokio::test]
async fn copies_without_the_clipboard_api() {
    let (_app, browser, _) = opened("CLIENT").await;
    write(&browser, "{ viewer { name } }").await;
    is_now(&browser, "CLIENT").await;
    browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })", json!([])).await;
    let (message, text) = copied(&browser, "curl").await;
    assert!(message.starts_with("Copied as curl."), "{message}");
    assert_eq!(run("curl", &text, "demo-client").await["data"]["viewer"]["name"], "Ana Whitlock");
    browser.close().await;
}
