//! Reply of the gateway.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

/// A reply with its body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub text: String,
    /// The body as JSON; null if it is not JSON.
    pub json: Value,
    /// Number of statements, which replies do not contain.
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

    /// Whether it was refused for a name that the caller's schema lacks. An anonymous caller is asked to sign in.
    #[track_caller]
    pub fn is_for_an_unknown_name(&self) -> bool {
        let sign_in = self.code() == "UNAUTHENTICATED" && self.message().starts_with("Sign-in required");
        sign_in || self.code() == "GRAPHQL_VALIDATION_FAILED"
    }

    /// The message of the first error.
    #[track_caller]
    pub fn message(&self) -> &str {
        self.json["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error in {}", self.text))
    }

    /// The body with the request's own values replaced, for comparison byte by byte.
    pub fn without_request_id(&self) -> String {
        let id = self.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("no request id");
        self.text.replace(id, "REQUEST")
    }
}
