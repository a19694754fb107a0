//! Tests of the pages that ask for the code of a sign-in mail.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_testkit::{Reply, TestApp};

use crate::support::accounts::{
    ANA, HANA, STRANGER, browser, browser_form, cookie_of, mailed_code, mailed_token, wrong_code,
};

const FIELD: &str = "inputmode=\"numeric\" autocomplete=\"one-time-code\"";
const CODE: &str = "/auth/sign-in/code";

/// A form of a browser with a cookie.
fn form(path: &str, form: &str, cookie: &str) -> Request<Body> {
    let mut request = browser_form(path, form);
    request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
    request
}

/// Asks for a mail on the sign-in page. Returns the cookie.
async fn ask(app: &TestApp, email: &str) -> String {
    let asked = app.send(browser_form("/auth/sign-in", &format!("email={email}"))).await;
    assert_eq!(
        (asked.status, &asked.headers["location"]),
        (StatusCode::SEE_OTHER, &"/auth/sign-in/sent".parse().expect("a header value"))
    );
    let cookie = asked.headers["set-cookie"].to_str().expect("cookies are text");
    for attribute in
        ["__Host-portico-request=pr_", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=900"]
    {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    cookie_of(&asked)
}

fn assert_signed_in(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    assert!(cookie_of(reply).starts_with("__Host-portico-session=ps_"));
    let cookies: Vec<_> = reply.headers.get_all(header::SET_COOKIE).iter().filter_map(|it| it.to_str().ok()).collect();
    assert!(cookies[1].starts_with("__Host-portico-request=; ") && cookies[1].contains("Max-Age=0"), "{cookies:?}");
}

#[tokio::test]
async fn mail_scanner_locks_no_person_out() {
    // SES-10
    let app = TestApp::demo().await;
    let cookie = ask(&app, ANA).await;
    let sent = app.send(browser(Method::GET, "/auth/sign-in/sent", Some(&cookie))).await;
    assert!(
        sent.text.contains(FIELD) && sent.text.contains("action=\"&#x2f;auth&#x2f;sign-in&#x2f;code\""),
        "{}",
        sent.text
    );
    let path = format!("/auth/link/{}", mailed_token(&app, ANA).await);
    // The scanner opens the link in every way, and presses its button.
    for method in [Method::HEAD, Method::GET, Method::OPTIONS, Method::POST] {
        app.send(browser(method, &path, None)).await;
    }
    for method in [Method::GET, Method::POST] {
        let used = app.send(browser(method.clone(), &path, Some(&cookie))).await;
        assert_eq!(used.status, StatusCode::GONE, "{method}");
        assert!(used.text.contains(FIELD) && used.text.contains("Send me a new link"), "{method}: {}", used.text);
    }
    let code = mailed_code(&app, ANA).await;
    let spaced = format!("code={}+{}", &code[..3], &code[3..]);
    assert_signed_in(&app.send(form(CODE, &spaced, &cookie)).await);
    let again = app.send(browser(Method::GET, &path, Some(&cookie))).await;
    assert!(!again.text.contains(FIELD), "a used code is not offered: {}", again.text);
}

#[tokio::test]
async fn other_browser_has_button_and_hint() {
    // SES-10: a telephone has the mail, but did not ask for it.
    let app = TestApp::demo().await;
    let cookie = ask(&app, ANA).await;
    let path = format!("/auth/link/{}", mailed_token(&app, ANA).await);
    let hint = "In the browser where you asked for this email, you can also enter its six-digit code";
    let own = app.send(browser(Method::GET, &path, Some(&cookie))).await;
    assert!(own.text.contains("Open my portal") && !own.text.contains(hint), "{}", own.text);
    let stranger = ask(&app, STRANGER).await;
    for other in [None, Some(stranger.as_str()), Some("__Host-portico-request=pr_x")] {
        let page = app.send(browser(Method::GET, &path, other)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Open my portal") && page.text.contains(hint), "{}", page.text);
        assert!(!page.text.contains(FIELD), "the code does not work there: {}", page.text);
    }
    let entered = app.send(browser(Method::POST, &path, None)).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "the button works there");
    let used = app.send(browser(Method::GET, &path, None)).await;
    assert!(used.text.contains(hint) && !used.text.contains(FIELD), "{}", used.text);
    // A new link is asked for by this browser.
    let fresh = app.send(browser_form(&format!("{path}/fresh"), "")).await;
    let cookie = cookie_of(&fresh);
    let sent = app.send(browser(Method::GET, &format!("{path}/sent"), Some(&cookie))).await;
    assert!(sent.text.contains(FIELD), "{}", sent.text);
    let code = mailed_code(&app, ANA).await;
    assert_signed_in(&app.send(form(CODE, &format!("code={code}"), &cookie)).await);
}

#[tokio::test]
async fn refused_code_is_shown_beside_its_field() {
    // SES-10
    let app = TestApp::demo().await;
    let cookie = ask(&app, ANA).await;
    let code = mailed_code(&app, ANA).await;
    for (sent, says) in [
        (wrong_code(&code), "This code is wrong"),
        ("12345".to_owned(), "The code must be the six digits from the email."),
        (String::new(), "The code must be the six digits from the email."),
    ] {
        let page = app.send(form(CODE, &format!("code={sent}"), &cookie)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains(says) && page.text.contains(FIELD), "{says}: {}", page.text);
        assert!(page.text.contains("aria-invalid=\"true\" aria-describedby=\"code-fault\""), "{}", page.text);
        assert!(sent.is_empty() || !page.text.contains(&sent), "{}", page.text);
    }
    for _ in 0..4 {
        app.send(form(CODE, &format!("code={}", wrong_code(&code)), &cookie)).await;
    }
    let void = app.send(form(CODE, &format!("code={code}"), &cookie)).await;
    assert_eq!(void.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(void.text.contains("do not work any more") && !void.text.contains(FIELD), "{}", void.text);
    assert!(void.text.contains("href=\"&#x2f;auth&#x2f;sign-in\""), "{}", void.text);
}

#[tokio::test]
async fn pages_are_equal_for_unknown_addresses() {
    // SES-10, SES-5
    let app = TestApp::demo().await;
    let mut pages = Vec::new();
    for email in [ANA, STRANGER] {
        let cookie = ask(&app, email).await;
        let right = if email == ANA { mailed_code(&app, ANA).await } else { "123456".to_owned() };
        let mut texts = vec![app.send(browser(Method::GET, "/auth/sign-in/sent", Some(&cookie))).await.text];
        for _ in 0..6 {
            let page = app.send(form(CODE, &format!("code={}", wrong_code(&right)), &cookie)).await;
            texts.push(format!("{} {}", page.status, page.text));
        }
        pages.push(texts);
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn code_needs_the_browser_that_asked() {
    // SES-10
    let app = TestApp::demo().await;
    let cookie = ask(&app, ANA).await;
    let code = format!("code={}", mailed_code(&app, ANA).await);
    let other = app.send(browser_form(CODE, &code)).await;
    assert_eq!(other.status, StatusCode::GONE, "{}", other.text);
    assert!(other.text.contains("Enter the code in the browser where you asked"), "{}", other.text);
    let mut foreign = form(CODE, &code, &cookie);
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a value"));
    assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN, "a form of another site");
    let twice = app.send(form(CODE, &format!("{code}&{code}"), &cookie)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST, "{}", twice.text);
    let none = app.send(browser(Method::GET, "/auth/sign-in/sent", None)).await;
    assert!(!none.text.contains(FIELD), "{}", none.text);
    assert_signed_in(&app.send(form(CODE, &code, &cookie)).await);
}

#[tokio::test]
async fn page_asks_for_the_account_of_a_code() {
    // SES-10, SEC-12
    let app = TestApp::demo().await;
    // At her employer's portal: a link to another company's covers her projects only.
    let mut at_work = browser_form("/auth/sign-in", &format!("email={HANA}"));
    at_work.headers_mut().insert(header::HOST, "portal.fernhill.example".parse().expect("a host"));
    let cookie = cookie_of(&app.send(at_work).await);
    let code = mailed_code(&app, HANA).await;
    let choice = app.send(form(CODE, &format!("code={code}"), &cookie)).await;
    assert_eq!(choice.status, StatusCode::OK);
    assert!(choice.text.contains("Choose an account") && choice.text.contains("as a client of"), "{}", choice.text);
    let again = format!("<input type=\"hidden\" name=\"code\" value=\"{code}\">");
    assert_eq!(choice.text.matches(&again).count(), 2, "{}", choice.text);
    let unknown = app.send(form(&format!("{CODE}?as=%22%3E%3Cb%3E"), &format!("code={code}"), &cookie)).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("cannot be chosen") && !unknown.text.contains("<b>"), "{}", unknown.text);
    assert_signed_in(&app.send(form(&format!("{CODE}?as=CLIENT"), &format!("code={code}"), &cookie)).await);
}
