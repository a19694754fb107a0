//! Tests of the pages for people in a browser: by keyboard, at 390 px and wide, light and dark.

use std::sync::Arc;

use portico::jobs::{JobContext, Worker, WorkerNotifier};
use portico_adapters::mail::{MailFolder, Transport};
use portico_core::clock::Clock;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{ADDRESSES, Person, TestApp};
use serde_json::json;

use super::browser::Browser;
use super::page::is_now;

const WIDTHS: [(u32, u32); 2] = [(390, 844), (1280, 800)];

/// A demo with its mail, and a browser.
async fn demo() -> (TestApp, String, Browser) {
    let folder = std::env::temp_dir().join(format!("portico-pages-{}", portico_core::id::new_uuid()));
    let mail = MailFolder::at(folder).await.expect("a folder can be made");
    let app = TestApp::demo().await.as_demo(mail.clone());
    let transport = Transport::Folder(mail);
    let context = JobContext { writer: app.store().worker(), composer: app.composer(), transport, hosts: None };
    let worker = Worker::of_gateway(context, Arc::new(Clock::of_server), WorkerNotifier::default());
    tokio::spawn(worker.run(std::future::pending()));
    let address = format!("http://{}", app.serve().await);
    (app, address, Browser::start().await)
}

/// Asserts what holds for every page: it fits, labels its fields, has one heading, and enough contrast.
async fn is_sound(browser: &Browser, name: &str) {
    let faults = browser
        .run(
            "const faults = [];
            if (document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth)
                faults.push('it is wider than the window');
            if (document.querySelectorAll('h1').length !== 1) faults.push('it has not one heading');
            if (!document.title || !document.documentElement.lang) faults.push('it has no title or language');
            for (const field of document.querySelectorAll('input:not([hidden]), textarea'))
                if (!field.labels?.length) faults.push(`${field.name} has no label`);
            const light = (color) => {
                const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
            };
            const ground = (element) => {
                for (let at = element; at; at = at.parentElement) {
                    const color = getComputedStyle(at).backgroundColor;
                    if (color !== 'rgba(0, 0, 0, 0)') return color;
                }
                return 'rgb(255, 255, 255)';
            };
            for (const element of document.querySelectorAll('h1, h2, p, label, button, a, span, dd, dt, li, pre')) {
                if (!element.innerText?.trim() || !element.checkVisibility() || element.closest('.aside')) continue;
                const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
                const ratio = (one + 0.05) / (other + 0.05);
                if (ratio < 4.5) faults.push(`${element.tagName} can hardly be read: ${ratio}`);
            }
            for (const element of document.querySelectorAll('button')) {
                const at = element.getBoundingClientRect();
                if (at.height < 44 || at.left < 0 || at.right > innerWidth) faults.push('a button is too small or outside');
            }
            return faults",
            json!([]),
        )
        .await;
    assert_eq!(faults, json!([]), "{name}");
    browser.run("scrollTo(0, 0)", json!([])).await;
    browser.picture(name).await;
}

#[tokio::test]
async fn visitor_sends_the_form_by_keyboard() {
    // ROB-18, ROB-6; LEAD-2
    let (app, address, browser) = demo().await;
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        browser.open(&format!("{address}/leads/demo-form-alderbrook")).await;
        browser.until("document.title === 'Ask Alderbrook Homes · Alderbrook Homes'").await;
        is_sound(&browser, &format!("form-{width}")).await;
        let came = "[...new FormData(document.forms[0]).values()].join('')";
        assert_eq!(browser.run(&format!("return {came}"), json!([])).await, json!(""), "nothing was added for them");
        // Tab moves through the fields in order, and to the button.
        let form =
            format!("\u{e004}Kim {width}\u{e004}kim@mail.example\u{e004}\u{e004}\u{e004}A barn?\u{e004}\u{e007}");
        browser.press(&form).await;
        browser.until("document.querySelector('h1')?.innerText === 'Thank you'").await;
        is_sound(&browser, &format!("form-sent-{width}")).await;
    }
    let leads = "select name || ': ' || coalesce(phone, '-') || ' ' || l.message as text
        from leads l join contacts c on c.id = l.contact_id where name like 'Kim %' order by name";
    assert_eq!(app.database().db_texts(leads).await, ["Kim 1280: - A barn?", "Kim 390: - A barn?"]);
    // Errors are shown in the page, and the values stay.
    browser.open(&format!("{address}/leads/demo-form-fernhill")).await;
    browser.run("document.forms[0].noValidate = true", json!([])).await;
    browser.press("\u{e004}Lou\u{e004}nobody\u{e007}").await;
    browser.until("document.querySelector('[role=alert]')?.innerText.includes('Your email address')").await;
    browser.until("document.querySelector('#name')?.value === 'Lou'").await;
    is_sound(&browser, "form-refused").await;
    browser.darken().await;
    is_sound(&browser, "form-in-the-dark").await;
    browser.close().await;
}

#[tokio::test]
async fn a_visitor_requests_a_link_by_keyboard() {
    let (app, address, browser) = demo().await;
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        browser.open(&format!("{address}/auth/sign-in")).await;
        browser.until("document.querySelector('h1')?.innerText === 'Sign in'").await;
        is_sound(&browser, &format!("sign-in-by-keyboard-{width}")).await;
        browser.press("ana.whitlock@mail.example\u{e007}").await;
        browser.until("document.querySelector('h1')?.innerText === 'Check your email'").await;
        // A reload sends nothing again.
        browser.run("window.isOld = true; location.reload()", json!([])).await;
        browser.until("!window.isOld && document.querySelector('h1')?.innerText === 'Check your email'").await;
    }
    assert_eq!(app.db_mails().await.len(), WIDTHS.len());
    browser.darken().await;
    browser.open(&format!("{address}/auth/sign-in")).await;
    is_sound(&browser, "sign-in-in-the-dark").await;
    browser.close().await;
}

#[tokio::test]
async fn mailed_link_signs_in_and_says_so() {
    // ROB-18
    let (app, address, browser) = demo().await;
    let ask = "mutation { magicLinkRequest(input: { email: \"ana.whitlock@mail.example\" }) { message } }";
    app.ask(&Person::public(), ask).await;
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        browser.open(&format!("{address}/dev/mail")).await;
        while browser.run("return document.querySelectorAll('.mails a').length", json!([])).await == json!(0) {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            browser.open(&format!("{address}/dev/mail")).await;
        }
        is_sound(&browser, &format!("mails-{width}")).await;
        browser.click(".mails a").await;
        browser.until("document.querySelector('iframe')").await;
        is_sound(&browser, &format!("mail-{width}")).await;
    }
    // The mail's link leads to the portal's host, which is replaced by this machine here.
    let link = browser.run("return document.querySelector('dd a[href*=\"/auth/link/\"]').href", json!([])).await;
    let token = link.as_str().and_then(|link| link.rsplit('/').next()).expect("it has a token").to_owned();
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        browser.open(&format!("{address}/auth/link/{token}")).await;
        browser.until("document.querySelector('h1')?.innerText === 'Welcome'").await;
        browser.until("document.querySelector('.brand')?.innerText.includes('Alderbrook Homes')").await;
        is_sound(&browser, &format!("link-{width}")).await;
    }
    browser.darken().await;
    is_sound(&browser, "link-in-the-dark").await;
    browser.press("\u{e004}\u{e007}").await;
    // Clients come to the example portal.
    browser.until("location.pathname === '/portal'").await;
    browser.open(&format!("{address}/auth/session")).await;
    browser.until("document.querySelector('main')?.innerText.includes('You are signed in as Ana Whitlock')").await;
    is_sound(&browser, "session").await;
    // A saved link leads there as well.
    browser.open(&format!("{address}/auth/link/{token}")).await;
    browser.until("location.pathname === '/portal'").await;
    browser.open(&format!("{address}/auth/session")).await;
    // The second control of the page, after the link to the portal.
    browser.press("\u{e004}\u{e004}\u{e007}").await;
    browser.until("document.querySelector('h1')?.innerText === 'You are signed out'").await;
    browser.open(&format!("{address}/auth/session")).await;
    browser.until("document.querySelector('h1')?.innerText === 'You are not signed in'").await;
    browser.open(&format!("{address}/auth/link/{token}")).await;
    browser.until("document.querySelector('h1')?.innerText === 'This link does not work any more'").await;
    is_sound(&browser, "link-worn").await;
    browser.close().await;
}

/// A strong password.
const PASSWORD: &str = "seven cedar stairs, unpainted";

const RIDGE: &str = "alderbrook/ridge-view";
const ORCHARD: &str = "alderbrook/orchard-lane";

/// Invites a client to a project. Returns the token of the mailed link.
async fn invited(app: &TestApp, project: &str, name: &str, email: &str) -> String {
    let owner = Person::owner();
    let create =
        "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } userErrors { code } } }";
    let created = app.ask_with(&owner, create, json!({ "input": { "name": name, "email": email } })).await;
    let add = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) { userErrors { code } } }";
    let input = json!({ "projectId": app.id(Tag::PROJECT, project), "relationship": "PARTNER",
        "contactId": created.at("/clientCreate/client/id"), "invite": true, "idempotencyKey": new_uuid() });
    let added = app.ask_with(&owner, add, json!({ "input": input })).await;
    assert_eq!(*added.at("/projectClientAdd/userErrors"), json!([]));
    mailed_token(app, email).await
}

/// The token in the newest mail to an address.
async fn mailed_token(app: &TestApp, address: &str) -> String {
    let mails = app.db_mails().await;
    let newest = mails.iter().rev().find(|mail| mail.to_address == address);
    newest.and_then(|mail| mail.token.clone()).unwrap_or_else(|| panic!("no link was mailed to {address}"))
}

async fn requested(app: &TestApp, email: &str) -> String {
    let ask = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
    app.ask_with(&Person::public(), ask, json!({ "input": { "email": email } })).await;
    mailed_token(app, email).await
}

/// Enters a password by keyboard, and waits for the next page.
async fn send_password(browser: &Browser, keys: &str, heading: &str) {
    browser.run("window.isOld = true", json!([])).await;
    browser.press(&format!("{keys}\u{e007}")).await;
    browser.until(&format!("!window.isOld && document.querySelector('h1')?.innerText === '{heading}'")).await;
}

#[tokio::test]
async fn invited_client_sets_password_by_keyboard() {
    // INV-12
    let (app, address, browser) = demo().await;
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        let (name, email) = (format!("Invited {width}"), format!("invited{width}@mail.example"));
        let token = invited(&app, RIDGE, &name, &email).await;
        browser.open(&format!("{address}/auth/link/{token}")).await;
        browser.until("document.querySelector('h1')?.innerText === 'Welcome'").await;
        is_sound(&browser, &format!("invitation-{width}")).await;
        browser.fits("invitation", width).await;
        // Tab leads to the field. A rejection keeps the focus there, so that the next password can be typed at once.
        send_password(&browser, "\u{e004}password1", "Choose another password").await;
        for keys in ["x7", "invited"] {
            refused_beside_the_field(&browser, &email).await;
            is_sound(&browser, &format!("password-refused-{width}")).await;
            browser.fits("a refused password", width).await;
            send_password(&browser, keys, "Choose another password").await;
        }
        refused_beside_the_field(&browser, &email).await;
        send_password(&browser, PASSWORD, "Hello, Invited").await;
        browser.open(&format!("{address}/auth/session")).await;
        let result = format!("You are signed in as {name} ({email}), a client.");
        browser.until(&format!("document.querySelector('main').innerText.includes({})", json!(result))).await;
        is_sound(&browser, &format!("session-{width}")).await;
        let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { token userErrors { code } } }";
        let input = json!({ "input": { "email": email, "password": PASSWORD } });
        assert!(app.ask_with(&Person::public(), sign_in, input).await.at("/signIn/token").is_string());
    }
    browser.darken().await;
    let token = invited(&app, ORCHARD, "Invited in the dark", "dark@mail.example").await;
    browser.open(&format!("{address}/auth/link/{token}")).await;
    send_password(&browser, "\u{e004}password1", "Choose another password").await;
    is_sound(&browser, "password-refused-in-the-dark").await;
    browser.close().await;
}

/// Asserts that the error is above its field and linked to it, the field has the focus, and the account stayed the
/// same.
async fn refused_beside_the_field(browser: &Browser, email: &str) {
    // Browsers set the focus at the first rendering of the page.
    browser.until("document.activeElement?.id === 'password'").await;
    let seen = browser
        .run(
            "const field = document.querySelector('#password');
            const fault = document.getElementById(field.getAttribute('aria-describedby').split(' ')[0]);
            const [above, below] = [fault.getBoundingClientRect(), field.getBoundingClientRect()];
            return {
                says: fault.innerText,
                isMarked: field.getAttribute('aria-invalid') === 'true',
                isBeside: above.left === below.left && below.top - above.bottom >= 0 && below.top - above.bottom < 16,
                account: document.querySelector('[autocomplete=username]').value,
                isEmpty: field.value === '',
                text: document.querySelector('main').innerText.includes(arguments[0]),
            }",
            json!([email]),
        )
        .await;
    let says = "The password is too easy to guess: use several unrelated words.";
    let expected = json!({ "says": says, "isMarked": true, "isBeside": true, "account": email,
        "isEmpty": true, "text": true });
    assert_eq!(seen, expected);
}

/// A page or one of its states, and how to reach it.
struct Page {
    name: &'static str,
    /// Its address in `ADDRESSES`; empty for unknown addresses.
    pattern: &'static str,
    path: String,
    /// The session cookie.
    cookie: Option<&'static str>,
    /// A script to run in the page.
    then: &'static str,
    /// The heading at the end; empty for pages without the common layout.
    heading: String,
}

fn page(name: &'static str, pattern: &'static str, path: String, heading: &str) -> Page {
    Page { name, pattern, path, cookie: None, then: "", heading: heading.to_owned() }
}

const SEND: &str = "document.forms[0].noValidate = true; document.forms[0].requestSubmit()";
const FILL: &str =
    "document.querySelector('#name').value = 'Kim'; document.querySelector('#email').value = 'kim@mail.example';
    document.forms[0].requestSubmit()";
const FILL_EMAIL: &str =
    "document.querySelector('#email').value = 'kim@mail.example'; document.forms[0].requestSubmit()";
const FILL_PASSWORD: &str = "document.querySelector('#password').value = 'x'; document.forms[0].requestSubmit()";

/// All pages, and all states of their forms. A new page needs a line here.
async fn all_pages(app: &TestApp, width: u32) -> Vec<Page> {
    let (lead, link, fresh) = ("/leads/{key}", "/auth/link/{token}", "/auth/link/{token}/fresh");
    let of = |token: &str| format!("/auth/link/{token}");
    let form = || "/leads/demo-form-alderbrook".to_owned();
    let leaving = if width < 600 { "demo-session-ben" } else { "demo-session-margot" };
    let ana = requested(app, "ana.whitlock@mail.example").await;
    let hana = requested(app, "Hana.Sato@mail.example").await;
    let new = invited(app, RIDGE, "An Invited Client", &format!("new{width}@mail.example")).await;
    let used = requested(app, "ben.whitlock@mail.example").await;
    let consume = "mutation($input: MagicLinkConsumeInput!) { magicLinkConsume(input: $input) { token } }";
    app.ask_with(&Person::public(), consume, json!({ "input": { "token": used } })).await;
    let mail = app.db_mails().await.swap_remove(0);
    let session = || "/auth/session".to_owned();
    let (out, sign_in, code) = ("/auth/sign-out", "/auth/sign-in", "/auth/sign-in/code");
    vec![
        page("form", lead, form(), "Ask Alderbrook Homes"),
        Page { then: SEND, ..page("form-refused", lead, form(), "Ask Alderbrook Homes") },
        Page { then: FILL, ..page("form-sent", "/leads/{key}/sent", form(), "Thank you") },
        page("form-closed", lead, "/leads/nowhere".to_owned(), "Form not available"),
        page("link", link, of(&ana), "Welcome"),
        page("invitation", link, of(&new), "Welcome"),
        Page { then: FILL_PASSWORD, ..page("password-refused", link, of(&new), "Choose another password") },
        Page { then: SEND, ..page("account-choice", "/auth/link/{token}/choose", of(&hana), "Choose an account") },
        page("link-used", link, of(&used), "This link does not work any more"),
        Page { then: SEND, ..page("link-renewed", "/auth/link/{token}/sent", of(&used), "On its way") },
        page(
            "link-confirmed",
            "/auth/link/{token}/confirmed",
            format!("{}/confirmed", of("nothing")),
            "This link does not work any more",
        ),
        page("sign-in", sign_in, sign_in.to_owned(), "Sign in"),
        Page { cookie: Some("demo-trade"), ..page("sign-in-again", sign_in, sign_in.to_owned(), "Sign in") },
        Page { then: SEND, ..page("sign-in-refused", sign_in, sign_in.to_owned(), "Sign in") },
        Page { then: FILL_EMAIL, ..page("sign-in-sent", "/auth/sign-in/sent", sign_in.to_owned(), "Check your email") },
        page("code-opened", code, code.to_owned(), "This page cannot be opened"),
        page("link-unknown", link, of("nothing"), "This link does not work any more"),
        page("link-fresh", fresh, format!("{}/fresh", of(&used)), "This page cannot be opened"),
        page("signed-out", "/auth/session", session(), "You are not signed in"),
        Page { cookie: Some("demo-trade"), ..page("signed-in", "/auth/session", session(), "You are signed in") },
        Page { cookie: Some(leaving), then: SEND, ..page("sign-out", out, session(), "You are signed out") },
        page("signed-out-page", "/auth/signed-out", "/auth/signed-out".to_owned(), "You are signed out"),
        page("sign-out-opened", out, out.to_owned(), "This page cannot be opened"),
        page("mails", "/dev/mail", "/dev/mail".to_owned(), "Emails of the demo"),
        page("mail", "/dev/mail/{id}", format!("/dev/mail/{}", mail.id.0), &mail.subject),
        page("mail-part", "/dev/mail/{id}/html", format!("/dev/mail/{}/html", mail.id.0), ""),
        page("playground", "/", "/".to_owned(), ""),
        page("portal", "/portal", "/portal".to_owned(), ""),
        page("portal-start", "/portal/", "/portal/".to_owned(), ""),
        page("portal-section", "/portal/{*section}", "/portal/nothing/schedule".to_owned(), ""),
        page("nowhere", "", "/nowhere".to_owned(), "Page not found"),
    ]
}

async fn visit(browser: &Browser, address: &str, page: &Page) {
    // Cookies are set on a page of the same host.
    browser.open(&format!("{address}/pages/style.css")).await;
    browser.forget_cookies().await;
    if let Some(token) = page.cookie {
        let script = "document.cookie = `__Host-portico-session=${arguments[0]}; Secure; Path=/`";
        browser.run(script, json!([token])).await;
    }
    browser.open(&format!("{address}{}", page.path)).await;
    if page.name == "playground" {
        is_now(browser, "CLIENT").await;
    }
    if !page.then.is_empty() {
        browser.run(&format!("window.isOld = true; {}", page.then), json!([])).await;
        browser.until("!window.isOld").await;
    }
    if !page.heading.is_empty() {
        browser.until(&format!("document.querySelector('h1')?.innerText === {}", json!(page.heading))).await;
    }
}

#[tokio::test]
async fn pages_fit_phone_and_desktop_screens() {
    let (app, address, browser) = demo().await;
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        let pages = all_pages(&app, width).await;
        for listed in ADDRESSES.iter().filter(|listed| listed.is_page) {
            assert!(pages.iter().any(|page| page.pattern == listed.pattern), "{} is visited", listed.pattern);
        }
        are_mailed(&app, &browser, &address).await;
        for page in &pages {
            visit(&browser, &address, page).await;
            browser.fits(page.name, width).await;
            if page.heading.is_empty() {
                browser.picture(&format!("{}-{width}", page.name)).await;
            } else {
                is_sound(&browser, &format!("{}-{width}", page.name)).await;
            }
        }
    }
    browser.close().await;
}

/// Waits until the worker has sent all mails.
async fn are_mailed(app: &TestApp, browser: &Browser, address: &str) {
    let written = app.db_mails().await.len();
    loop {
        browser.open(&format!("{address}/dev/mail")).await;
        if browser.run("return document.querySelectorAll('.mails a').length", json!([])).await == json!(written) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn missing_logo_shows_no_broken_image() {
    let (app, address, browser) = demo().await;
    let header = "(() => {
        const [name, line, logo] = ['.brand span', '.brand div', '.brand img'].map((it) => document.querySelector(it));
        const at = name.getBoundingClientRect();
        return { left: at.left, top: at.top, text: name.innerText, height: line.getBoundingClientRect().height,
            logo: logo?.getBoundingClientRect().width ?? 0, has: Boolean(logo) };
    })()";
    for (width, height) in WIDTHS {
        browser.resize(width, height).await;
        let mut shown = Vec::new();
        for logo in ["null", "\"https://assets.nowhere.invalid/logo.svg\""] {
            let set =
                format!("mutation {{ brandingUpdate(input: {{ logoUrl: {logo} }}) {{ userErrors {{ code }} }} }}");
            assert_eq!(*app.ask(&Person::owner(), &set).await.at("/brandingUpdate/userErrors"), json!([]));
            browser.open(&format!("{address}/leads/demo-form-alderbrook")).await;
            browser.until("[...document.images].every((image) => image.complete)").await;
            shown.push(browser.run(&format!("return {header}"), json!([])).await);
            is_sound(&browser, &format!("logo-{}-{width}", shown.len())).await;
        }
        assert_eq!(shown[1]["has"], true, "the page asks for the logo");
        shown[1]["has"] = json!(false);
        assert_eq!(shown[0], shown[1], "and looks the same as without one");
        assert_eq!((&shown[0]["text"], &shown[0]["logo"]), (&json!("Alderbrook Homes"), &json!(0)));
    }
    browser.close().await;
}
