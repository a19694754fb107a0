//! Tests of anonymous visitors: one network delays neither others nor staff, and pages carry the branding of their
//! company.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico::throttle::Throttle;
use portico_actions::leads::{FORMS_PER_NETWORK_PER_HOUR, THROTTLED_PER_DAY};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

const FORM: &str = "/leads/demo-form-alderbrook";

/// A gateway behind a proxy that reports the network of each request.
async fn behind_a_proxy() -> (TestApp, SocketAddr) {
    let app = TestApp::demo().await.rewired(|app| app.proxies = "127.0.0.0/8".parse().expect("a network"));
    let address = app.serve().await;
    (app, address)
}

/// Submits the form from a network. Returns the status.
async fn send(address: SocketAddr, path: &str, network: &str, website: &str) -> u16 {
    let form = json!({ "name": "Kim", "email": "kim@mail.example", "message": "Hello", "website": website });
    let request = reqwest::Client::new().post(format!("http://{address}{path}")).header("x-forwarded-for", network);
    request.json(&form).send().await.expect("it answers").status().as_u16()
}

/// Records this many accepted forms of a company today, each from another network.
async fn db_accepted(app: &TestApp, forms: u32) {
    let rows = format!(
        "insert into activity (id, at, company_id, kind, actor_kind, network, details)
        select gen_random_uuid(), now() - interval '2 hours', id, 'LEAD_SUBMITTED', 'PUBLIC',
            '198.51.' || n / 250 || '.' || n % 250, '{{\"state\": \"NEW\"}}'
        from companies, generate_series(1, {forms}) n where slug = 'alderbrook'"
    );
    app.database().db_execute(&rows).await;
}

#[tokio::test]
async fn flooding_network_blocks_no_other() {
    // ROB-29, LEAD-1
    let (app, address) = behind_a_proxy().await;
    let mut flood = Vec::new();
    for number in 0..40 {
        let website = if number % 2 == 0 { "" } else { "https://spam.example" };
        flood.push(send(address, FORM, "203.0.113.1", website).await);
    }
    // A bot gets the same replies as a person.
    let limit = FORMS_PER_NETWORK_PER_HOUR as usize;
    assert!(flood[..limit].iter().all(|status| *status == 200), "{flood:?}");
    assert!(flood[limit..].iter().all(|status| *status == 429), "{flood:?}");
    let accepted = app.database().db_count("select count(*) from leads where message = 'Hello'").await;
    assert_eq!(accepted, i64::from(FORMS_PER_NETWORK_PER_HOUR.div_ceil(2)), "{flood:?}");
    // The number of audit log entries is limited, too.
    let recorded = app.database().db_count("select count(*) from activity where kind = 'LEAD_SUBMITTED'").await;
    assert_eq!(recorded, i64::from(FORMS_PER_NETWORK_PER_HOUR));
    for network in ["203.0.113.2", "198.51.100.7", "2001:db8::1"] {
        assert_eq!(send(address, FORM, network, "").await, 200, "{network}");
    }
}

#[tokio::test]
async fn many_forms_do_not_close_the_form() {
    // ROB-29
    let (app, address) = behind_a_proxy().await;
    db_accepted(&app, 5_000).await;
    // A network without submissions is accepted, however many others there are; a neighborhood that continues is
    // throttled.
    for network in ["203.0.113.1", "192.0.2.1", "2001:db8:1::1"] {
        assert_eq!(send(address, FORM, network, "").await, 200, "{network}");
    }
    for (first, others) in [("203.0.113", ["2", "3", "4"]), ("192.0.2", ["7", "8", "9"])] {
        let mut replies = Vec::new();
        for other in others {
            replies.push(send(address, FORM, &format!("{first}.{other}"), "").await);
        }
        let let_through = replies.iter().filter(|status| **status == 200).count();
        assert_eq!(let_through + 1, THROTTLED_PER_DAY as usize, "{replies:?}");
    }
    // A subscriber's many IPv6 networks are one neighborhood.
    let mut replies = Vec::new();
    for subnet in 1..5 {
        replies.push(send(address, FORM, &format!("2001:db8:2:{subnet}::1"), "").await);
    }
    assert_eq!(replies, [200, 200, 429, 429]);
    assert_eq!(send(address, "/leads/demo-form-fernhill", "203.0.113.9", "").await, 200, "the other company's");
}

async fn page(app: &TestApp, method: Method, path: &str) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "portal.alderbrook.example")
        .header(header::ACCEPT, "text/html");
    app.send(request.body(Body::empty()).expect("a request can be made")).await
}

#[tokio::test]
async fn pages_do_not_wait_for_changes() {
    // ROB-30: the only connection for mutations is in use.
    let app = TestApp::demo().await;
    let taken = app.store().accounts().connection().await.expect("there is one");
    let started = Instant::now();
    let unknown = format!("/auth/link/{}", "A".repeat(64));
    for (method, path, status) in [
        (Method::GET, FORM, StatusCode::OK),
        (Method::GET, "/leads/nowhere", StatusCode::NOT_FOUND),
        (Method::OPTIONS, FORM, StatusCode::NO_CONTENT),
        (Method::GET, unknown.as_str(), StatusCode::GONE),
        (Method::GET, "/auth/session", StatusCode::OK),
    ] {
        assert_eq!(page(&app, method, path).await.status, status, "{path}");
    }
    let query = "{ portal(host: \"portal.alderbrook.example\") { host branding { companyName } } }";
    assert_eq!(*app.ask(&Person::public(), query).await.at("/portal/host"), "portal.alderbrook.example");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    drop(taken);
}

#[tokio::test]
async fn page_reads_change_nothing() {
    // ROB-30
    let app = TestApp::demo().await;
    let first = app.store().pages().connection().await.expect("there is one");
    let second = app.store().pages().connection().await.expect("there is another");
    let rename = "mutation { viewerUpdate(input: { name: \"Ana Bell\" }) { viewer { name } } }";
    assert_eq!(*app.ask(&Person::client(), rename).await.at("/viewerUpdate/viewer/name"), "Ana Bell");
    drop((first, second));
    let connection = app.store().pages().connection().await.expect("there is one");
    let key = "demo-form-alderbrook";
    let change = portico_store::leads::FormChange { is_open: Some(false), ..Default::default() };
    let company = portico_core::id::CompanyId(portico_fixtures::world::World::id("alderbrook"));
    let refused = connection
        .transaction(async |connection| {
            portico_store::leads::change_form(connection, company, key, change.clone()).await
        })
        .await;
    assert!(refused.is_err_and(|error| error.to_string().contains("read-only")));
}

/// The values that a browser would send for the unchanged form.
fn as_it_came(page: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for field in page.split("<input ").skip(1) {
        let attribute = |name: &str| Some(field.split_once(&format!("{name}=\""))?.1.split_once('"')?.0);
        form.append_pair(attribute("name").expect("it has a name"), attribute(" value").unwrap_or_default());
    }
    let message = page.split_once("<textarea ").and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</textarea>"));
    form.append_pair("message", message.expect("it has a message").0);
    form.finish()
}

async fn post_form(app: &TestApp, form: String) -> Reply {
    let request = Request::post(FORM)
        .header(header::HOST, "portal.alderbrook.example")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    app.send(request.body(Body::from(form)).expect("a request can be made")).await
}

#[tokio::test]
async fn unchanged_form_can_be_sent() {
    // ROB-6
    let app = TestApp::demo().await;
    let shown = page(&app, Method::GET, FORM).await;
    for word in ["None", "none\"", "null", "undefined"] {
        assert!(!shown.text.contains(word), "{word}: {}", shown.text);
    }
    let form = as_it_came(&shown.text);
    assert_eq!(form, "name=&email=&phone=&interest=&website=&message=");
    let refused = post_form(&app, form.clone()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The form keeps the sent values, and the required ones suffice.
    let filled = form.replace("name=&", "name=Kim+%22K%22&").replace("email=&", "email=kim%40mail.example&");
    let mut wrong = filled.replace("phone=", "phone=abc");
    for _ in 0..2 {
        let again = post_form(&app, wrong).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.text);
        assert!(
            again.text.contains(">Must be a telephone number,") && again.text.contains("value=\"abc\""),
            "{}",
            again.text
        );
        wrong = as_it_came(&again.text.replace("&quot;", "%22"));
    }
    assert_eq!(post_form(&app, filled).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        app.database()
            .db_texts("select coalesce(phone, 'no number') as text from contacts where email = 'kim@mail.example'")
            .await,
        ["no number"]
    );
}

#[tokio::test]
async fn the_longest_message_fits_in_any_script() {
    // ROB-26
    let app = TestApp::demo().await;
    for (letter, count) in [("a", 4_000), ("é", 4_000), ("日", 4_000), ("🏠", 4_000)] {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", "Kim")
            .append_pair("email", "kim@mail.example")
            .append_pair("message", &letter.repeat(count))
            .finish();
        assert_eq!(post_form(&app, form).await.status, StatusCode::SEE_OTHER, "{letter}");
    }
    let longest = "select max(char_length(message))::bigint as count from leads";
    assert_eq!(app.database().db_count(longest).await, 4_000);
    let more = format!("name=Kim&email=kim%40mail.example&message={}", "a".repeat(4_001));
    assert_eq!(post_form(&app, more).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn page_says_how_long_to_wait() {
    // ROB-26
    let app = TestApp::demo().await.rewired(|app| app.throttle = Throttle::on(None));
    let link = format!("/auth/link/{}", "A".repeat(64));
    for path in [link.as_str(), FORM, "/auth/session"] {
        let mut limited = page(&app, Method::GET, path).await;
        for _ in 0..2_000 {
            if limited.status == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
            limited = page(&app, Method::GET, path).await;
        }
        assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(limited.text.contains("Try again in ") && !limited.text.contains("does not work"), "{}", limited.text);
        assert!(
            limited.headers[header::RETRY_AFTER].to_str().is_ok_and(|wait| wait.parse::<u64>().is_ok_and(|it| it > 0))
        );
    }
}

/// Form as typed by a visitor.
const TYPED: &str = "name=Kim+%22K%22&email=kim%40mail.example&phone=&interest=A+porch&message=Hello%0Athere";

#[track_caller]
fn keeps_what_was_typed(page: &Reply, status: StatusCode, says: &str) {
    assert_eq!(page.status, status, "{}", page.text);
    assert!(page.text.contains(says), "{}", page.text);
    for typed in ["value=\"Kim &quot;K&quot;\"", "value=\"A porch\"", ">Hello\nthere</textarea>"] {
        assert!(page.text.contains(typed), "{typed}: {}", page.text);
    }
}

#[tokio::test]
async fn refused_form_keeps_its_values() {
    let app = TestApp::demo().await;
    let set = async |change: &str| app.database().db_execute(change).await;
    // Errors of the values of a closed form are not shown: they would not help.
    set("update lead_forms set is_open = false where key = 'demo-form-alderbrook'").await;
    let invalid = TYPED.replace("kim%40mail.example", "kim");
    let closed = post_form(&app, invalid.clone()).await;
    keeps_what_was_typed(&closed, StatusCode::NOT_FOUND, "This form is closed");
    assert!(!closed.text.contains("Must be an email address"), "{}", closed.text);
    let input = "name: \"\", email: \"kim\", companySlug: \"alderbrook\", formKey: \"demo-form-alderbrook\"";
    let submit = format!("mutation {{ leadSubmit(input: {{ {input} }}) {{ userErrors {{ code }} }} }}");
    let told = app.ask(&Person::public(), &submit).await;
    assert_eq!(*told.at("/leadSubmit/userErrors"), json!([{ "code": "NOT_FOUND" }]), "{}", told.text);
    set("update lead_forms set is_open = true where key = 'demo-form-alderbrook'").await;
    keeps_what_was_typed(&post_form(&app, invalid).await, StatusCode::UNPROCESSABLE_ENTITY, "Must be an email address");
    for _ in 0..FORMS_PER_NETWORK_PER_HOUR {
        assert_eq!(post_form(&app, TYPED.to_owned()).await.status, StatusCode::SEE_OTHER);
    }
    let over = post_form(&app, TYPED.to_owned()).await;
    keeps_what_was_typed(&over, StatusCode::TOO_MANY_REQUESTS, "Too many forms were sent");
    assert!(over.headers.contains_key(header::RETRY_AFTER));
    set("alter table lead_forms rename to lead_forms_gone").await;
    let failed = post_form(&app, TYPED.to_owned()).await;
    keeps_what_was_typed(&failed, StatusCode::SERVICE_UNAVAILABLE, "not available right now");
    assert_eq!(failed.headers[header::RETRY_AFTER], "1");
}

#[tokio::test]
async fn pages_do_not_wait_for_branding() {
    let app = TestApp::demo().await;
    let unknown = format!("/auth/link/{}", "A".repeat(64));
    let hangs = "begin; lock table company_brandings in access exclusive mode; select pg_sleep(5); commit";
    let pages = async {
        let sleepers = "select count(*) as count from pg_stat_activity where wait_event = 'PgSleep'
            and datname = current_database()";
        while app.database().db_count(sleepers).await < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (path, status) in [
            ("/auth/session", StatusCode::OK),
            (unknown.as_str(), StatusCode::GONE),
            ("/nowhere", StatusCode::NOT_FOUND),
        ] {
            let started = Instant::now();
            let shown = page(&app, Method::GET, path).await;
            assert_eq!(shown.status, status, "{path}: {}", shown.text);
            assert!(shown.text.contains("<span>Portico</span>"), "{path}: {}", shown.text);
            assert!(started.elapsed() < Duration::from_secs(3), "{path}: {:?}", started.elapsed());
        }
    };
    tokio::join!(app.database().db_execute(hangs), pages);
    let mut shown = page(&app, Method::GET, "/nowhere").await;
    for _ in 0..20 {
        if shown.text.contains("<span>Portico</span>") {
            shown = page(&app, Method::GET, "/nowhere").await;
        }
    }
    assert!(shown.text.contains("<span>Alderbrook Homes</span>"), "{}", shown.text);
}

#[tokio::test]
async fn policies_name_no_wildcard() {
    let app = TestApp::demo().await;
    for host in ["*", "*.example", "a'.example", "a;b.example", "a,b.example", "%2a.example", "a_b.example"] {
        let stored = format!("update company_brandings set logo_url = 'https://{}/l.png'", host.replace('\'', "''"));
        app.database().db_execute(&stored).await;
        let shown = page(&app, Method::GET, FORM).await;
        let policy = shown.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
        assert!(!policy.contains("img-src") && !shown.text.contains("l.png"), "{host}: {policy}");
    }
}

#[tokio::test]
async fn pages_carry_the_companys_branding() {
    // ROB-18
    let app = TestApp::demo().await;
    app.database()
        .db_execute(
            "update company_brandings b set primary_color = '#ffee00', logo_url = 'https://cdn.fernhill.example:8443/l.png'
            from companies c where c.id = b.company_id and c.slug = 'fernhill';
            update company_brandings b set logo_url = 'https://assets.alderbrook.example/logo.svg'
            from companies c where c.id = b.company_id and c.slug = 'alderbrook'",
        )
        .await;
    let gone = format!("/auth/link/{}", "A".repeat(64));
    let gone = gone.as_str();
    for (path, host, name, color, logo) in [
        (FORM, "localhost", "Alderbrook Homes", "2f5d50", Some("https://assets.alderbrook.example")),
        (
            "/leads/demo-form-fernhill",
            "localhost",
            "Fernhill Studio",
            "ffee00",
            Some("https://cdn.fernhill.example:8443"),
        ),
        (gone, "portal.fernhill.example", "Fernhill Studio", "ffee00", Some("https://cdn.fernhill.example:8443")),
        (
            gone,
            "PORTAL.alderbrook.example.:443",
            "Alderbrook Homes",
            "2f5d50",
            Some("https://assets.alderbrook.example"),
        ),
        (
            "/auth/session",
            "portal.alderbrook.example",
            "Alderbrook Homes",
            "2f5d50",
            Some("https://assets.alderbrook.example"),
        ),
        (gone, "elsewhere.example", "Portico", "2f4858", None),
    ] {
        let request = Request::get(path).header(header::HOST, host).header(header::ACCEPT, "text/html");
        let shown = app.send(request.body(Body::empty()).expect("a request can be made")).await;
        assert!(shown.text.contains(&format!("<span>{name}</span>")), "{path} at {host}: {}", shown.text);
        assert!(shown.text.contains(&format!("/pages/brand/{color}.css")), "{path} at {host}: {}", shown.text);
        assert!(shown.text.contains("name=\"viewport\""), "{path}");
        let policy = shown.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
        let images = policy.split("; ").find_map(|part| part.strip_prefix("img-src "));
        assert_eq!(images, logo, "{path} at {host}");
    }
    for (color, ink) in [("ffee00", "#000000"), ("2f5d50", "#ffffff"), ("000000", "#ffffff")] {
        let sheet = page(&app, Method::GET, &format!("/pages/brand/{color}.css")).await;
        assert_eq!(sheet.text, format!(":root {{ --brand: #{color}; --ink: {ink}; }}\n"));
    }
    for wrong in ["red", "ffee0", "ffee00;}body{", "..%2fstyle"] {
        assert_eq!(page(&app, Method::GET, &format!("/pages/brand/{wrong}.css")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn page_shows_the_account_and_signs_out() {
    // ROB-18
    let app = TestApp::demo().await;
    app.database().db_execute("update identities set name = '<b>Ana' where email = 'ana.whitlock@mail.example'").await;
    let ask = async |method: Method, path: &str, cookie: &str, site: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "portal.alderbrook.example")
            .header(header::COOKIE, format!("__Host-portico-session={cookie}"))
            .header("sec-fetch-site", site);
        app.send(request.body(Body::empty()).expect("a request can be made")).await
    };
    for (cookie, words) in [
        ("demo-client", "You are signed in as &lt;b&gt;Ana (ana.whitlock@mail.example), a client."),
        ("demo-staff", ", staff."),
        ("demo-trade", ", a trade partner."),
        ("gone", "You are not signed in"),
    ] {
        let shown = ask(Method::GET, "/auth/session", cookie, "none").await;
        assert_eq!(shown.status, StatusCode::OK, "{cookie}");
        assert!(shown.text.contains(words), "{cookie}: {}", shown.text);
        assert_eq!(shown.text.contains("action=\"&#x2f;auth&#x2f;sign-out\""), cookie != "gone", "{}", shown.text);
    }
    assert_eq!(ask(Method::POST, "/auth/sign-out", "demo-client", "cross-site").await.status, StatusCode::FORBIDDEN);
    assert!(ask(Method::GET, "/auth/session", "demo-client", "none").await.text.contains("You are signed in as"));
    let out = ask(Method::POST, "/auth/sign-out", "demo-client", "same-origin").await;
    assert_eq!(
        (out.status, &out.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/auth/signed-out".parse().unwrap())
    );
    assert!(out.headers[header::SET_COOKIE].to_str().is_ok_and(|cookie| cookie.contains("Max-Age=0")));
    assert!(ask(Method::GET, "/auth/session", "demo-client", "none").await.text.contains("You are not signed in"));
    assert_eq!(app.ask(&Person::client(), "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
}
