//! Asks both worlds, and says where they differ.

use std::fmt;

use portico_testkit::{Person, Reply, TestApp};

use crate::operation::Printed;

/// All of a reply that a caller could tell two worlds apart by, and the statements it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    /// Sorted, with the request's id blotted out.
    pub(crate) headers: Vec<String>,
    /// With the request's id blotted out.
    pub(crate) body: String,
    pub(crate) statements: u64,
}

impl Heard {
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

    /// Whether the gateway failed. Two failures are alike, and show nothing.
    pub(crate) fn is_failure(&self) -> bool {
        self.status >= 500
            || ["INTERNAL", "UNAVAILABLE", "TIMEOUT"]
                .iter()
                .any(|code| self.body.contains(&format!(r#""code":"{code}""#)))
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, {} statements, {}", self.status, self.statements, self.headers.join("; "))?;
        write!(f, "{}", self.body)
    }
}

/// Two worlds that one caller must not be able to tell apart.
pub(crate) struct Pair<'a> {
    pub(crate) a: &'a TestApp,
    pub(crate) b: &'a TestApp,
    pub(crate) person: Person,
}

impl Pair<'_> {
    /// What each world says, and the first one's answer as JSON.
    pub(crate) async fn ask(&self, printed: &Printed) -> (Heard, Heard, serde_json::Value) {
        let (a, b) = tokio::join!(
            self.a.ask_with(&self.person, &printed.query, printed.variables.clone()),
            self.b.ask_with(&self.person, &printed.query, printed.variables.clone()),
        );
        (Heard::of(&a), Heard::of(&b), a.json)
    }

    /// Whether the worlds differ in what they say.
    pub(crate) async fn differs(&self, printed: &Printed) -> bool {
        let (a, b, _) = self.ask(printed).await;
        a != b
    }
}
