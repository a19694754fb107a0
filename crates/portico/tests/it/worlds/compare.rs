//! Asks both worlds, and says where they differ.

use std::fmt;

use portico_testkit::{Person, Reply, TestApp};

use super::operation::Printed;

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

    /// Whether a caller hears the same from another tier, however many statements it took.
    ///
    /// Where a failure takes the whole answer with it, the first one does, and what is read from memory fails sooner than what is
    /// read from elsewhere: then it is the same that there is no answer, and not why.
    pub(crate) fn tells_the_same_as(&self, other: &Self) -> bool {
        let is_gone = |heard: &Self| heard.body.contains("\"data\":null");
        self.status == other.status
            && ((is_gone(self) && is_gone(other)) || (&self.headers, &self.body) == (&other.headers, &other.body))
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
pub(crate) struct Pair {
    a: TestApp,
    b: TestApp,
    person: Person,
}

impl Pair {
    /// Two worlds of which nobody has asked anything yet.
    pub(crate) fn new(a: &TestApp, b: &TestApp, person: &Person) -> Self {
        Self { a: a.cold(), b: b.cold(), person: person.clone() }
    }

    /// The same, before anything was asked.
    pub(crate) fn cold(&self) -> Self {
        Self::new(&self.a, &self.b, &self.person)
    }

    /// The same, with the rows that were read so far, and without the answers.
    pub(crate) fn without_answers(&self) -> Self {
        let of = |app: &TestApp| app.without_answers();
        Self { a: of(&self.a), b: of(&self.b), person: self.person.clone() }
    }

    /// The same, with rows that are kept in Redis alone.
    pub(crate) async fn over_redis(&self) -> Self {
        Self { a: self.a.over_redis().await, b: self.b.over_redis().await, person: self.person.clone() }
    }

    /// What each world says, and the first one's answer as JSON.
    pub(crate) async fn ask(&self, printed: &Printed) -> (Heard, Heard, serde_json::Value) {
        let (a, b) = tokio::join!(
            self.a.ask_with(&self.person, &printed.query, printed.variables.clone()),
            self.b.ask_with(&self.person, &printed.query, printed.variables.clone()),
        );
        (Heard::of(&a), Heard::of(&b), a.json)
    }

    /// Whether the worlds differ in what they say, each asked for the first time.
    pub(crate) async fn differs(&self, printed: &Printed) -> bool {
        let (a, b, _) = self.cold().ask(printed).await;
        a != b
    }
}
