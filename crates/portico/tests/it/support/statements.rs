//! Statements of the gateway, as PostgreSQL reports them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use portico_testkit::TestDatabase;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

/// The log, to which the driver writes the notices of the database.
#[derive(Clone, Default)]
pub(crate) struct StatementLog(Arc<Mutex<Vec<u8>>>);

impl StatementLog {
    /// Texts of the statements since the last call, in order.
    pub(crate) fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().expect("the lock is not poisoned"));
        let text = String::from_utf8(bytes).expect("logs are text");
        let texts = text.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).expect("lines are JSON");
            let (_, plan) = message["message"].as_str()?.split_once("plan:\n")?;
            let plan: Value = serde_json::from_str(plan).expect("plans are JSON");
            plan["Query Text"].as_str().map(str::to_owned)
        });
        texts.collect()
    }
}

impl Write for StatementLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lock is not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for StatementLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Makes PostgreSQL report each statement of new connections in a notice. The driver logs notices.
pub(crate) async fn db_statements(database: &TestDatabase) -> StatementLog {
    let statements = StatementLog::default();
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter("tokio_postgres=info");
    log.with_writer(statements.clone()).init();
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_level = 'notice'",
        "auto_explain.log_format = 'json'",
    ] {
        database.db_execute(&format!("alter database {} set {setting}", database.name())).await;
    }
    statements
}
