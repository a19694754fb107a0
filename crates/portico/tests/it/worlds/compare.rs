//! Compares the answers of both worlds.

use std::collections::BTreeSet;
use std::fmt;

use portico_testkit::{Person, Reply, TestApp};
use serde_json::Value;

use super::operation::Printed;

/// Everything that could distinguish two worlds. Includes the number of statements, which callers do not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) status: u16,
    /// Sorted, without the request id.
    pub(crate) headers: Vec<String>,
    /// Without the request id.
    pub(crate) body: String,
    pub(crate) statements: u64,
}

impl Observation {
    fn of(reply: &Reply) -> Self {
        let id = reply.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("no request id");
        let mut headers: Vec<_> = reply
            .headers
            .iter()
            .map(|(name, value)| {
                format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()).replace(id, "REQUEST"))
            })
            .collect();
        headers.sort();
        Self { status: reply.status.as_u16(), headers, body: reply.without_request_id(), statements: reply.statements }
    }

    /// Whether two cache tiers answer the same for a caller. The number of statements may differ.
    ///
    /// A failure that nulls an object is the first one below it, and reads from memory fail sooner than others: then only
    /// the object has to be the same, not the reasons.
    pub(crate) fn equals_for_caller(&self, other: &Self) -> bool {
        self.status == other.status
            && ((&self.headers, &self.body) == (&other.headers, &other.body)
                || self.body.contains("\"errors\"") && self.without_reasons() == other.without_reasons())
    }

    /// The data and the nulled objects of an answer with errors; errors that null their own field only, as they are.
    fn without_reasons(&self) -> (Value, BTreeSet<String>) {
        let answer: Value = serde_json::from_str(&self.body).expect("an answer is JSON");
        let data = answer["data"].clone();
        let nulled = |error: &Value| {
            let path = error["path"].as_array()?;
            let mut at = &data;
            for (depth, step) in path.iter().enumerate() {
                if at.is_null() {
                    return Some(format!("{:?}", &path[..depth]));
                }
                at = step.as_str().map_or_else(|| &at[step.as_u64().unwrap_or_default() as usize], |name| &at[name]);
            }
            None
        };
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let all = errors.iter().map(|error| nulled(error).unwrap_or_else(|| error.to_string())).collect();
        (data, all)
    }

    /// Whether the gateway failed. All failures are alike, and reveal nothing.
    pub(crate) fn is_failure(&self) -> bool {
        self.status >= 500
            || ["INTERNAL", "UNAVAILABLE", "TIMEOUT"]
                .iter()
                .any(|code| self.body.contains(&format!(r#""code":"{code}""#)))
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, {} statements, {}", self.status, self.statements, self.headers.join("; "))?;
        write!(f, "{}", self.body)
    }
}

/// Two worlds that a caller must not be able to distinguish.
pub(crate) struct Pair {
    a: TestApp,
    b: TestApp,
    person: Person,
}

impl Pair {
    /// Two worlds with empty caches.
    pub(crate) fn new(a: &TestApp, b: &TestApp, person: &Person) -> Self {
        Self { a: a.cold(), b: b.cold(), person: person.clone() }
    }

    /// The same worlds with empty caches.
    pub(crate) fn cold(&self) -> Self {
        Self::new(&self.a, &self.b, &self.person)
    }

    /// The same worlds with their row caches, and without answer caches.
    pub(crate) fn without_answers(&self) -> Self {
        let of = |app: &TestApp| app.without_answers();
        Self { a: of(&self.a), b: of(&self.b), person: self.person.clone() }
    }

    /// The same worlds with their row cache in Redis only.
    pub(crate) async fn over_redis(&self) -> Self {
        Self { a: self.a.over_redis().await, b: self.b.over_redis().await, person: self.person.clone() }
    }

    /// The reply of each world, and the first one's answer as JSON.
    pub(crate) async fn ask(&self, printed: &Printed) -> (Observation, Observation, serde_json::Value) {
        let (a, b) = tokio::join!(
            self.a.ask_with(&self.person, &printed.query, printed.variables.clone()),
            self.b.ask_with(&self.person, &printed.query, printed.variables.clone()),
        );
        (Observation::of(&a), Observation::of(&b), a.json)
    }

    /// Whether the replies of cold worlds differ.
    pub(crate) async fn differs(&self, printed: &Printed) -> bool {
        let (a, b, _) = self.cold().ask(printed).await;
        a != b
    }
}
