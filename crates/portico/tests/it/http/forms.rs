//! Tests of forms of pages, and of the sign-in page.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_testkit::{ADDRESSES, Person, Reply, TestApp};
use serde_json::json;

use crate::support::accounts::{
    ANA, HANA, STRANGER, browser, browser_form, consume, cookie_of, db_signed_in_just_now, fresh_link, mailed_code,
    mailed_token,
};
use crate::support::clients::{newcomer, remove_invitation};

/// Forms that succeed, and the headings of the pages to which they lead: at least one for each address that takes a form.
async fn successes(app: &TestApp, pattern: &str) -> Vec<(Request<Body>, &'static str)> {
    match pattern {
        "/auth/sign-out" => {
            let link = format!("/auth/link/{}", fresh_link(app, ANA).await);
            let cookie = cookie_of(&app.send(browser(Method::POST, &link, None)).await);
            vec![
                (browser(Method::POST, pattern, Some(&cookie)), "You are signed out"),
                (browser(Method::POST, pattern, None), "You are signed out"),
            ]
        }
        "/auth/sign-in" => vec![
            (browser_form(pattern, "email=ana.whitlock%40mail.example"), "Check your email"),
            (browser_form(pattern, "email=nobody.at.all%40mail.example"), "Check your email"),
        ],
        "/auth/sign-in/code" => {
            let asked = app.send(browser_form("/auth/sign-in", "email=ana.whitlock%40mail.example")).await;
            let mut form = browser_form(pattern, &format!("code={}", mailed_code(app, ANA).await));
            form.headers_mut().insert(header::COOKIE, cookie_of(&asked).parse().expect("a cookie"));
            vec![(form, "You are signed in")]
        }
        "/auth/link/{token}" => {
            db_signed_in_just_now(app).await;
            let update =
                "mutation { viewerUpdate(input: { email: \"ana.bell@mail.example\" }) { userErrors { code } } }";
            assert_eq!(*app.ask(&Person::client(), update).await.at("/viewerUpdate/userErrors"), json!([]));
            let new = format!("/auth/link/{}", mailed_token(app, "ana.bell@mail.example").await);
            let cookie = "__Host-portico-session=demo-client";
            let sign_in = format!("/auth/link/{}", fresh_link(app, ANA).await);
            let choice = format!("/auth/link/{}", fresh_link(app, HANA).await);
            vec![
                (browser(Method::POST, &sign_in, None), "You are signed in"),
                (browser(Method::POST, &choice, None), "Choose an account"),
                (browser(Method::POST, &new, Some(cookie)), "Thank you"),
            ]
        }
        "/auth/link/{token}/fresh" => {
            let used = fresh_link(app, ANA).await;
            consume(app, &used, None).await;
            vec![(browser(Method::POST, &format!("/auth/link/{used}/fresh"), None), "On its way")]
        }
        "/leads/{key}" => {
            let form = "name=Kim&email=kim%40mail.example&message=Hello";
            vec![(browser_form("/leads/demo-form-alderbrook", form), "Thank you")]
        }
        other => panic!("no form that succeeds is known for {other}"),
    }
}

#[tokio::test]
async fn every_form_redirects_to_a_page() {
    let mut cases = 0;
    for address in ADDRESSES.iter().filter(|address| address.is_page && address.methods.contains("POST")) {
        let app = TestApp::demo().await;
        for (request, heading) in successes(&app, address.pattern).await {
            let sent = app.send(request).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{heading}: {}", sent.text);
            let location = sent.headers[header::LOCATION].to_str().expect("it is text");
            let cookie = sent.headers.contains_key(header::SET_COOKIE).then(|| cookie_of(&sent));
            for _ in 0..2 {
                let page = app.send(browser(Method::GET, location, cookie.as_deref())).await;
                assert_eq!(page.status, StatusCode::OK, "{location}: {}", page.text);
                assert!(page.text.contains(&format!("<h1>{heading}</h1>")), "{location}: {}", page.text);
            }
            cases += 1;
        }
    }
    assert!(cases >= 5, "{cases}");
}

async fn at(app: &TestApp, method: Method, path: &str, host: &str, cookie: Option<&str>) -> Reply {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, format!("__Host-portico-session={cookie}"));
    }
    let request = request.header(header::ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    app.send(request.body(Body::empty()).expect("a request can be made")).await
}

#[tokio::test]
async fn sign_in_page_mails_a_link() {
    // SES-5, SEC-10
    let app = TestApp::demo().await;
    let page = app.send(browser(Method::GET, "/auth/sign-in", None)).await;
    assert!(page.text.contains("Alderbrook Homes") && page.text.contains("type=\"email\""), "{}", page.text);
    assert!(!page.text.contains("You are signed in as"), "{}", page.text);
    assert!(page.text.contains("required autofocus>") && page.text.contains("Passwords work in"), "{}", page.text);
    let (known, unknown) = (
        app.send(browser_form("/auth/sign-in", "email=ana.whitlock%40mail.example")).await,
        app.send(browser_form("/auth/sign-in", &format!("email={STRANGER}"))).await,
    );
    let answer = |reply: &Reply| (reply.status, reply.headers[header::LOCATION].clone(), reply.text.clone());
    assert_eq!(answer(&known), answer(&unknown));
    let mails = app.db_mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to_address.as_str()).collect::<Vec<_>>(), [ANA]);
    assert!(mails[0].link.as_deref().is_some_and(|link| link.starts_with("https://portal.alderbrook.example/")));
    let wrong = app.send(browser_form("/auth/sign-in", "email=%3Cb%3E")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"&lt;b&gt;\"") && wrong.text.contains("id=\"email-fault\""), "{}", wrong.text);
    let twice = app.send(browser_form("/auth/sign-in", "email=a&email=b")).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let forged = Request::post("/auth/sign-in").header("sec-fetch-site", "cross-site");
    let forged = app.send(forged.body(Body::from(format!("email={ANA}"))).expect("a request can be made")).await;
    assert_eq!((forged.status, app.db_mails().await.len()), (StatusCode::FORBIDDEN, 1));
    let signed_in = at(&app, Method::GET, "/auth/sign-in", "localhost", Some("demo-client")).await;
    assert!(signed_in.text.contains("You are signed in as Ana Whitlock"), "{}", signed_in.text);
}

#[tokio::test]
async fn sign_in_page_is_throttled_like_the_api() {
    let app = TestApp::demo().await;
    let mut last = app.send(browser_form("/auth/sign-in", "email=ana.whitlock%40mail.example")).await;
    for _ in 0..40 {
        if last.status != StatusCode::SEE_OTHER {
            break;
        }
        last = app.send(browser_form("/auth/sign-in", "email=ana.whitlock%40mail.example")).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn signed_out_pages_link_to_sign_in() {
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let update = "mutation { viewerUpdate(input: { email: \"ana.bell@mail.example\" }) { userErrors { code } } }";
    app.ask(&Person::client(), update).await;
    let confirmation = format!("/auth/link/{}", mailed_token(&app, "ana.bell@mail.example").await);
    for (method, path) in [
        (Method::GET, "/auth/session"),
        (Method::GET, "/auth/signed-out"),
        (Method::GET, "/auth/link/nothing"),
        (Method::POST, "/auth/link/nothing"),
        (Method::POST, confirmation.as_str()),
    ] {
        let page = app.send(browser(method, path, None)).await;
        assert!(page.text.contains("href=\"&#x2f;auth&#x2f;sign-in\""), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn root_redirects_without_a_playground() {
    let app = TestApp::demo().await.rewired(|app| app.playground = None);
    let root = at(&app, Method::GET, "/", "localhost", None).await;
    assert_eq!(
        (root.status, &root.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/auth/session".parse().unwrap())
    );
    let session = at(&app, Method::GET, "/auth/session", "localhost", Some("demo-client")).await;
    assert!(!session.text.contains("playground"), "{}", session.text);
    let plain = TestApp::demo().await.rewired(|app| app.demo_tokens = portico::auth::DemoTokens::Refused);
    let link = format!("/auth/link/{}", fresh_link(&plain, ANA).await);
    let cookie = cookie_of(&plain.send(browser(Method::POST, &link, None)).await);
    let session = plain.send(browser(Method::GET, "/auth/session", Some(&cookie))).await;
    let note = "For developers: the playground at &#x2f; can use this browser session";
    assert!(session.text.contains("You are signed in as") && session.text.contains(note), "{}", session.text);
    let demo = at(&TestApp::demo().await, Method::GET, "/auth/session", "localhost", Some("demo-client")).await;
    assert!(demo.text.contains(note), "{}", demo.text);
}

#[tokio::test]
async fn pages_lead_to_the_playground_nowhere() {
    // `/` is a portal only without a playground.
    let with = TestApp::demo().await;
    let without = with.rewired(|app| app.playground = None);
    for (app, is_linked) in [(&with, false), (&without, true)] {
        for path in ["/auth/session", "/nowhere", "/auth/sign-in"] {
            let page = at(app, Method::GET, path, "localhost", Some("demo-client")).await;
            let start = page.text.contains("href=\"&#x2f;\"");
            assert_eq!(start, is_linked && path != "/auth/sign-in", "{path}: {}", page.text);
        }
    }
}

#[tokio::test]
async fn pages_after_a_mail_have_a_next_step() {
    let demo = TestApp::demo().await;
    let plain = demo.rewired(|app| app.demo_tokens = portico::auth::DemoTokens::Refused);
    let sent = format!("/auth/link/{}/sent", fresh_link(&demo, ANA).await);
    for path in ["/auth/sign-in/sent", sent.as_str()] {
        for (app, is_demo) in [(&demo, true), (&plain, false)] {
            let page = app.send(browser(Method::GET, path, None)).await;
            assert!(page.text.contains("spam folder"), "{path}: {}", page.text);
            assert!(page.text.contains("href=\"&#x2f;auth&#x2f;sign-in\""), "{path}: {}", page.text);
            assert_eq!(page.text.contains("href=\"&#x2f;dev&#x2f;mail\""), is_demo, "{path}: {}", page.text);
        }
    }
    let lost = at(&demo, Method::GET, "/nowhere", "localhost", None).await;
    assert!(lost.text.contains("href=\"&#x2f;auth&#x2f;sign-in\""), "{}", lost.text);
}

#[tokio::test]
async fn choice_ends_when_access_does() {
    let app = TestApp::demo().await;
    let link = format!("/auth/link/{}", fresh_link(&app, HANA).await);
    let choice = app.send(browser(Method::POST, &link, None)).await;
    let choose = choice.headers[header::LOCATION].to_str().expect("it is text").to_owned();
    assert_eq!(choose, format!("{link}/choose"));
    let get = async || app.send(browser(Method::GET, &choose, None)).await;
    assert!(get().await.text.contains("Choose an account"));
    // One option: as for a person with one.
    app.database().db_execute("update staff_memberships set removed_at = now()").await;
    let one = get().await;
    assert_eq!((one.status, one.headers[header::LOCATION].to_str().ok()), (StatusCode::SEE_OTHER, Some(link.as_str())));
    // None: as after pressing the link's button.
    app.database().db_execute("update project_memberships set removed_at = now(), is_primary = false").await;
    for page in [get().await, app.send(browser(Method::POST, &link, None)).await] {
        assert_eq!(page.status, StatusCode::GONE, "{}", page.text);
        assert!(page.text.contains("href=\"&#x2f;auth&#x2f;sign-in\""), "{}", page.text);
    }
}

#[tokio::test]
async fn api_keys_cannot_sign_out() {
    let app = TestApp::demo().await;
    let page = at(&app, Method::GET, "/auth/session", "localhost", Some("demo-reporting")).await;
    assert!(page.text.contains("an API key") && !page.text.contains("Sign out"), "{}", page.text);
    let by_cookie = at(&app, Method::POST, "/auth/sign-out", "localhost", Some("demo-reporting")).await;
    let bearer = Request::post("/auth/sign-out").header(header::AUTHORIZATION, "Bearer demo-reporting");
    let by_header = app.send(bearer.body(Body::empty()).expect("a request can be made")).await;
    for reply in [by_cookie, by_header] {
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.text);
        assert!(reply.text.contains("API keys cannot sign out"), "{}", reply.text);
    }
    let still = app.ask(&Person::reporting(), "{ viewer { role } }").await;
    assert_eq!(*still.at("/viewer/role"), "REPORTING");
}

#[tokio::test]
async fn session_pages_have_the_companys_branding() {
    let app = TestApp::demo().await;
    for cookie in ["demo-session-ben", "demo-staff", "demo-trade"] {
        let page = at(&app, Method::GET, "/auth/session", "localhost", Some(cookie)).await;
        assert!(page.text.contains("<span>Alderbrook Homes</span>"), "{cookie}: {}", page.text);
    }
    // She has projects of two companies.
    let both = at(&app, Method::GET, "/auth/session", "localhost", Some("demo-client")).await;
    assert!(both.text.contains("<span>Portico</span>"), "{}", both.text);
    let out = at(&app, Method::POST, "/auth/sign-out", "localhost", Some("demo-session-ben")).await;
    assert_eq!(out.headers[header::LOCATION], "/auth/signed-out");
    let cookies = out.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let left = cookies.filter_map(|cookie| cookie.split_once("; ")).find(|(pair, _)| pair.contains("-left="));
    let (left, attributes) = left.expect("the company is kept for the next page");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
    let signed_out = async |query: &str, cookie: &str| {
        let request = Request::get(format!("/auth/signed-out{query}")).header(header::HOST, "localhost");
        let request = request.header(header::COOKIE, cookie).body(Body::empty()).expect("a request can be made");
        let page = app.send(request).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page
    };
    for _ in 0..2 {
        let page = signed_out("", left).await;
        assert!(page.text.contains("<span>Alderbrook Homes</span>"), "{}", page.text);
    }
    // No address shows another company's branding.
    let id = left.split_once('=').expect("a pair").1;
    for (query, cookie) in [
        (format!("?company={id}"), ""),
        (String::new(), "__Host-portico-left=x"),
        (String::new(), "__Host-portico-left=00000000000000000000000000000000"),
        (String::new(), &format!("portico-left={id}")),
        (String::new(), ""),
    ] {
        let page = signed_out(&query, cookie).await;
        assert!(page.text.contains("<span>Portico</span>"), "{query} {cookie}: {}", page.text);
    }
}

async fn page_at(app: &TestApp, method: Method, path: &str) -> Reply {
    at(app, method, path, "us.portico.example", None).await
}

#[tokio::test]
async fn link_page_has_the_branding_of_its_mail() {
    // A company without a portal host: its links lead to the installation's host.
    let app = TestApp::demo().await;
    app.database().db_execute("update companies set portal_host = null").await;
    let token = fresh_link(&app, ANA).await;
    let mail = app.db_mails().await.pop().expect("a mail was written");
    assert!(mail.text.contains("Alderbrook Homes"), "{}", mail.text);
    assert!(mail.link.is_some_and(|link| link.starts_with("https://us.portico.example/auth/link/")));
    let path = format!("/auth/link/{token}");
    let branded = "<span>Alderbrook Homes</span>";
    let open = page_at(&app, Method::GET, &path).await;
    assert!(open.text.contains("<h1>Welcome</h1>") && open.text.contains(branded), "{}", open.text);
    app.database().db_execute("update sign_in_links set expires_at = now()").await;
    for (method, path) in
        [(Method::GET, path.clone()), (Method::POST, path.clone()), (Method::GET, format!("{path}/sent"))]
    {
        let closed = page_at(&app, method, &path).await;
        assert!(closed.text.contains(branded), "{path}: {}", closed.text);
    }
    let choice = format!("/auth/link/{}", fresh_link(&app, HANA).await);
    let choice = page_at(&app, Method::GET, &format!("{choice}/choose")).await;
    assert!(choice.text.contains("<h1>Choose an account</h1>"), "{}", choice.text);
    assert!(!choice.text.contains("<span>Portico</span>"), "{}", choice.text);
}

#[tokio::test]
async fn account_choice_names_roles_and_companies() {
    let app = TestApp::demo().await;
    let path = format!("/auth/link/{}", fresh_link(&app, HANA).await);
    let sent = app.send(browser(Method::POST, &path, None)).await;
    assert_eq!(sent.headers[header::LOCATION], format!("{path}/choose"));
    let page = app.send(browser(Method::GET, &format!("{path}/choose"), None)).await;
    let labels: Vec<_> =
        page.text.split("<button").skip(1).filter_map(|rest| rest.split_once('>')?.1.split('<').next()).collect();
    assert!(labels.len() > 1, "{}", page.text);
    let says = |label: &&str| {
        [", as a client of ", ", as a trade partner of ", ", staff", ", owner"].iter().any(|role| label.contains(role))
    };
    assert!(labels.iter().all(|label| says(label) && !label.ends_with(' ')), "{labels:?}");
    // The page neither consumes the link nor outlives it.
    let entered = app.send(browser(Method::POST, &format!("{path}?as=CLIENT"), None)).await;
    assert!(entered.headers.contains_key(header::SET_COOKIE), "{}", entered.text);
    let used = app.send(browser(Method::GET, &format!("{path}/choose"), None)).await;
    assert_eq!(used.status, StatusCode::GONE);
    assert!(!used.text.contains(", as a client of "), "{}", used.text);
}

#[tokio::test]
async fn expired_invitation_is_sent_again() {
    // INV-11
    let app = TestApp::demo().await;
    newcomer(&app, 1, true).await;
    let old = mailed_token(&app, "new1@mail.example").await;
    app.database()
        .db_execute(
            "update invitations set expires_at = now() - interval '1 s' where state = 'INVITED';
            update sign_in_links set expires_at = now()",
        )
        .await;
    let fresh = format!("/auth/link/{old}/fresh");
    let sent = app.send(browser(Method::POST, &fresh, None)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let mail = app.db_mails().await.pop().expect("a mail was written");
    assert_eq!((mail.template.as_str(), mail.to_address.as_str()), ("CUSTOMER_INVITATION", "new1@mail.example"));
    let link = format!("/auth/link/{}", mail.token.expect("it has a link"));
    assert_eq!(app.send(browser(Method::POST, &link, None)).await.status, StatusCode::SEE_OTHER);
    // A person with an account gets a sign-in link.
    app.send(browser(Method::POST, &fresh, None)).await;
    let mail = app.db_mails().await.pop().expect("a mail was written");
    assert_eq!(mail.template.as_str(), "SIGN_IN_LINK");
    // Staff as well.
    let invite = "mutation { staffInvite(input: { email: \"kim@mail.example\", name: \"Kim\", title: \"Estimator\",
        role: STAFF, permissions: [PROJECTS_READ], idempotencyKey: \"k\" }) { userErrors { code } } }";
    let invited = app.ask(&Person::owner(), invite).await;
    assert_eq!(*invited.at("/staffInvite/userErrors"), json!([]), "{}", invited.text);
    let old = mailed_token(&app, "kim@mail.example").await;
    app.database()
        .db_execute("update staff_invitations set expires_at = now(); update sign_in_links set expires_at = now()")
        .await;
    let sent = app.send(browser(Method::POST, &format!("/auth/link/{old}/fresh"), None)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let mail = app.db_mails().await.pop().expect("a mail was written");
    assert_eq!((mail.template.as_str(), mail.to_address.as_str()), ("STAFF_INVITATION", "kim@mail.example"));
    let link = format!("/auth/link/{}", mail.token.expect("it has a link"));
    assert_eq!(app.send(browser(Method::POST, &link, None)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn withdrawn_invitation_is_not_sent_again() {
    let app = TestApp::demo().await;
    let (_, added) = newcomer(&app, 1, true).await;
    let old = mailed_token(&app, "new1@mail.example").await;
    remove_invitation(&app, &Person::owner(), &added["projectClient"]["invitation"]["id"]).await;
    app.send(browser(Method::POST, &format!("/auth/link/{old}/fresh"), None)).await;
    let invitations =
        app.db_mails().await.iter().filter(|mail| mail.template.as_str() == "CUSTOMER_INVITATION").count();
    assert!(invitations <= 1, "{invitations}");
}
