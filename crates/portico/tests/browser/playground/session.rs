//! Tests of the browser's session in the playground: the cookie of a mailed link or of the portal.

use axum::http::StatusCode;
use axum::http::{Method, Request, header};
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::browser::Browser;
use super::page::{VARIABLES, answer, is_now, opened, read, write};

const BUTTON: &str = ".session-button";
const NAME: &str = "{ viewer { name role } }";
const CHOOSE: &str = "const select = document.querySelector(arguments[0]);
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, arguments[1]);
    select.dispatchEvent(new Event('change', { bubbles: true }));";

/// Signs the browser in with a mailed link.
async fn sign_in(app: &TestApp, browser: &Browser, address: &str, email: &str) {
    let ask = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
    app.ask_with(&Person::public(), ask, json!({ "input": { "email": email } })).await;
    let mails = app.db_mails().await;
    let newest = mails.iter().rev().find(|mail| mail.to_address == email).and_then(|mail| mail.token.clone());
    browser.open(&format!("{address}auth/link/{}", newest.expect("a link was mailed"))).await;
    browser.press("\u{e004}\u{e007}").await;
    browser.until("document.querySelector('h1')?.innerText === 'You are signed in'").await;
}

async fn text_of(browser: &Browser, selector: &str) -> String {
    let text = browser.run("return document.querySelector(arguments[0]).innerText", json!([selector])).await;
    text.as_str().unwrap_or_default().to_owned()
}

/// The headers of requests to the gateway since the last call, as the browser sent them, with names in lower case.
async fn sent(browser: &Browser) -> Vec<Value> {
    let entries = browser.log("performance").await;
    let messages = entries.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
    let extra = messages.filter(|message| message["message"]["method"] == "Network.requestWillBeSentExtraInfo");
    let headers = extra.filter_map(|message| message["message"]["params"]["headers"].as_object().cloned());
    let lower = headers.map(|all| all.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect::<Value>());
    // Files of the page are loaded without the cookie's owner being asked.
    lower.filter(|all| all["content-type"] == "application/json").collect()
}

#[tokio::test]
async fn browser_session_is_used_without_a_token() {
    // ROB-17, ROB-18; API-4
    let (app, browser, address) = opened("CLIENT").await;
    assert_eq!(text_of(&browser, BUTTON).await, "This browser’s session");
    browser.click(BUTTON).await;
    browser
        .until("document.querySelector('[role=alert]')?.innerText.startsWith('This browser is not signed in:')")
        .await;
    assert_eq!(
        browser.run("return document.querySelector('[role=alert] a').pathname", json!([])).await,
        "/auth/sign-in"
    );
    assert_eq!(browser.log("browser").await, Vec::<Value>::new(), "the question who is signed in is no error");

    sign_in(&app, &browser, &address, "ruth@alderbrook.example").await;
    let note = "document.querySelector('main').innerText.includes('the playground at / can use this browser session')";
    browser.until(note).await;
    browser.open(&address).await;
    is_now(&browser, "OWNER").await;
    assert_eq!(text_of(&browser, ".who-name").await, "Ruth Calloway, by this browser’s session");
    assert_eq!(text_of(&browser, BUTTON).await, "This browser’s session: Ruth Calloway");
    assert_eq!(browser.run("return document.querySelector('.token input').value", json!([])).await, "");
    browser.until("document.querySelector('[data-example=Margins]')").await;
    browser.picture("browser-session").await;
    sent(&browser).await;
    write(&browser, NAME).await;
    assert_eq!(answer(&browser).await["data"]["viewer"], json!({ "name": "Ruth Calloway", "role": "OWNER" }));
    let by_session = sent(&browser).await;
    assert!(!by_session.is_empty());
    for headers in &by_session {
        assert!(headers["authorization"].is_null() && headers["x-portal-request"] == "1", "{headers}");
        assert!(
            headers["cookie"].as_str().is_some_and(|cookie| cookie.contains("__Host-portico-session=")),
            "{headers}"
        );
    }

    // A token, typed or in the headers' editor, is never sent together with the cookie.
    browser.click(".graphiql-editor-tools button[data-name=headers]").await;
    let script = "document.querySelectorAll(arguments[0])[1].CodeMirror.setValue(arguments[1])";
    browser.run(script, json!([VARIABLES, r#"{ "Authorization": "Bearer demo-trade" }"#])).await;
    assert_eq!(answer(&browser).await["data"]["viewer"]["role"], "TRADE");
    browser.run(script, json!([VARIABLES, ""])).await;
    browser.type_into(".token input", "demo-client").await;
    is_now(&browser, "CLIENT").await;
    assert_eq!(text_of(&browser, ".who-name").await, "Ana Whitlock");
    assert_eq!(answer(&browser).await["data"]["viewer"]["name"], "Ana Whitlock");
    let with_token = sent(&browser).await;
    let with_token: Vec<_> = with_token.iter().filter(|headers| !headers["authorization"].is_null()).collect();
    assert!(with_token.len() >= 2, "{with_token:?}");
    assert!(with_token.iter().all(|headers| headers["cookie"].is_null()), "{with_token:?}");

    // The choice lasts, and a token is stored only as long as it is used.
    browser.click(BUTTON).await;
    is_now(&browser, "OWNER").await;
    browser.open(&address).await;
    is_now(&browser, "OWNER").await;
    let kept = browser.run("return JSON.stringify([sessionStorage, localStorage])", json!([])).await;
    assert!(!kept.as_str().unwrap_or_default().contains("demo-client"), "{kept}");
    browser.close().await;
}

#[tokio::test]
async fn page_follows_the_session_of_the_browser() {
    let (app, browser, address) = opened("CLIENT").await;
    sign_in(&app, &browser, &address, "jo@alderbrook.example").await;
    browser.open(&address).await;
    is_now(&browser, "CLIENT").await;
    browser.click(BUTTON).await;
    is_now(&browser, "STAFF").await;
    write(&browser, NAME).await;
    assert_eq!(answer(&browser).await["data"]["viewer"]["name"], "Jo Brandt");
    // As another tab would: the page notices when the user returns to it.
    let sign_out = "return fetch('/graphql', { method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: '{\"query\":\"mutation { signOut { isSignedOut } }\"}' }).then((response) => response.text())";
    let out = browser.run(sign_out, json!([])).await;
    assert!(out.as_str().is_some_and(|out| out.contains(r#""isSignedOut":true"#)), "{out}");
    browser.run("window.dispatchEvent(new Event('focus'))", json!([])).await;
    browser.until("document.querySelector('.who').dataset.state === 'unsigned'").await;
    assert_eq!(read(&browser, ".result-window .CodeMirror").await, "", "the last answer is gone");

    // A view of a client's portal returns to the session that started it, also after a reload.
    sign_in(&app, &browser, &address, "ruth@alderbrook.example").await;
    browser.open(&address).await;
    is_now(&browser, "OWNER").await;
    browser.until("document.querySelector('.view-button')").await;
    browser.click(".view-button").await;
    let maple = app.id(Tag::PROJECT, "alderbrook/maple-street");
    let ana = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ana");
    for (list, id) in [("Project", maple), ("Client", ana)] {
        browser.until(&format!("document.querySelector('.view-start option[value=\"{id}\"]')")).await;
        browser.run(CHOOSE, json!([format!(".view-start select[aria-label={list}]"), id])).await;
    }
    browser.click(".view-start button").await;
    is_now(&browser, "CLIENT").await;
    browser.open(&address).await;
    is_now(&browser, "CLIENT").await;
    assert_eq!(text_of(&browser, ".views button").await, "Your session");
    browser.click(".view-button").await;
    is_now(&browser, "OWNER").await;

    // An operation that signs out ends the session of the browser.
    write(&browser, "mutation { signOut { isSignedOut } }").await;
    browser.click(".graphiql-execute-button").await;
    browser.until("document.querySelector('.who').dataset.state === 'unsigned'").await;
    browser.open(&format!("{address}auth/session")).await;
    browser.until("document.querySelector('h1')?.innerText === 'You are not signed in'").await;
    browser.close().await;
}

#[tokio::test]
async fn examples_with_a_cookie_need_the_header() {
    // API-4
    let app = TestApp::demo().await;
    for (is_meant, status) in [(false, StatusCode::BAD_REQUEST), (true, StatusCode::OK)] {
        let request = Request::builder().method(Method::GET).uri("/playground/examples.json");
        let request = request.header(header::COOKIE, "__Host-portico-session=demo-session-ruth");
        let request = if is_meant { request.header("x-portal-request", "1") } else { request };
        let reply = app.send(request.body(axum::body::Body::empty()).expect("a request can be made")).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert_eq!(reply.text.contains("Margins"), is_meant, "{}", reply.text);
    }
}
