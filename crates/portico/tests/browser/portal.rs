//! Tests of the example portal in a browser: from the mail to an approval at a phone's width, by keyboard alone.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use portico::DEMO_CLIENT;
use portico::jobs::{JobContext, Worker, WorkerNotifier};
use portico_adapters::mail::{FolderMail, MailFolder, Transport};
use portico_core::clock::Clock;
use portico_core::id::{Tag, new_uuid};
use portico_core::links::LinkSite;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use crate::playground::browser::Browser;

const PATIENCE: Duration = Duration::from_secs(60);
const PHONE: (u32, u32) = (390, 844);
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const FAUCET: &str = "alderbrook/maple-street/selection/Kitchen faucet";
/// More stops of the Tab key than any page has.
const MOST_STOPS: usize = 80;

/// The gateway of `portico demo` with its mail, and a browser of a phone's size.
struct Demo {
    app: TestApp,
    address: String,
    mail: MailFolder,
    browser: Browser,
}

impl Demo {
    async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("portico-portal-{}", new_uuid()));
        let mail = MailFolder::at(folder).await.expect("a folder can be made");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let address = format!("http://{}", listener.local_addr().expect("the port is known"));
        // Links and files are at this address, as in `portico demo`.
        let app = TestApp::demo().await.rewired(|app| app.site = LinkSite::At(address.clone()));
        let app = app.as_demo(mail.clone());
        let transport = Transport::Folder(mail.clone());
        let context = JobContext { writer: app.store().worker(), composer: app.composer(), transport, hosts: None };
        let worker = Worker::of_gateway(context, Arc::new(Clock::of_server), WorkerNotifier::default());
        tokio::spawn(worker.run(std::future::pending()));
        app.serve_on(listener);
        let browser = Browser::start().await;
        browser.resize(PHONE.0, PHONE.1).await;
        Self { app, address, mail, browser }
    }

    async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.address)).await;
    }

    /// Waits for a page by its heading.
    async fn shows(&self, heading: &str) {
        self.browser.until(&format!("document.querySelector('h1')?.innerText === {}", json!(heading))).await;
    }

    /// Waits for the page, and asserts that it fits the phone.
    async fn shows_fitting(&self, heading: &str) {
        self.shows(heading).await;
        self.browser.until("!document.querySelector('.skeleton')").await;
        self.browser.fits(heading, PHONE.0).await;
        self.browser.picture(&format!("portal-{heading}")).await;
    }

    /// Presses Tab until the element with this text has the focus, which must be visible at each stop.
    async fn tab_to(&self, text: &str) {
        let seen = "const at = document.activeElement;
            const style = getComputedStyle(at);
            return { text: at === document.body ? '' : at.innerText, isVisible: at === document.body || style.outlineStyle !== 'none' }";
        let mut stops = Vec::new();
        while stops.len() < MOST_STOPS {
            self.browser.press(TAB).await;
            let stop = self.browser.run(seen, json!([])).await;
            let name = stop["text"].as_str().unwrap_or_default().to_owned();
            assert_eq!(stop["isVisible"], true, "the focus on `{name}` is not visible");
            if name.contains(text) {
                return;
            }
            stops.push(name);
        }
        panic!("the Tab key does not lead to `{text}`: {stops:?}");
    }

    /// The newest mail, once there are as many.
    async fn newest_mail(&self, count: usize) -> FolderMail {
        let end = Instant::now() + PATIENCE;
        loop {
            let mut mails = self.mail.list().await.expect("the folder can be read");
            if mails.len() >= count {
                mails.sort_by_key(|mail| mail.at);
                return mails.pop().expect("there is one");
            }
            assert!(Instant::now() < end, "{} of {count} mails are sent", mails.len());
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asserts that the browser asked no other host, and reported no error but the question who is signed in.
    async fn is_clean(&self) {
        let entries = self.browser.log("browser").await;
        let is_question = |entry: &Value| {
            let message = entry["message"].as_str().unwrap_or_default();
            message.contains("/graphql") && message.contains("401")
        };
        let errors: Vec<_> = entries.iter().filter(|entry| entry["level"] == "SEVERE" && !is_question(entry)).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut asked = 0;
        for entry in self.browser.log("performance").await {
            let entry: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default()).expect("JSON");
            let message = &entry["message"];
            if message["method"] == "Network.requestWillBeSent" {
                let url = message["params"]["request"]["url"].as_str().unwrap_or_default();
                if url.starts_with("http") {
                    assert!(url.starts_with(&self.address), "the page asked {url}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 0, "the log has the requests");
    }

    async fn status_of_faucet(&self) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Selection { status } } }";
        let id = self.app.id(Tag::SELECTION, FAUCET);
        self.app.ask_with(&Person::client(), query, json!({ "id": id })).await.at("/node/status").clone()
    }
}

/// The six digits in the text of a mail.
fn code_in(mail: &FolderMail) -> String {
    let mut words = mail.text.split(|letter: char| !letter.is_ascii_digit());
    words.rfind(|word| word.len() == 6).unwrap_or_else(|| panic!("no code: {}", mail.text)).to_owned()
}

#[tokio::test]
async fn client_approves_from_the_mail_by_keyboard() {
    let demo = Demo::start().await;
    let (name, email) = DEMO_CLIENT;
    assert_eq!(*demo.app.ask(&Person::client(), "{ viewer { name email } }").await.at("/viewer/name"), name);
    assert_eq!(demo.status_of_faucet().await, "CHOSEN");

    demo.open("/portal").await;
    demo.shows_fitting("Sign in").await;
    // The field has the focus already.
    demo.browser.press(&format!("{email}{ENTER}")).await;
    demo.shows_fitting("Check your email").await;
    let code = code_in(&demo.newest_mail(1).await);
    demo.browser.press(&format!("{code}{ENTER}")).await;

    demo.shows_fitting("Your projects").await;
    demo.tab_to("Maple Street House").await;
    demo.browser.press(ENTER).await;
    demo.shows_fitting("Hello, Ana").await;
    demo.tab_to("Approve: Kitchen faucet").await;
    demo.browser.press(ENTER).await;
    demo.shows_fitting("Kitchen faucet").await;
    demo.tab_to("Review and approve").await;
    demo.browser.press(ENTER).await;
    demo.browser.until("document.querySelector('dialog[open]')").await;
    // Nothing is approved yet, and Enter on the title does nothing.
    demo.browser.press(ENTER).await;
    demo.tab_to("Approve").await;
    assert_eq!(demo.status_of_faucet().await, "CHOSEN");
    demo.browser.press(ENTER).await;
    demo.browser.until("document.querySelector('main').innerText.includes('Approved. The team orders it next.')").await;
    demo.browser.fits("approved", PHONE.0).await;
    assert_eq!(demo.status_of_faucet().await, "APPROVED");
    demo.is_clean().await;
    demo.browser.close().await;
}

#[tokio::test]
async fn mailed_link_leads_to_the_portal() {
    let demo = Demo::start().await;
    demo.open("/portal").await;
    demo.shows("Sign in").await;
    demo.browser.press(&format!("{}{ENTER}", DEMO_CLIENT.1)).await;
    demo.shows("Check your email").await;
    let link = demo.newest_mail(1).await.link.expect("the mail has a link");
    demo.browser.open(&link).await;
    demo.shows("Welcome").await;
    demo.browser.press(&format!("{TAB}{ENTER}")).await;
    demo.shows_fitting("Your projects").await;
    // Each section fits the phone, light and dark, and none asks another host.
    let project = demo.app.id(Tag::PROJECT, "alderbrook/maple-street");
    for (section, heading) in [
        ("", "Hello, Ana"),
        ("/selections", "Selections"),
        ("/schedule?view=list", "Schedule"),
        ("/schedule?view=calendar", "Schedule"),
        ("/schedule?view=gantt", "Schedule"),
        ("/files", "Files"),
        ("/messages", "Messages"),
        ("/messages/new", "New conversation"),
        ("/updates", "Updates"),
        ("/team", "Team"),
        ("/help", "Help"),
        ("/more", "More"),
        ("/nowhere", "Page not found"),
    ] {
        demo.open(&format!("/portal/{project}{section}")).await;
        demo.shows_fitting(heading).await;
    }
    demo.is_clean().await;
    demo.tab_to("Home").await;
    demo.open(&format!("/portal/{project}/more")).await;
    demo.tab_to("Sign out").await;
    demo.browser.press(ENTER).await;
    demo.shows("Sign in").await;
    demo.browser.close().await;
}

async fn get(app: &TestApp, path: &str) -> portico_testkit::Reply {
    app.send(Request::get(path).body(Body::empty()).expect("a request can be made")).await
}

#[tokio::test]
async fn only_the_demo_serves_the_portal() {
    let plain = TestApp::demo().await;
    let folder = std::env::temp_dir().join(format!("portico-portal-{}", new_uuid()));
    let demo = plain.as_demo(MailFolder::at(folder).await.expect("a folder can be made"));
    for path in ["/portal", "/portal/", "/portal/x/selections", "/portal/config.json", "/portal/assets/licenses.txt"] {
        assert_eq!(get(&plain, path).await.status, StatusCode::NOT_FOUND, "{path}");
        let reply = get(&demo, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: run script/setup, and compile again");
        let policy = reply.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        for loose in ["unsafe", "http", "*", "blob:"] {
            assert!(!policy.contains(loose), "{policy}");
        }
    }
    let page = get(&demo, "/portal").await.text;
    let files: Vec<_> = page.split('"').filter(|word| word.starts_with("/portal/assets/")).collect();
    assert!(files.len() >= 3, "{page}");
    for file in files {
        let reply = get(&demo, file).await;
        assert_eq!(reply.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable", "{file}");
    }
}
