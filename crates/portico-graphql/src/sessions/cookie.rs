//! The session cookie.

use async_graphql::Context;
use portico_core::access::Role;
use portico_core::sessions::{SESSION_LIFE, SUPPORT_SESSION_LIFE};

/// Name of the session cookie. The prefix `__Host-` binds it to this host and to HTTPS.
const COOKIE: &str = "__Host-portico-session";

/// The session cookie, with the session's remaining lifetime (SES-9).
pub fn session_cookie(token: &str, role: Role) -> String {
    let life = if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    let seconds = life.num_seconds();
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie that deletes it.
pub fn no_session_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The session token in a `Cookie` header.
pub fn token_in_cookies(header: &str) -> Option<&str> {
    header.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).filter(|it| !it.is_empty())
}

pub(super) fn put_cookie(ctx: &Context<'_>, cookie: &str) {
    ctx.append_http_header("set-cookie", cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_token_is_found_among_cookies() {
        assert_eq!(token_in_cookies("a=b; __Host-portico-session=ps_x; c=d"), Some("ps_x"));
        for none in ["", "a=b", "__Host-portico-session=", "__Host-portico-sessions=x", "x__Host-portico-session=x"] {
            assert_eq!(token_in_cookies(none), None, "{none}");
        }
        assert_eq!(
            token_in_cookies(session_cookie("ps_x", Role::Client).split(';').next().unwrap_or_default()),
            Some("ps_x")
        );
    }
}
