//! Sign-in: from the headers of a request to the viewer.

pub(crate) mod session_cookie;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
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
    #[error("the token is unknown or has expired: sign in again")]
    Unauthenticated {
        /// Whether it was a cookie, which the browser has to forget.
        by_cookie: bool,
    },
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who asks, and how they showed who they are.
#[derive(Debug)]
pub struct SignedInRequest {
    /// Who.
    pub viewer: Viewer,
    /// Whether a browser sent their cookie along, which it does whoever made it ask.
    pub by_cookie: bool,
    /// The cookie to be set again, since the session that it keeps was renewed (SES-9).
    pub renewed_cookie: Option<HeaderValue>,
}

impl SignedInRequest {
    /// Sets the cookie of a renewed session again, unless the response sets another: a sign-out stays one.
    pub fn renew_cookie(renewed: Option<HeaderValue>, headers: &mut HeaderMap) {
        if let Some(cookie) = renewed.filter(|_| !headers.contains_key(header::SET_COOKIE)) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// Who asks. Nobody, if neither a token nor a cookie was sent.
///
/// # Errors
///
/// [`SignInError`]; a token that does not hold is an error, whatever else the request carries.
pub async fn authenticate(
    store: &Store,
    headers: &HeaderMap,
    demo: DemoTokens,
) -> Result<SignedInRequest, SignInError> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let by_cookie = headers.get(header::AUTHORIZATION).is_none();
    let unknown = || SignInError::Unauthenticated { by_cookie };
    let in_cookie = session_cookie::token_in(headers);
    let token = match sent.next() {
        Some(_) if sent.next().is_some() => return Err(unknown()),
        Some(value) => value.to_str().ok().and_then(bearer).ok_or_else(unknown)?,
        None => match in_cookie.as_deref() {
            Some(token) => token,
            None => return Ok(SignedInRequest { viewer: Viewer::public(), by_cookie: false, renewed_cookie: None }),
        },
    };
    let is_refused = token.len() > MAX_TOKEN || (token.starts_with(DEMO_PREFIX) && demo == DemoTokens::Refused);
    if is_refused {
        return Err(unknown());
    }
    let viewer = store.sign_in(&TokenHash::of(token)).await?.ok_or_else(unknown)?;
    let renewed = viewer.role.filter(|_| by_cookie && viewer.is_renewed);
    let renewed_cookie = renewed.and_then(|role| session_cookie::started(token, role).ok());
    Ok(SignedInRequest { viewer, by_cookie, renewed_cookie })
}

/// Whether a browser was told by a page of the portal to send its cookie along: a page of any other site cannot set this
/// header without being asked first whether it may (API-4).
pub fn is_meant(headers: &HeaderMap) -> bool {
    headers.get(PORTAL_REQUEST).is_some_and(|value| value == "1")
}

/// What a page of the portal sends along with a cookie.
pub const PORTAL_REQUEST: HeaderName = HeaderName::from_static("x-portal-request");

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
