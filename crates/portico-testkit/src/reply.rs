//! What came back.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

/// A reply, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub json: Value,
    /// How many statements it took, which no reply says.
    pub statements: u64,
}

impl Reply {
    /// The data of an answer without errors.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(self.json.get("errors").is_none(), "{}", self.text);
        &self.json["data"]
    }

    /// A value of the data, by its path: `/project/name`.
    #[track_caller]
    pub fn at(&self, path: &str) -> &Value {
        self.data().pointer(path).unwrap_or_else(|| panic!("nothing at {path} in {}", self.text))
    }

    /// The code of the first error.
    #[track_caller]
    pub fn code(&self) -> &str {
        self.json["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error in {}", self.text))
    }

    /// Whether it was refused for a name that the caller's document lacks. A caller without a token is asked to sign in.
    #[track_caller]
    pub fn is_for_an_unknown_name(&self) -> bool {
        let sign_in = self.code() == "UNAUTHENTICATED" && self.message().starts_with("Sign in");
        sign_in || self.code() == "GRAPHQL_VALIDATION_FAILED"
    }

    /// The sentence of the first error.
    #[track_caller]
    pub fn message(&self) -> &str {
        self.json["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error in {}", self.text))
    }

    /// The body with what differs from request to request blotted out, to be compared byte by byte.
    pub fn without_request_id(&self) -> String {
        let id = self.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("no request id");
        self.text.replace(id, "REQUEST")
    }
}
