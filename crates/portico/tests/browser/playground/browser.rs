//! Headless Chromium, driven through chromedriver (WebDriver is JSON over HTTP: the few calls here need no crate).

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Long enough for slow machines, and shorter than the test runner's timeout.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

/// Browser of one test. It ends with the test.
pub(crate) struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
    profile: PathBuf,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver is installed by script/setup");
        let mut lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
        let says_port = |line: String| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        };
        let port = lines.by_ref().map_while(Result::ok).find_map(says_port).expect("chromedriver prints its port");
        let profile = env::temp_dir().join(format!("portico-browser-{}-{port}", std::process::id()));
        fs::create_dir_all(&profile).expect("a folder can be made");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        let root = format!("http://127.0.0.1:{port}/session");
        let wishes = capabilities(&profile);
        let reply = http.post(&root).json(&wishes).send().await.expect("chromedriver answers");
        let reply: Value = reply.json().await.expect("its answers are JSON");
        let id = reply["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("Chromium does not start: {reply}"));
        Self { driver, http, session: format!("{root}/{id}"), profile }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let sent = self.http.post(format!("{}{path}", self.session)).json(&body).send().await;
        let reply: Value = sent.expect("chromedriver answers").json().await.expect("its answers are JSON");
        assert!(reply["value"]["error"].is_null(), "{path}: {}", reply["value"]["message"]);
        reply["value"].clone()
    }

    /// Opens an address.
    pub(crate) async fn open(&self, address: &str) {
        self.post("/url", json!({ "url": address })).await;
    }

    /// Runs a function's body in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// Waits until an expression is true in the page.
    pub(crate) async fn until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.run(&format!("return Boolean({expression})"), json!([])).await != json!(true) {
            if Instant::now() > end {
                self.picture("gave-up").await;
                let shown = self.run("return document.body.innerText", json!([])).await;
                panic!("never became true: {expression}\n{}", shown.as_str().unwrap_or_default());
            }
            sleep(PAUSE).await;
        }
    }

    /// Types into a field with key events, and presses Enter.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector })).await;
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str).expect("an element");
        self.post(&format!("/element/{id}/clear"), json!({})).await;
        self.post(&format!("/element/{id}/value"), json!({ "text": format!("{text}\u{e007}") })).await;
    }

    /// Saves downloads in this folder.
    pub(crate) async fn save_in(&self, folder: &Path) {
        let command =
            json!({ "cmd": "Browser.setDownloadBehavior", "params": { "behavior": "allow", "downloadPath": folder } });
        self.post("/goog/cdp/execute", command).await;
    }

    /// Switches the page to the dark color scheme.
    pub(crate) async fn darken(&self) {
        let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
        let command = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.post("/goog/cdp/execute", command).await;
    }

    /// Cuts the page off from the network, or connects it again.
    pub(crate) async fn go_offline(&self, is_offline: bool) {
        let params = json!({ "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        let command = json!({ "cmd": "Network.emulateNetworkConditions", "params": params });
        self.post("/goog/cdp/execute", command).await;
    }

    /// Resizes the window to that of a phone or desktop.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.post("/goog/cdp/execute", command).await;
    }

    /// Deletes the cookies of the page's host.
    pub(crate) async fn forget_cookies(&self) {
        self.http.delete(format!("{}/cookie", self.session)).send().await.expect("chromedriver answers");
    }

    /// Asserts that neither the page at this width nor a part of it scrolls horizontally.
    pub(crate) async fn fits(&self, name: &str, width: u32) {
        let script = "const page = document.scrollingElement;
            const beyond = [...document.querySelectorAll('body *')]
                .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > page.clientWidth + 1);
            const told = beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 80));
            // There may be many tabs.
            const scrolled = [...document.querySelectorAll('body *:not(.graphiql-tabs)')]
                .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowX))
                .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
                .map((element) => element.className);
            return { window: innerWidth, shown: page.clientWidth, wide: page.scrollWidth, beyond: told, scrolled }";
        let seen = self.run(script, json!([])).await;
        // A phone zooms out until everything is visible, and its window is then wider than the screen.
        let is_whole =
            seen["window"] == width && seen["wide"].as_u64() <= seen["shown"].as_u64() && seen["scrolled"] == json!([]);
        if !is_whole {
            self.picture(&format!("{name}-is-too-wide")).await;
        }
        assert!(is_whole, "{name} at {width}: {seen}");
    }

    /// Presses keys: `\u{e004}` is Tab, `\u{e007}` Enter.
    pub(crate) async fn press(&self, keys: &str) {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })])
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", json!({ "actions": [keyboard] })).await;
    }

    /// Presses Ctrl+V.
    pub(crate) async fn paste(&self) {
        let actions: Vec<_> = [("keyDown", '\u{e009}'), ("keyDown", 'v'), ("keyUp", 'v'), ("keyUp", '\u{e009}')]
            .map(|(kind, key)| json!({ "type": kind, "value": key }))
            .into();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", json!({ "actions": [keyboard] })).await;
    }

    /// Clicks an element.
    pub(crate) async fn click(&self, selector: &str) {
        self.run("document.querySelector(arguments[0]).click()", json!([selector])).await;
    }

    /// The browser's log since the last call: `browser` for the console, `performance` for the network.
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", json!({ "type": kind })).await.as_array().cloned().unwrap_or_default()
    }

    /// Stores a screenshot of the page in the folder of `PORTICO_TEST_PICTURES`, if that is set.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = env::var_os("PORTICO_TEST_PICTURES") else { return };
        fs::write(PathBuf::from(folder).join(format!("{name}.png")), self.screenshot().await)
            .expect("the folder is there");
    }

    /// A picture of the page, as a PNG file.
    pub(crate) async fn screenshot(&self) -> Vec<u8> {
        let reply = self.http.get(format!("{}/screenshot", self.session)).send().await.expect("chromedriver answers");
        let reply: Value = reply.json().await.expect("its answers are JSON");
        let picture = reply["value"].as_str().expect("a picture in base 64");
        data_encoding::BASE64.decode(picture.as_bytes()).expect("it is base 64")
    }

    /// Closes the browser.
    pub(crate) async fn close(self) {
        let _ = self.http.delete(&self.session).send().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium is in the driver's process group, and would outlive it when a test fails before it closes the
        // session.
        if let Some(group) = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn capabilities(profile: &Path) -> Value {
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--window-size=1440,900".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    // Chromium's sandbox refuses root, and containers usually lack what it needs. The browser opens only our own page.
    arguments.push("--no-sandbox".to_owned());
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    } } })
}
