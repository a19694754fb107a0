//! Counts operations and deprecated fields per application, to know which application a removal affects (API-7).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName};

/// Which application asks.
pub(crate) const CLIENT_NAME: HeaderName = HeaderName::from_static("x-client-name");
/// Which version of it.
pub(crate) const CLIENT_VERSION: HeaderName = HeaderName::from_static("x-client-version");

/// Maximum number of counters; further ones count as `other`, so that no caller can exhaust the memory.
const LINES: usize = 2_000;
/// Maximum length of the name of an application or operation, in characters.
const MAX_NAME: usize = 64;
/// Replaces a missing or invalid name.
const OTHER: &str = "other";

/// Application, as stated by the caller. It grants no rights.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Application {
    /// `X-Client-Name`.
    pub name: String,
    /// `X-Client-Version`.
    pub version: String,
}

impl Application {
    /// Reads the headers; names may have letters, digits, dots, dashes and underscores only.
    pub fn of(headers: &HeaderMap) -> Self {
        let read = |name| headers.get(name).and_then(|value| value.to_str().ok()).map_or(OTHER, tidy).to_owned();
        Self { name: read(CLIENT_NAME), version: read(CLIENT_VERSION) }
    }
}

fn tidy(name: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_plain) { OTHER } else { name }
}

/// Use that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Used {
    /// Operation, by name.
    Operation(String),
    /// Deprecated field or argument, by coordinate.
    Deprecated(String),
}

/// Counts per application. Cheap to clone; all clones share their counts.
#[derive(Debug, Clone, Default)]
pub struct Usage(Arc<Mutex<HashMap<(Application, Used), u64>>>);

impl Usage {
    /// Counts an operation and its deprecated fields.
    pub fn count(&self, application: &Application, operation: Option<&str>, deprecated: &[String]) {
        let operation = Used::Operation(operation.map_or(OTHER, tidy).to_owned());
        let deprecated = deprecated.iter().map(|coordinate| Used::Deprecated(coordinate.clone()));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for used in std::iter::once(operation).chain(deprecated) {
            let mut key = (application.clone(), used);
            if counts.len() >= LINES && !counts.contains_key(&key) {
                key.0 = Application { name: OTHER.to_owned(), version: OTHER.to_owned() };
                if let Used::Operation(name) = &mut key.1 {
                    OTHER.clone_into(name);
                }
            }
            *counts.entry(key).or_default() += 1;
        }
    }

    /// All counts so far.
    pub fn counts(&self) -> HashMap<(Application, Used), u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Logs all counts, one line each.
    pub fn log(&self) {
        for ((application, used), count) in self.counts() {
            let (kind, name) = match used {
                Used::Operation(name) => ("operation", name),
                Used::Deprecated(coordinate) => ("deprecated", coordinate),
            };
            tracing::info!(client = application.name, version = application.version, kind, name, count, "usage");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(name: &str) -> Application {
        let mut headers = HeaderMap::new();
        headers.insert(CLIENT_NAME, name.parse().unwrap());
        Application::of(&headers)
    }

    #[test]
    fn usage_is_counted_by_application() {
        let usage = Usage::default();
        let (web, phone) = (application("web"), application("phone"));
        usage.count(&web, Some("Dashboard"), &["Project.old".to_owned()]);
        usage.count(&web, Some("Dashboard"), &[]);
        usage.count(&phone, None, &[]);
        let counts = usage.counts();
        assert_eq!(counts[&(web.clone(), Used::Operation("Dashboard".to_owned()))], 2);
        assert_eq!(counts[&(web, Used::Deprecated("Project.old".to_owned()))], 1);
        assert_eq!(counts[&(phone, Used::Operation("other".to_owned()))], 1);
    }

    #[test]
    fn invalid_name_counts_as_other() {
        for name in ["", "a b", "<script>", &"x".repeat(65)] {
            assert_eq!(application(name).name, "other", "{name}");
        }
        assert_eq!(application("ios-app_2.1").name, "ios-app_2.1");
    }

    #[test]
    fn memory_is_bounded() {
        let usage = Usage::default();
        for number in 0..LINES + 500 {
            usage.count(&application(&format!("app{number}")), Some(&format!("Op{number}")), &[]);
        }
        let counts = usage.counts();
        assert!(counts.len() <= LINES + 1);
        assert_eq!(counts.values().sum::<u64>(), (LINES + 500) as u64);
    }
}
