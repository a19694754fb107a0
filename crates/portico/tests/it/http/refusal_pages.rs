//! Tests of refusals: pages for browsers, JSON for programs.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_adapters::mail::MailFolder;
use portico_core::id::new_uuid;
use portico_core::links::LinkSite;
use portico_testkit::{Reply, TestApp};

/// Chromium's `Accept` header for navigation and forms.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const PORTAL: &str = "portal.alderbrook.example";

/// A request, with the status and heading of the reply.
struct Case {
    method: Method,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    status: u16,
    title: &'static str,
}

impl Case {
    fn get(path: &str, status: u16, title: &'static str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: String::new(), status, title }
    }

    fn post(path: &str, headers: &[(&'static str, &'static str)], status: u16, title: &'static str) -> Self {
        Self { method: Method::POST, headers: headers.to_vec(), ..Self::get(path, status, title) }
    }

    async fn asked(&self, app: &TestApp, accept: Option<&str>) -> Reply {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path).header(header::HOST, PORTAL);
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        app.send(request.body(Body::from(self.body.clone())).expect("a request can be made")).await
    }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn cases() -> Vec<Case> {
    let long = format!("password={}", "a".repeat(5_000));
    vec![
        Case::get("/nowhere", 404, "Page not found"),
        Case::get("/files/nothing", 404, "This link does not work"),
        Case::get("/files/nothing/Plan.pdf", 404, "This link does not work"),
        Case::get("/playground/nothing.js", 404, "Page not found"),
        Case { method: Method::POST, ..Case::get("/nowhere", 404, "Page not found") },
        // A browser reloads the result of a form.
        Case::get("/auth/sign-out", 405, "This page cannot be opened"),
        Case::get("/auth/link/nothing/fresh", 405, "This page cannot be opened"),
        Case { method: Method::DELETE, ..Case::get("/leads/demo-form-alderbrook", 405, "This page cannot be opened") },
        Case { body: long, ..Case::post("/auth/link/nothing", &[FORM, OWN], 413, "Too much text") },
        Case::post("/auth/link/nothing", &[FORM, OWN, ("content-encoding", "br")], 415, "Invalid request"),
        Case::get("/leads/%FF", 400, "Invalid request"),
        Case::get("/auth/link/a%00", 400, "Invalid request"),
        Case::post("/nowhere", &[("host", "other.example")], 400, "Invalid request"),
    ]
}

fn assert_page(reply: &Reply, status: u16, title: &str) {
    assert_eq!(reply.status.as_u16(), status, "{title}: {}", reply.text);
    assert_eq!(reply.headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{title}: {}", reply.text);
    assert!(reply.text.contains(&format!("<h1>{title}</h1>")), "{title}: {}", reply.text);
    assert!(reply.text.contains("role=\"alert\""), "{title}: {}", reply.text);
    let policy = reply.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
    assert!(policy.contains("style-src 'self'; base-uri 'none'; form-action 'self'"), "{title}: {policy}");
    assert!(reply.headers.contains_key("x-request-id"), "{title}");
}

#[tokio::test]
async fn browsers_get_refusals_as_pages() {
    let app = TestApp::demo().await;
    for case in cases() {
        assert_page(&case.asked(&app, Some(BROWSER)).await, case.status, case.title);
    }
}

#[tokio::test]
async fn programs_get_the_same_refusals_as_json() {
    let app = TestApp::demo().await;
    for case in cases() {
        let page = case.asked(&app, Some(BROWSER)).await;
        for accept in [None, Some("*/*"), Some("application/json"), Some("application/json, text/html")] {
            let reply = case.asked(&app, accept).await;
            assert_eq!((reply.status, reply.code()), (page.status, expected_code(&case)), "{} {accept:?}", case.path);
            for name in [header::ALLOW, header::ACCEPT_ENCODING, header::CONNECTION] {
                assert_eq!(reply.headers.get(&name), page.headers.get(&name), "{} {name}", case.path);
            }
        }
    }
}

fn expected_code(case: &Case) -> &'static str {
    if case.status == 413 { "PAYLOAD_TOO_LARGE" } else { "BAD_USER_INPUT" }
}

#[tokio::test]
async fn graphql_refusals_are_always_json() {
    let app = TestApp::demo().await;
    for (method, status) in [(Method::GET, 400), (Method::POST, 415), (Method::DELETE, 405)] {
        let case = Case { method, ..Case::get("/graphql", status, "") };
        let reply = case.asked(&app, Some(BROWSER)).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, "BAD_USER_INPUT"), "{}", reply.text);
    }
}

#[tokio::test]
async fn refusal_pages_carry_the_hosts_branding() {
    let app = TestApp::demo().await;
    let own = Case::get("/nowhere", 404, "Page not found").asked(&app, Some(BROWSER)).await;
    assert!(own.text.contains("Alderbrook Homes") && own.text.contains("/pages/brand/2f5d50.css"), "{}", own.text);
    let request = Request::get("/nowhere").header(header::HOST, "elsewhere.example").header(header::ACCEPT, BROWSER);
    let other = app.send(request.body(Body::empty()).expect("a request can be made")).await;
    assert!(other.text.contains("Portico") && other.text.contains("/pages/brand/2f4858.css"), "{}", other.text);
    // The URL is not repeated.
    let hostile = Case::get("/%3Cscript%3Ealert(1)%3C/script%3E", 404, "").asked(&app, Some(BROWSER)).await;
    assert!(hostile.status == StatusCode::NOT_FOUND && !hostile.text.contains("alert(1)"), "{}", hostile.text);
}

#[tokio::test]
async fn plain_http_is_refused_with_a_page() {
    let app = TestApp::demo().await.rewired(|app| app.site = LinkSite::PortalHosts);
    let case =
        Case { headers: vec![("x-forwarded-proto", "http")], ..Case::get("/auth/session", 403, "Request blocked") };
    let page = case.asked(&app, Some(BROWSER)).await;
    assert_page(&page, 403, case.title);
    assert!(page.text.contains("https:&#x2f;&#x2f;") && page.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn server_errors_are_pages() {
    let path = std::env::temp_dir().join(format!("portico-refusals-{}", new_uuid()));
    let folder = MailFolder::at(path.clone()).await.expect("a folder can be made");
    let app = TestApp::demo().await.as_demo(folder);
    std::fs::remove_dir_all(path).expect("it can be removed");
    let failed = Case::get("/dev/mail", 500, "Something went wrong");
    assert_page(&failed.asked(&app, Some(BROWSER)).await, 500, failed.title);
    assert_eq!(failed.asked(&app, None).await.code(), "INTERNAL");
    // Without a database there is no branding either.
    let app = TestApp::demo().await;
    let revoke = "revoke connect on database NAME from public, portico_auth, portico_accounts";
    app.database().db_execute(&revoke.replace("NAME", app.database().name())).await;
    let cookie = ("cookie", "__Host-portico-session=demo-client");
    let away = Case { headers: vec![cookie], ..Case::get("/auth/session", 503, "Not available") };
    assert_page(&away.asked(&app, Some(BROWSER)).await, 503, away.title);
}

#[tokio::test]
async fn cross_site_form_gets_a_page() {
    // A form without a script.
    let app = TestApp::demo().await;
    let send = async |site: &str, kind: &str, body: &str| {
        let request = Request::post("/leads/demo-form-alderbrook")
            .header(header::HOST, PORTAL)
            .header(header::ACCEPT, BROWSER)
            .header(header::CONTENT_TYPE, kind)
            .header(header::ORIGIN, site)
            .header("sec-fetch-site", "cross-site");
        app.send(request.body(Body::from(body.to_owned())).expect("a request can be made")).await
    };
    let (form, filled) = (FORM.1, "name=Kim&email=kim%40mail.example&message=Hello");
    let sent = send("https://www.alderbrook.example", form, filled).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let wrong = send("https://www.alderbrook.example", form, "name=Kim&email=nobody").await;
    assert_page(&wrong, 422, "Ask Alderbrook Homes");
    assert!(wrong.text.contains("value=\"Kim\""), "{}", wrong.text);
    let other = send("https://evil.example", form, filled).await;
    assert_page(&other, 403, "The form was not sent");
    let unread = send("https://www.alderbrook.example", "text/plain", filled).await;
    assert_page(&unread, 415, "The form was not sent");
    let leads = "select count(*) from contacts where email = 'kim@mail.example'";
    assert_eq!(app.database().db_count(leads).await, 1);
}
