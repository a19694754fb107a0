//! Tests of the buffers that statements read, as PostgreSQL reports them for the gateway's own statements.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use portico_testkit::{TestApp, TestDatabase, operations};
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::operations::{first_client, first_selection};

/// Items of each kind per project.
const ITEMS: usize = 30;

/// Number of visible projects; operations ask for one of them.
const FEW: usize = 10;
const MANY: usize = 60;

/// Two lookups of three or four buffers per item. A viewer with many projects sees `MANY` times as many items.
const FEW_LOOKUPS: u64 = 7 * ITEMS as u64;

/// The log, to which the driver writes the notices of the database.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<Vec<u8>>>);

impl Notices {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().expect("the lock is not poisoned")
    }

    /// Buffers of the statements since the last call, by text; the maximum of several runs.
    pub(crate) fn take(&self) -> BTreeMap<String, u64> {
        let bytes = std::mem::take(&mut *self.lock());
        let text = String::from_utf8(bytes).expect("logs are text");
        let mut by_text = BTreeMap::<String, u64>::new();
        for line in text.lines() {
            let message: Value = serde_json::from_str(line).expect("lines are JSON");
            let message = message["message"].as_str().unwrap_or_default();
            let Some((_, plan)) = message.split_once("plan:\n") else { continue };
            let explained: Value = serde_json::from_str(plan).expect("plans are JSON");
            let number = |name: &str| explained["Plan"][name].as_u64().expect("a number of blocks");
            let buffers = number("Shared Hit Blocks") + number("Shared Read Blocks");
            let text = explained["Query Text"].as_str().expect("a text").to_owned();
            let most = by_text.entry(text).or_default();
            *most = buffers.max(*most);
        }
        by_text
    }
}

impl Write for Notices {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Notices {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Makes PostgreSQL explain each statement of new connections in a notice. The driver logs notices.
pub(crate) async fn db_explained(database: &TestDatabase) -> Notices {
    let notices = Notices::default();
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter("tokio_postgres=info");
    log.with_writer(notices.clone()).init();
    let settings = [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_level = 'notice'",
        "auto_explain.log_format = 'json'",
        "auto_explain.log_analyze = on",
        "auto_explain.log_buffers = on",
        "auto_explain.log_timing = off",
        // Forces the plans of a large database. In a small one, sequential scans are cheapest.
        "enable_seqscan = off",
        "enable_bitmapscan = off",
        "enable_hashjoin = off",
    ];
    for setting in settings {
        database.db_execute(&format!("alter database {} set {setting}", database.name())).await;
    }
    notices
}

/// Buffers read by the statements of each role's operations on one project.
async fn touched(app: &TestApp, project: &str, notices: &Notices) -> BTreeMap<(String, String), u64> {
    app.database().db_execute("analyze").await;
    let selection = first_selection(app, project).await;
    let client = first_client(app, project).await;
    // New connections, which explain their statements.
    let app = TestApp::over(app.database().clone());
    app.database().db_left_open().await;
    notices.take();
    let mut touched = BTreeMap::<(String, String), u64>::new();
    for operation in operations().into_iter().filter(|operation| operation.text.contains("project(id:")) {
        let variables = operation.variables(project, &selection, &client);
        let answer = app.cold().answer(&operation.person(), &operation.text, variables).await;
        assert!(answer.codes.is_empty(), "{}: {}", operation.name, answer.to_json());
        // The notice comes when the statement is closed, at the end of the transaction.
        assert_eq!(app.database().db_left_open().await, 0);
        for (text, buffers) in notices.take() {
            let most = touched.entry((operation.role.clone(), text)).or_default();
            *most = buffers.max(*most);
        }
    }
    touched
}

#[tokio::test]
async fn statements_read_only_requested_rows() {
    let app = TestApp::demo().await;
    let notices = db_explained(app.database()).await;
    let project = app.db_grown_project(ITEMS).await;
    for _ in 1..FEW {
        app.db_grown_project(ITEMS).await;
    }
    let few = touched(&app, &project, &notices).await;
    for _ in FEW..MANY {
        app.db_grown_project(ITEMS).await;
    }
    let many = touched(&app, &project, &notices).await;

    let mut compared = 0;
    let mut grown = Vec::new();
    for ((role, text), of_many) in &many {
        let Some(of_few) = few.get(&(role.clone(), text.clone())) else { continue };
        println!("{role}: {of_few} {of_many} {text}");
        if !text.contains("parent.project_id") {
            continue;
        }
        compared += 1;
        // An index may have one more level, and two lookups per key are acceptable.
        if *of_many > (of_few * 3 / 2 + 25).max(FEW_LOOKUPS) {
            grown.push(format!("{role}: {of_few} became {of_many}: {text}"));
        }
    }
    assert!(compared >= 15, "only {compared} statements by a child's id were explained");
    assert!(grown.is_empty(), "buffers with {MANY} projects instead of {FEW}:\n{}", grown.join("\n"));
}
