//! The session cookie: name, attributes, and parsing.

use axum::http::header::InvalidHeaderValue;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use portico_core::access::Role;
use portico_core::sessions::{SESSION_LIFE, SUPPORT_SESSION_LIFE};
use portico_graphql::SessionChange;
use secrecy::ExposeSecret;

/// Name of the session cookie. The prefix `__Host-` binds it to this host and to HTTPS.
const NAME: &str = "__Host-portico-session";

/// Adds the `Set-Cookie` header of a session that has started or ended.
pub(crate) fn append(change: &SessionChange, headers: &mut HeaderMap) {
    let cookie = match change {
        SessionChange::Started { token, role } => started(token.expose_secret(), *role),
        SessionChange::Ended => ended(),
    };
    // Tokens consist of letters and digits, so this does not fail.
    if let Ok(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The session cookie, with the session's remaining lifetime (SES-9).
pub(super) fn started(token: &str, role: Role) -> Result<HeaderValue, InvalidHeaderValue> {
    let life = if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    set(token, Duration::seconds(life.num_seconds()))
}

/// The cookie that deletes it.
fn ended() -> Result<HeaderValue, InvalidHeaderValue> {
    set("", Duration::ZERO)
}

fn set(value: &str, life: Duration) -> Result<HeaderValue, InvalidHeaderValue> {
    host_cookie(NAME, value, life)
}

/// A cookie for this host only, unreadable for scripts. Its name has the prefix `__Host-`.
pub(crate) fn host_cookie(name: &str, value: &str, life: Duration) -> Result<HeaderValue, InvalidHeaderValue> {
    let cookie = Cookie::build((name, value)).path("/").max_age(life).http_only(true).secure(true);
    HeaderValue::from_str(&cookie.same_site(SameSite::Lax).to_string())
}

/// The session token in the cookies of a request. Other cookies may hold any bytes.
pub(super) fn token_in(headers: &HeaderMap) -> Option<String> {
    value_in(headers, NAME)
}

/// The value of a cookie of this host; none if it is empty.
pub(crate) fn value_in(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().find_map(|cookies| {
        let cookie = cookies.as_bytes().split(|byte| *byte == b';').find_map(|pair| cookie_in(pair, name))?;
        Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
    })
}

/// The cookie of this name in a pair of name and value.
fn cookie_in(pair: &[u8], name: &str) -> Option<Cookie<'static>> {
    // The parser strips all Unicode whitespace before a name, but browsers only ASCII whitespace. To a browser the name
    // then lacks the prefix, so any site of the domain could set such a cookie.
    if !pair.trim_ascii_start().starts_with(name.as_bytes()) {
        return None;
    }
    Cookie::parse(String::from_utf8_lossy(pair).into_owned()).ok().filter(|cookie| cookie.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cookies: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in cookies {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).expect("a header's value"));
        }
        token_in(&headers)
    }

    #[test]
    fn session_token_is_found_among_cookies() {
        assert_eq!(found(&[b"a=b; __Host-portico-session=ps_x; c=d"]).as_deref(), Some("ps_x"));
        assert_eq!(found(&[b"a=\xff", b"__Host-portico-session=ps_x"]).as_deref(), Some("ps_x"));
        for none in ["", "a=b", "__Host-portico-session=", "__Host-portico-sessions=x", "x__Host-portico-session=x"] {
            assert_eq!(found(&[none.as_bytes()]), None, "{none}");
        }
        let set = started("ps_x", Role::Client).expect("a header's value");
        let pair = set.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        assert_eq!(found(&[pair]).as_deref(), Some("ps_x"));
    }

    #[test]
    fn name_after_foreign_whitespace_is_another() {
        for name in ["\u{2000}__Host-portico-session", "\u{a0}__Host-portico-session", "\u{85}__Host-portico-session"] {
            assert_eq!(found(&[format!("{name}=ps_x").as_bytes()]), None, "{name:?}");
        }
    }

    #[test]
    fn cookie_has_its_attributes() {
        let text = |cookie: Result<HeaderValue, _>| cookie.map(|cookie| cookie.to_str().unwrap_or_default().to_owned());
        let attributes = "HttpOnly; SameSite=Lax; Secure; Path=/";
        for (role, seconds) in [(Role::Client, SESSION_LIFE), (Role::Support, SUPPORT_SESSION_LIFE)] {
            let expected = format!("__Host-portico-session=ps_x; {attributes}; Max-Age={}", seconds.num_seconds());
            assert_eq!(text(started("ps_x", role)).expect("a header's value"), expected);
        }
        let expected = format!("__Host-portico-session=; {attributes}; Max-Age=0");
        assert_eq!(text(ended()).expect("a header's value"), expected);
    }
}
