//! Sign-in: from the header of a request to the viewer.

use axum::http::{HeaderMap, header};
use portico_core::people::{TokenHash, Viewer};
use portico_store::{Store, StoreError};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 512;
/// How the demo's tokens begin, which stand in its documentation.
const DEMO_PREFIX: &str = "demo-";

/// Whether the tokens of the demo are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoTokens {
    /// As in `portico demo`.
    Known,
    /// As everywhere else: they are refused even if somebody loaded the demo's data.
    Refused,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The header is not one, or names no token that is alive. Never taken for no token at all.
    #[error("the token is unknown or has expired")]
    Unauthenticated,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who asks. Nobody, if no token was sent.
///
/// # Errors
///
/// [`SignInError`]; a token that does not hold is an error, whatever else the request carries.
pub async fn sign_in(store: &Store, headers: &HeaderMap, demo: DemoTokens) -> Result<Viewer, SignInError> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = sent.next() else { return Ok(Viewer::public()) };
    if sent.next().is_some() {
        return Err(SignInError::Unauthenticated);
    }
    let token = value.to_str().ok().and_then(bearer).ok_or(SignInError::Unauthenticated)?;
    if token.starts_with(DEMO_PREFIX) && demo == DemoTokens::Refused {
        return Err(SignInError::Unauthenticated);
    }
    store.sign_in(&TokenHash::of(token)).await?.ok_or(SignInError::Unauthenticated)
}

/// The token of `Bearer <token>` (RFC 6750); the scheme's case does not matter.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let is_one = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_TOKEN;
    is_one.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_a_bearer_token_is_one() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for wrong in ["abc", "Basic abc", "Bearer", "Bearer ", "Bearerabc", &format!("Bearer {}", "a".repeat(513))] {
            assert_eq!(bearer(wrong), None, "{wrong}");
        }
    }
}
