//! Tests of the example portal in a browser: from the mail to a choice at a phone's width, by keyboard alone.

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
const DOWN: &str = "\u{e015}";
/// Paid by an untouched allowance of 14,000.00.
const RANGE: &str = "alderbrook/maple-street/selection/Range and hood";
/// Up to two of its options can be chosen.
const HARDWARE: &str = "alderbrook/maple-street/selection/Cabinet hardware";
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
            const text = at.labels?.[0]?.innerText ?? at.innerText;
            return { text: at === document.body ? '' : text, isVisible: at === document.body || style.outlineStyle !== 'none' }";
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

    /// Waits until an element of the page has a text.
    async fn says(&self, selector: &str, text: &str) {
        let found = format!("document.querySelector({})?.innerText.includes({})", json!(selector), json!(text));
        self.browser.until(&found).await;
    }

    /// Signs in as the demo's client, by the mailed code and the keyboard.
    async fn sign_in(&self) {
        self.open("/portal").await;
        self.shows_fitting("Sign in").await;
        // The field has the focus already.
        self.browser.press(&format!("{}{ENTER}", DEMO_CLIENT.1)).await;
        self.shows_fitting("Check your email").await;
        let code = code_in(&self.newest_mail(1).await);
        self.browser.press(&format!("{code}{ENTER}")).await;
        self.shows_fitting("Your projects").await;
    }

    /// A selection's status, the client who chose, and the titles of what is chosen.
    async fn choice(&self, selection: &str) -> Value {
        let query =
            "query($id: ID!) { node(id: $id) { ... on Selection { status chosenBy choices { option { title } } } } }";
        let id = self.app.id(Tag::SELECTION, selection);
        let found = self.app.ask_with(&Person::client(), query, json!({ "id": id })).await.at("/node").clone();
        let titles: Vec<_> =
            found["choices"].as_array().into_iter().flatten().map(|one| &one["option"]["title"]).collect();
        json!([found["status"], found["chosenBy"], titles])
    }

    /// Chooses an option as the other client of the project.
    async fn choose_as_ben(&self, selection: &str, title: &str) {
        let mutation =
            "mutation($input: SelectionChooseInput!) { selectionChoose(input: $input) { userErrors { message } } }";
        let option = format!("{}/{title}", selection.replace("/selection/", "/option/"));
        let input = json!({
            "id": self.app.id(Tag::SELECTION, selection),
            "choices": [{ "optionId": self.app.id(Tag::SELECTION_OPTION, &option) }],
            "expectedVersion": 1,
            "idempotencyKey": "by ben",
        });
        let reply = self.app.ask_with(&Person::named("ben"), mutation, json!({ "input": input })).await;
        assert_eq!(*reply.at("/selectionChoose/userErrors"), json!([]));
    }
}

/// The six digits in the text of a mail.
fn code_in(mail: &FolderMail) -> String {
    let mut words = mail.text.split(|letter: char| !letter.is_ascii_digit());
    words.rfind(|word| word.len() == 6).unwrap_or_else(|| panic!("no code: {}", mail.text)).to_owned()
}

#[tokio::test]
async fn client_chooses_from_the_mail_by_keyboard() {
    // SEL-1, PRT-11
    let demo = Demo::start().await;
    let (name, _) = DEMO_CLIENT;
    assert_eq!(*demo.app.ask(&Person::client(), "{ viewer { name email } }").await.at("/viewer/name"), name);
    demo.sign_in().await;
    demo.tab_to("Maple Street House").await;
    demo.browser.press(ENTER).await;
    demo.shows_fitting("Hello, Ana").await;
    demo.tab_to("Choose: Range and hood").await;
    demo.browser.press(ENTER).await;
    demo.shows_fitting("Range and hood").await;
    // The options are one stop, with arrow keys between them.
    demo.tab_to("Gas, six burners, with a wall hood").await;
    demo.browser.press(DOWN).await;
    // What a choice costs is shown, and nothing is chosen yet.
    demo.says(".costs", "$12,350").await;
    demo.says(".costs", "No change to your contract total").await;
    demo.says(".effect", "$14,000").await;
    demo.says(".effect", "$1,650").await;
    demo.browser.fits("preview", PHONE.0).await;
    demo.browser.picture("portal-preview").await;
    assert_eq!(demo.choice(RANGE).await, json!(["SHARED", null, []]));
    demo.tab_to("Choose").await;
    demo.browser.press(ENTER).await;
    // The next step has the focus.
    demo.browser.until("document.activeElement.innerText === 'Approve the choice'").await;
    let chosen = "Induction, thirty-six inches, with a liner hood";
    assert_eq!(demo.choice(RANGE).await, json!(["CHOSEN", name, [chosen]]));
    demo.tab_to("Review and approve").await;
    demo.browser.press(ENTER).await;
    demo.browser.until("document.querySelector('dialog[open]')").await;
    // Nothing is approved yet, and Enter on the title does nothing.
    demo.browser.press(ENTER).await;
    demo.tab_to("Approve").await;
    assert_eq!(demo.choice(RANGE).await[0], "CHOSEN");
    demo.browser.press(ENTER).await;
    demo.browser.until("document.activeElement.innerText.includes('The team orders it next.')").await;
    demo.browser.fits("approved", PHONE.0).await;
    assert_eq!(demo.choice(RANGE).await, json!(["APPROVED", name, [chosen]]));
    // It is no longer to be done, and its price is in the ledger.
    let project = demo.app.id(Tag::PROJECT, "alderbrook/maple-street");
    demo.open(&format!("/portal/{project}")).await;
    demo.says(".urgent", "Choose: Cabinet hardware").await;
    demo.browser.until("!document.querySelector('.urgent').innerText.includes('Range and hood')").await;
    demo.tab_to("View ledgers").await;
    demo.browser.press(ENTER).await;
    demo.shows_fitting("Allowances").await;
    demo.says("main", "Range and hood approved").await;
    demo.is_clean().await;
    demo.browser.close().await;
}

#[tokio::test]
async fn marked_options_are_kept() {
    // Two clients choose at once, and the gateway cannot be reached.
    let demo = Demo::start().await;
    demo.sign_in().await;
    let project = demo.app.id(Tag::PROJECT, "alderbrook/maple-street");
    let selection = demo.app.id(Tag::SELECTION, HARDWARE);
    demo.open(&format!("/portal/{project}/selections/{selection}")).await;
    demo.shows_fitting("Cabinet hardware").await;
    demo.tab_to("Bronze cup pulls").await;
    demo.browser.press(" ").await;
    demo.says(".costs", "Adds $865").await;
    demo.choose_as_ben(HARDWARE, "Plain steel pulls").await;
    demo.tab_to("Choose").await;
    demo.browser.press(ENTER).await;
    demo.says(".meanwhile", "Ben Whitlock chose Plain steel pulls while you were choosing.").await;
    demo.browser.fits("meanwhile", PHONE.0).await;
    let marked = "document.querySelectorAll('form input:checked').length === 1
        && document.querySelector('form input:checked').labels[0].innerText.includes('Bronze cup pulls')";
    demo.browser.until(marked).await;
    // The prices are those of the version that Ben has made.
    demo.browser.until("document.querySelector('.costs[aria-busy=false]')").await;
    demo.browser.go_offline(true).await;
    demo.tab_to("Choose mine instead").await;
    demo.browser.press(ENTER).await;
    demo.says(".fault", "We cannot reach the portal.").await;
    demo.browser.until(marked).await;
    assert_eq!(demo.choice(HARDWARE).await, json!(["CHOSEN", "Ben Whitlock", ["Plain steel pulls"]]));
    demo.browser.go_offline(false).await;
    // The focus is where it was.
    demo.browser.press(ENTER).await;
    demo.says(".approve", "Bronze cup pulls").await;
    assert_eq!(demo.choice(HARDWARE).await, json!(["CHOSEN", DEMO_CLIENT.0, ["Bronze cup pulls"]]));
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
        ("/selections?state=decided&location=Kitchen", "Selections"),
        ("/allowances", "Allowances"),
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
