//! Sign-in: derives the viewer from the headers of a request.

pub(crate) mod session_cookie;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use portico_core::access::Viewer;
use portico_core::sessions::TokenHash;
use portico_store::{Store, StoreError};

/// Maximum length of a token, in bytes.
const MAX_TOKEN: usize = 512;
/// Prefix of the demo's tokens, which are public in its documentation.
const DEMO_PREFIX: &str = "demo-";

/// Whether the demo's tokens are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoTokens {
    /// Accepted, in `portico demo`.
    Known,
    /// Refused, everywhere else, even if the demo's data are loaded.
    Refused,
}

/// Reasons why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The header is malformed or has no valid token. Never treated as anonymous.
    #[error("the token is unknown or has expired: sign in again")]
    Unauthenticated {
        /// Whether the token came in a cookie. The browser has to delete it then.
        by_cookie: bool,
    },
    /// The header has a token without its scheme, which is a mistake that is easy to mend.
    #[error("the header has no scheme: write `Authorization: Bearer <token>`")]
    NoScheme,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Viewer of a request, and how the caller authenticated.
#[derive(Debug)]
pub struct SignedInRequest {
    /// The viewer.
    pub viewer: Viewer,
    /// Whether the caller authenticated by cookie. Browsers send cookies with cross-site requests too.
    pub by_cookie: bool,
    /// The cookie to set again, since its session was renewed (SES-9).
    pub renewed_cookie: Option<HeaderValue>,
}

impl SignedInRequest {
    /// Sets the cookie of a renewed session again. A cookie that the response sets, such as after a sign-out, takes
    /// precedence.
    pub fn renew_cookie(renewed: Option<HeaderValue>, headers: &mut HeaderMap) {
        if let Some(cookie) = renewed.filter(|_| !headers.contains_key(header::SET_COOKIE)) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// Authenticates the caller. Anonymous without a token and a cookie.
///
/// # Errors
///
/// [`SignInError`]; an invalid token is an error, whatever else the request carries.
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
        Some(value) => {
            let text = value.to_str().map_err(|_| unknown())?;
            bearer(text).ok_or_else(|| if has_no_scheme(text) { SignInError::NoScheme } else { unknown() })?
        }
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

/// Whether a page of the portal made the request: pages of other sites cannot set this header without a preflight
/// (API-4).
pub fn is_meant(headers: &HeaderMap) -> bool {
    headers.get(PORTAL_REQUEST).is_some_and(|value| value == "1")
}

/// Header that pages of the portal send along with the cookie.
pub const PORTAL_REQUEST: HeaderName = HeaderName::from_static("x-portal-request");

/// Extracts the token of `Bearer <token>` (RFC 6750); the scheme ignores case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let is_one = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_TOKEN;
    is_one.then_some(token)
}

/// Whether a header is one word, as a token without `Bearer` is.
fn has_no_scheme(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && !value.contains(' ') && !value.eq_ignore_ascii_case("bearer")
}

#[cfg(test)]
mod tests {
    use super::{bearer, has_no_scheme};

    #[test]
    fn a_token_without_its_scheme_is_recognized() {
        for bare in ["pk_abc", "abc ", "Bearerabc"] {
            assert!(has_no_scheme(bare), "{bare}");
        }
        for other in ["", " ", "Bearer", "bearer ", "Basic abc"] {
            assert!(!has_no_scheme(other), "{other}");
        }
    }

    #[test]
    fn only_bearer_tokens_are_accepted() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for wrong in ["abc", "Basic abc", "Bearer", "Bearer ", "Bearerabc", &format!("Bearer {}", "a".repeat(513))] {
            assert_eq!(bearer(wrong), None, "{wrong}");
        }
    }
}
