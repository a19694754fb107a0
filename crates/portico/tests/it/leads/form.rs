//! Tests of `/leads/<key>`: the lead form over HTTP, and its allowed origins (LEAD-2).

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_core::access::Permission;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

use crate::support::{change, is_unknown, refusals};

const PAGE: &str = "https://www.alderbrook.example";

async fn send(app: &TestApp, key: &str, kind: &str, page: Option<&str>, body: &str) -> Reply {
    let mut request = Request::post(format!("/leads/{key}")).header(header::CONTENT_TYPE, kind);
    if let Some(page) = page {
        request = request.header(header::ORIGIN, page);
    }
    app.send(request.body(Body::from(body.to_owned())).expect("a request can be made")).await
}

fn filled(name: &str) -> String {
    json!({ "name": name, "email": "kim@mail.example", "message": "Hello", "extra": 1 }).to_string()
}

#[tokio::test]
async fn form_is_accepted_as_json_and_urlencoded() {
    let app = TestApp::demo().await;
    let json = send(&app, "demo-form-alderbrook", "application/json", Some(PAGE), &filled("By JSON")).await;
    assert_eq!((json.status, &json.json), (StatusCode::OK, &json!({ "received": true })));
    let plain = "name=By+form&email=kim%40mail.example&phone=&message=A%0D%0AB&website=&other=x";
    let form = send(&app, "demo-form-alderbrook", "application/x-www-form-urlencoded", None, plain).await;
    assert_eq!((form.status, &form.json), (StatusCode::OK, &json!({ "received": true })));
    let spam = plain.replace("&website=", "x&website=https://spam.example");
    let spam = send(&app, "demo-form-alderbrook", "application/x-www-form-urlencoded", None, &spam).await;
    assert_eq!(spam.text, form.text);
    let rows = "select c.name || '|' || l.source || '|' || coalesce(l.message, '') as text
        from leads l join contacts c on c.id = l.contact_id where c.email = 'kim@mail.example' order by c.name";
    assert_eq!(app.database().db_texts(rows).await, ["By JSON|WEB|Hello", "By form|WEB|A\nB"]);
}

#[tokio::test]
async fn form_checks_allowed_origins() {
    let app = TestApp::demo().await;
    let sent = send(&app, "demo-form-alderbrook", "application/json", Some(PAGE), &filled("A")).await;
    assert_eq!(sent.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], PAGE);
    assert_eq!(sent.headers[header::VARY], "Origin");
    assert!(!sent.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    for other in
        ["https://evil.example", "https://www.alderbrook.example.evil.example", "http://www.alderbrook.example", "null"]
    {
        let reply = send(&app, "demo-form-alderbrook", "application/json", Some(other), &filled("B")).await;
        assert_eq!((reply.status, &reply.json["errors"][0]["code"]), (StatusCode::FORBIDDEN, &json!("INVALID_STATE")));
        assert!(reply.text.contains("allowed origins: ask the company to add it"), "{}", reply.text);
        assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{other}");
    }
    // The other company's form allows other pages.
    let other = send(&app, "demo-form-fernhill", "application/json", Some(PAGE), &filled("C")).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert_eq!(app.database().db_count("select count(*) from contacts where email = 'kim@mail.example'").await, 1);
    // A closed form does not say which origins it lists.
    app.database().db_execute("update lead_forms set is_open = false where key = 'demo-form-fernhill'").await;
    let mut replies = std::collections::BTreeSet::new();
    for (key, page) in
        [("demo-form-fernhill", PAGE), ("demo-form-fernhill", "https://www.fernhill.example"), ("nowhere", PAGE)]
    {
        let reply = send(&app, key, "application/json", Some(page), &filled("D")).await;
        assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], page, "the page shows it");
        replies.insert((reply.status, reply.text));
    }
    assert_eq!(replies.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [StatusCode::NOT_FOUND], "{replies:?}");
}

#[tokio::test]
async fn form_preflight_reveals_no_other_form() {
    let app = TestApp::demo().await;
    let ask = async |key: &str, page: &str| {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(format!("/leads/{key}"))
            .header(header::ORIGIN, page)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
        app.send(request.body(Body::empty()).expect("a request can be made")).await
    };
    let may = ask("demo-form-alderbrook", PAGE).await;
    assert_eq!(may.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], PAGE);
    assert_eq!(may.headers[header::ACCESS_CONTROL_ALLOW_METHODS], "POST");
    assert_eq!(may.headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "content-type");
    app.database().db_execute("update lead_forms set is_open = false where key = 'demo-form-fernhill'").await;
    let other = ask("demo-form-alderbrook", "https://evil.example").await;
    assert_eq!((other.status, other.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert!(!other.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    // Closed and unknown forms are alike, whatever they list: any page may read the 404.
    for key in ["demo-form-fernhill", "nowhere", "%00"] {
        for page in [PAGE, "https://www.fernhill.example", "https://evil.example"] {
            let reply = ask(key, page).await;
            assert_eq!((reply.status, reply.text.as_str()), (StatusCode::NO_CONTENT, ""), "{key}");
            assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], page, "{key}");
            assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), "{key}");
        }
    }
    // An origin that a form allows has no other access.
    let request = Request::builder().method(Method::OPTIONS).uri("/graphql").header(header::ORIGIN, PAGE);
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    let reply = app.send(request.body(Body::empty()).expect("a request can be made")).await;
    assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn form_errors_have_status_and_field() {
    let app = TestApp::demo().await;
    let json = "application/json";
    let wrong = send(&app, "demo-form-alderbrook", json, None, "{ \"name\": \"\", \"email\": \"x\" }").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (&wrong.json["errors"][0]["code"], &wrong.json["errors"][0]["field"]),
        (&json!("BLANK"), &json!("name"))
    );
    assert_eq!(
        (&wrong.json["errors"][1]["code"], &wrong.json["errors"][1]["field"]),
        (&json!("INVALID"), &json!("email"))
    );
    for field in ["name", "email", "phone", "interest", "message", "website"] {
        for value in ["1", "true", "[\"Ann\"]", "{}"] {
            let body = format!("{{ \"{field}\": {value} }}");
            let typed = send(&app, "demo-form-alderbrook", json, None, &body).await;
            assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let error = &typed.json["errors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!(field)), "{body}");
        }
    }
    let null =
        send(&app, "demo-form-alderbrook", json, None, "{ \"name\": null, \"email\": \"a@mail.example\" }").await;
    assert_eq!(null.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(null.json["errors"], json!([{ "code": "BLANK", "field": "name", "message": "must not be empty" }]));
    let large = filled(&"a".repeat(70_000));
    for (key, kind, body, status) in [
        ("demo-form-alderbrook", json, "{", StatusCode::BAD_REQUEST),
        ("demo-form-alderbrook", json, "[\"Ann\", \"ann@mail.example\"]", StatusCode::BAD_REQUEST),
        ("demo-form-alderbrook", json, " [{ \"name\": \"Ann\" }]", StatusCode::BAD_REQUEST),
        ("demo-form-alderbrook", json, "\"Ann\"", StatusCode::BAD_REQUEST),
        ("demo-form-alderbrook", json, "null", StatusCode::BAD_REQUEST),
        ("demo-form-alderbrook", "text/plain", "name=A", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("demo-form-alderbrook", "multipart/form-data", "name=A", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("demo-form-alderbrook", json, &large, StatusCode::PAYLOAD_TOO_LARGE),
        ("nowhere", json, &filled("A"), StatusCode::NOT_FOUND),
        ("%00", json, &filled("A"), StatusCode::NOT_FOUND),
    ] {
        let reply = send(&app, key, kind, None, body).await;
        assert_eq!((reply.status, &reply.json["received"]), (status, &json!(false)), "{key} {kind}");
    }
    let put =
        app.send(Request::put("/leads/demo-form-alderbrook").body(Body::empty()).expect("a request can be made")).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    for _ in 0..portico_actions::leads::FORMS_PER_NETWORK_PER_HOUR {
        send(&app, "demo-form-alderbrook", json, None, &filled("A")).await;
    }
    let over = send(&app, "demo-form-alderbrook", json, None, &filled("A")).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    let waits_an_hour = |reply: &Reply| {
        reply.headers[header::RETRY_AFTER].to_str().is_ok_and(|wait| wait.parse::<u32>().is_ok_and(|wait| wait > 3_000))
    };
    assert!(waits_an_hour(&over), "{:?}", over.headers);
    // The network's attempts are exhausted before the hourly limit.
    let mut last = over;
    for _ in 0..20 {
        last = send(&app, "demo-form-alderbrook", json, None, &filled("A")).await;
        assert!(last.status == StatusCode::TOO_MANY_REQUESTS && waits_an_hour(&last), "{:?}", last.headers);
    }
    assert!(!last.text.contains("in 1 min"), "{}", last.text);
}

const FORM: &str = "leadForm { key path isOpen allowedOrigins }";

#[tokio::test]
async fn staff_configure_form_and_rotate_key() {
    // LEAD-2
    let app = TestApp::demo().await;
    app.database().db_execute("delete from lead_forms where key = 'demo-form-alderbrook'").await;
    let robin = app.db_staff(&[Permission::LeadsManage]).await;
    let none = app.ask(&robin, &format!("{{ company {{ {FORM} }} }}")).await;
    assert!(none.at("/company/leadForm").is_null(), "{}", none.text);
    let input = "input: { allowedOrigins: [\"https://WWW.alderbrook.example/\", \"https://www.alderbrook.example\"] }";
    let made = change(&app, &robin, "leadFormUpdate", input, FORM).await["leadForm"].clone();
    assert_eq!((&made["isOpen"], &made["allowedOrigins"]), (&json!(true), &json!([PAGE])), "{made}");
    let key = made["key"].as_str().expect("it has one");
    assert_eq!(made["path"], format!("/leads/{key}"));
    assert_eq!(send(&app, key, "application/json", Some(PAGE), &filled("A")).await.status, StatusCode::OK);
    // Omitted values stay, except the key, with which old pages can no longer submit.
    let renewed = change(&app, &robin, "leadFormUpdate", "input: { rotateKey: true }", FORM).await["leadForm"].clone();
    assert_eq!((&renewed["isOpen"], &renewed["allowedOrigins"]), (&json!(true), &json!([PAGE])));
    assert_eq!(send(&app, key, "application/json", Some(PAGE), &filled("B")).await.status, StatusCode::NOT_FOUND);
    let key = renewed["key"].as_str().expect("it has one");
    assert_eq!(send(&app, key, "application/json", Some(PAGE), &filled("C")).await.status, StatusCode::OK);
    let shut = change(&app, &robin, "leadFormUpdate", "input: { isOpen: false }", FORM).await["leadForm"].clone();
    assert_eq!((&shut["isOpen"], &shut["key"]), (&json!(false), &renewed["key"]));
    assert_eq!(send(&app, key, "application/json", Some(PAGE), &filled("D")).await.status, StatusCode::NOT_FOUND);
    let trail = "select count(*) from activity where kind = 'LEAD_FORM_CHANGED' and company_id is not null";
    assert_eq!(app.database().db_count(trail).await, 3);
}

#[tokio::test]
async fn form_needs_leads_manage() {
    let app = TestApp::demo().await;
    let priya = Person::named("priya");
    is_unknown(&app.ask(&priya, &format!("{{ company {{ {FORM} }} }}")).await, "leadForm");
    let change_it = "mutation { leadFormUpdate(input: { isOpen: false }) { userErrors { code } } }";
    is_unknown(&app.ask(&priya, change_it).await, "leadFormUpdate");
    is_unknown(&app.ask(&Person::client(), change_it).await, "leadFormUpdate");
    let robin = app.db_staff(&[Permission::LeadsManage]).await;
    let own = app.ask(&robin, &format!("{{ company {{ {FORM} }} }}")).await;
    assert_eq!(own.at("/company/leadForm/key"), "demo-form-alderbrook");
    change(&app, &robin, "leadFormUpdate", "input: { isOpen: false, rotateKey: true }", FORM).await;
    let margot = app.ask(&Person::named("margot"), &format!("{{ company {{ {FORM} }} }}")).await;
    let expected = json!({ "key": "demo-form-fernhill", "path": "/leads/demo-form-fernhill", "isOpen": true,
        "allowedOrigins": ["https://www.fernhill.example"] });
    assert_eq!(*margot.at("/company/leadForm"), expected);
    let wrong = "input: { allowedOrigins: [\"*\", \"https://a.example/form\", \"https://a.example\"] }";
    let wrong = change(&app, &robin, "leadFormUpdate", wrong, FORM).await;
    assert_eq!(refusals(&wrong), ["INVALID input.allowedOrigins", "INVALID input.allowedOrigins"]);
    let many = vec!["\"https://a.example\""; 21].join(", ");
    let many = change(&app, &robin, "leadFormUpdate", &format!("input: {{ allowedOrigins: [{many}] }}"), FORM).await;
    assert_eq!(refusals(&many), ["TOO_LONG input.allowedOrigins"]);
}

/// A browser's request from an allowed or another page.
async fn from_page(app: &TestApp, site: &str, form: &str) -> Reply {
    let request = Request::post("/leads/demo-form-alderbrook")
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://portal.alderbrook.example")
        .header(header::HOST, "portal.alderbrook.example")
        .header("sec-fetch-site", site);
    app.send(request.body(Body::from(form.to_owned())).expect("a request can be made")).await
}

#[tokio::test]
async fn pages_send_forms_to_their_own_address() {
    let app = TestApp::demo().await;
    for key in
        ["..%2Fauth%2Fsign-out", "..%2Fauth%2Flink%2Fx", "%2e%2e%2Fauth", "..%5Cauth", "nowhere", "a%3Fb", "a%22b"]
    {
        let request = Request::post(format!("/leads/{key}"))
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        let reply =
            app.send(request.body(Body::from("name=A&email=a%40b.example")).expect("a request can be made")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{key}");
        let base = url::Url::parse(&format!("https://portal.example/leads/{key}")).expect("a URL");
        for action in reply.text.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let action = base.join(&action.replace("&#x2f;", "/")).expect("a path");
            assert!(action.path().starts_with("/leads/"), "{key}: {action}");
        }
    }
}

#[tokio::test]
async fn hosted_form_page_submits_leads() {
    // LEAD-2
    let app = TestApp::demo().await;
    let get = async |path: &str| app.send(Request::get(path).body(Body::empty()).expect("a request can be made")).await;
    let page = get("/leads/demo-form-alderbrook").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Ask Alderbrook Homes") && page.text.contains("name=\"email\""), "{}", page.text);
    assert!(!page.text.contains("<script"));
    let wrong = from_page(&app, "same-origin", "name=%3Cb%3EKim&email=nobody&message=Hello").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains(">Must be an email address, such as") && wrong.text.contains("&lt;b&gt;Kim"),
        "the entered values stay: {}",
        wrong.text
    );
    let sent = from_page(&app, "same-origin", "name=Kim&email=kim%40mail.example&message=Hello").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert_eq!(sent.headers[header::LOCATION], "/leads/demo-form-alderbrook/sent");
    let thanks = get("/leads/demo-form-alderbrook/sent").await;
    assert!(thanks.text.contains("Thank you") && thanks.text.contains("Alderbrook Homes"), "{}", thanks.text);
    app.database().db_execute("update company_brandings set website_url = 'https://www.alderbrook.example'").await;
    let thanks = get("/leads/demo-form-alderbrook/sent").await;
    assert!(thanks.text.contains("href=\"https:&#x2f;&#x2f;www.alderbrook.example\""), "{}", thanks.text);
    let forged = from_page(&app, "cross-site", "name=Eve&email=kim%40mail.example&message=Hello").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "an origin that the form does not list");
    assert!(forged.text.contains("allowed origins") && forged.text.contains("Alderbrook Homes"), "{}", forged.text);
    let robot = from_page(&app, "same-origin", "name=Bot&email=kim%40mail.example&website=x").await;
    let answer = |reply: &Reply| (reply.status, reply.headers[header::LOCATION].clone(), reply.text.clone());
    assert_eq!(answer(&robot), answer(&sent), "bots get the same answer as people");
    assert_eq!(app.database().db_count("select count(*) from contacts where email = 'kim@mail.example'").await, 1);
    app.database().db_execute("update lead_forms set is_open = false").await;
    for path in ["/leads/demo-form-alderbrook", "/leads/nowhere", "/leads/%00"] {
        assert_eq!(get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
