//! Hostile files in a browser, at the host that serves files only (A77, A80).

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use portico_content::samples::chunk;
use portico_core::clock::Clock;
use portico_core::files::RenditionKind;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::id::{CompanyId, GlobalId, Tag, new_uuid};
use portico_fixtures::world::World;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use crate::playground::browser::Browser;

const PATIENCE: Duration = Duration::from_secs(30);
const TITLE: &str = "the script ran";

/// A server that scripts would reach. It also serves the page that shows that they do.
struct Beacon {
    port: u16,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Beacon {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let paths = Arc::new(Mutex::new(Vec::new()));
        let (seen, page) = (Arc::clone(&paths), html(port, "control"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let Ok(length) = stream.read(&mut request).await else { continue };
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                if path != "/favicon.ico" {
                    seen.lock().expect("the lock is not poisoned").push(path);
                }
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\naccess-control-allow-origin: *\r\n\r\n";
                let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
            }
        });
        Self { port, paths }
    }

    fn paths(&self) -> Vec<String> {
        std::mem::take(&mut *self.paths.lock().expect("the lock is not poisoned"))
    }
}

/// What a page would do if it could: a script that changes the title and sends a request, and an image.
fn script(port: u16, name: &str) -> String {
    format!("document.title = '{TITLE}'; fetch('http://127.0.0.1:{port}/{name}-script')")
}

fn html(port: u16, name: &str) -> String {
    format!(
        "<!doctype html><html><body><script>{}</script><img src=\"http://127.0.0.1:{port}/{name}-image\"></body></html>",
        script(port, name)
    )
}

fn svg(port: u16) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\" onload=\"{0}\"><script>{0}</script>\
         <image href=\"http://127.0.0.1:{port}/svg-image\" width=\"9\" height=\"9\"/></svg>",
        script(port, "svg")
    )
}

/// An image of 3 by 2 pixels with a page in a comment and after its end.
fn png_and_html(port: u16) -> Vec<u8> {
    let page = html(port, "png");
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::default());
    // Two rows, each with its filter.
    pixels.write_all(&[0; 2 * (1 + 3)]).expect("memory takes it");
    let pixels = pixels.finish().expect("memory takes it");
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", b"\0\0\0\x03\0\0\0\x02\x08\0\0\0\0"),
        &chunk(b"tEXt", &[b"Comment\0", page.as_bytes()].concat()),
        &chunk(b"IDAT", &pixels),
        &chunk(b"IEND", b""),
        page.as_bytes(),
    ]
    .concat()
}

fn pdf() -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for object in [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
    ] {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", places.len()).as_bytes());
    }
    let start = pdf.len();
    pdf.extend(b"xref\n0 4\n0000000000 65535 f \n");
    for place in places {
        pdf.extend(format!("{place:010} 00000 n \n").as_bytes());
    }
    pdf.extend(format!("trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    pdf
}

/// The path of a URL, without its host.
fn path_in(url: &Value) -> String {
    let url = url.as_str().unwrap_or_else(|| panic!("no address: {url}"));
    let (_, rest) = url.split_once("://").expect("an address");
    rest[rest.find('/').expect("a path")..].to_owned()
}

/// Uploads a file to a project. Returns its id.
async fn uploaded(app: &TestApp, by: &Person, name: &str, bytes: &[u8]) -> String {
    let project = app.id(Tag::PROJECT, "alderbrook/maple-street");
    let input = json!({ "projectId": project, "name": name, "size": bytes.len(), "idempotencyKey": name });
    let create = "mutation($input: StagedUploadCreateInput!) { stagedUploadCreate(input: $input) {
        upload { id url } userErrors { message } } }";
    let reply = app.ask_with(by, create, json!({ "input": input })).await;
    let upload = reply.at("/stagedUploadCreate/upload").clone();
    let request = Request::builder().method(Method::PUT).uri(path_in(&upload["url"]));
    let sent = app.send(request.body(Body::from(bytes.to_vec())).expect("a request")).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text);
    let finalize = "mutation($input: FileFinalizeInput!) { fileFinalize(input: $input) {
        file { id } userErrors { message } } }";
    let input = json!({ "uploadId": upload["id"], "idempotencyKey": format!("end {name}") });
    let reply = app.ask_with(by, finalize, json!({ "input": input })).await;
    reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

/// A link that shows a file in the browser, whatever its type: as if the gateway had made it.
fn shown_anyway(app: &TestApp, by: &Person, id: &str) -> String {
    let link = FileLink {
        purpose: FileLinkPurpose::Inline,
        token: by.hash().expect("a session"),
        company: CompanyId(World::id("alderbrook")),
        id: GlobalId::parse(id).expect("an id").uuid,
        content_number: 1,
        rendition: RenditionKind::Original,
        expires_at: Clock::of_server().moment() + chrono::TimeDelta::minutes(20),
    };
    format!("/files/{}", app.files().links.key.seal(&link).expect("a link"))
}

/// A folder of downloads, which is deleted at the end of the test.
struct Downloads(PathBuf);

impl Downloads {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("portico-downloads-{}", new_uuid()));
        fs::create_dir(&path).expect("a new folder");
        Self(path)
    }

    async fn wait_for(&self, name: &str, bytes: &[u8]) {
        let end = Instant::now() + PATIENCE;
        while fs::read(self.0.join(name)).ok().as_deref() != Some(bytes) {
            let seen: Vec<_> = fs::read_dir(&self.0).expect("a folder").flatten().map(|entry| entry.path()).collect();
            assert!(Instant::now() < end, "{name} is not saved: {seen:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Downloads {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Cookies that were sent to each host or set by it, as the browser's network log says.
fn hosts_with_cookies(log: &[Value]) -> (HashSet<String>, HashSet<String>) {
    let (mut asked, mut with_cookies) = (HashSet::new(), HashSet::new());
    let mut hosts = HashMap::new();
    let messages: Vec<Value> = log
        .iter()
        .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
        .map(|entry: Value| entry["message"].clone())
        .collect();
    for message in messages.iter().filter(|message| message["method"] == "Network.requestWillBeSent") {
        let url = message["params"]["request"]["url"].as_str().unwrap_or_default();
        let host = url.split('/').nth(2).and_then(|host| host.split(':').next()).unwrap_or_default().to_owned();
        hosts.insert(message["params"]["requestId"].clone().to_string(), host.clone());
        asked.insert(host);
    }
    for message in &messages {
        let name = match message["method"].as_str() {
            Some("Network.requestWillBeSentExtraInfo") => "cookie",
            Some("Network.responseReceivedExtraInfo") => "set-cookie",
            _ => continue,
        };
        let headers = message["params"]["headers"].as_object().expect("headers");
        if headers.keys().any(|key| key.eq_ignore_ascii_case(name)) {
            with_cookies.extend(hosts.get(&message["params"]["requestId"].to_string()).cloned());
        }
    }
    (asked, with_cookies)
}

/// Waits until the page of a document is shown, which is white: all around it is dark.
async fn shows_white_page(browser: &Browser, name: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let picture = image::load_from_memory(&browser.screenshot().await).expect("a picture").to_rgb8();
        if picture.pixels().filter(|pixel| pixel.0 == [255; 3]).count() > 10_000 {
            return browser.picture(name).await;
        }
        assert!(Instant::now() < end, "{name} is not shown");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn uploaded_files_run_nothing() {
    // A77, A80: as the client and as staff.
    let app = TestApp::demo().await.rewired(|app| app.files.links.base = Some("http://localhost".to_owned()));
    let port = app.serve().await.port();
    let (beacon, browser, downloads) = (Beacon::start().await, Browser::start().await, Downloads::new());
    browser.save_in(&downloads.0).await;
    // The same page runs where it may: the checks below can fail.
    browser.open(&format!("http://127.0.0.1:{}/control", beacon.port)).await;
    browser.until(&format!("document.title === '{TITLE}'")).await;
    let end = Instant::now() + PATIENCE;
    let mut reached = HashSet::new();
    while !["/control-script", "/control-image"].iter().all(|path| reached.contains(*path)) {
        reached.extend(beacon.paths());
        assert!(Instant::now() < end, "{reached:?}");
        sleep(Duration::from_millis(50)).await;
    }
    // A session of the portal, which is at another host.
    let portal = format!("http://127.0.0.1:{port}/");
    browser.open(&portal).await;
    browser.run("document.cookie = 'portico_session=of-the-portal; path=/'", json!([])).await;
    browser.log("performance").await;
    browser.open(&portal).await;
    let (_, with_cookies) = hosts_with_cookies(&browser.log("performance").await);
    assert!(with_cookies.contains("127.0.0.1"), "{with_cookies:?}");

    let mut asked = HashSet::new();
    for (who, by) in [("client", Person::client()), ("owner", Person::owner())] {
        let cases: [(&str, Vec<u8>, Option<&str>); 5] = [
            ("logo.svg", svg(beacon.port).into_bytes(), None),
            ("plan.pdf", html(beacon.port, "pdf").into_bytes(), None),
            ("genuine.pdf", pdf(), Some("application/pdf")),
            ("photo.png", png_and_html(beacon.port), Some("image/png")),
            ("notes.txt", html(beacon.port, "text").into_bytes(), None),
        ];
        for (name, bytes, shown_as) in cases {
            let name = format!("{who}-{name}");
            let id = uploaded(&app, &by, &name, &bytes).await;
            let query = "query($id: ID!) { node(id: $id) { ... on File { inlineUrl download { url } } } }";
            let known = app.ask_with(&by, query, json!({ "id": id })).await.at("/node").clone();
            // Clients get an image of a photo once it is made, and never its original.
            let is_hidden = who == "client" && shown_as == Some("image/png");
            assert_eq!(known["inlineUrl"].is_null(), is_hidden || shown_as.is_none(), "{name}: {known}");
            assert_eq!(known["download"].is_null(), is_hidden, "{name}: {known}");
            let at = |path: &str| format!("http://localhost:{port}{path}");
            if !is_hidden {
                // Saved, while the page remains.
                browser.open("about:blank").await;
                let url = at(&path_in(&known["download"]["url"]));
                browser.run("location.href = arguments[0]", json!([url])).await;
                downloads.wait_for(&name, &bytes).await;
                assert_eq!(browser.run("return location.href", json!([])).await, "about:blank", "{name}");
            }
            browser.open(&at(&shown_anyway(&app, &by, &id))).await;
            let kind = browser.run("return document.contentType", json!([])).await;
            let expected = shown_as.filter(|_| !is_hidden).unwrap_or("text/html");
            assert_eq!(kind, expected, "{name}");
            if expected == "text/html" {
                // The gateway's own page.
                let page = browser.run("return document.body.innerText", json!([])).await;
                assert!(page.as_str().is_some_and(|page| page.contains("This link does not work")), "{name}: {page}");
            }
            if expected == "image/png" {
                let size = browser
                    .run("return [document.images[0].naturalWidth, document.images[0].naturalHeight]", json!([]));
                assert_eq!(size.await, json!([3, 2]), "{name}");
            }
            if !known["inlineUrl"].is_null() {
                browser.open(&at(&path_in(&known["inlineUrl"]))).await;
                assert_eq!(browser.run("return document.contentType", json!([])).await, expected, "{name}");
                if expected == "application/pdf" {
                    shows_white_page(&browser, &name).await;
                }
            }
            assert_ne!(browser.run("return document.title", json!([])).await, TITLE, "{name}");
            let (hosts, with_cookies) = hosts_with_cookies(&browser.log("performance").await);
            assert!(!with_cookies.contains("localhost"), "{name}: {with_cookies:?}");
            asked.extend(hosts);
        }
    }
    assert!(asked.contains("localhost"), "{asked:?}");
    // A request would have been sent at once.
    sleep(Duration::from_millis(500)).await;
    assert_eq!(beacon.paths(), Vec::<String>::new());
    browser.close().await;
}
