//! Refuses addresses with characters that no text may contain. Admission does the same for operations.

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, Uri};
use axum::middleware::Next;
use portico_core::text::is_unfit;
use url::form_urlencoded;

use super::reply;
use super::request_id::RequestId;

/// Refuses a path or query string with such a character.
pub(super) async fn refuse_unfit(
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match unfit_in(request.uri()) {
        Some(letter) => {
            let message = format!("remove the character U+{:04X} from the address", u32::from(letter));
            reply::unreadable(&message, &request_id)
        }
        None => next.run(request).await,
    }
}

fn unfit_in(uri: &Uri) -> Option<char> {
    // Admission refuses operations by GET, with a GraphQL error.
    let query = uri.query().filter(|_| uri.path() != "/graphql");
    [Some(uri.path()), query].into_iter().flatten().find_map(|part| {
        // Used as a percent-decoder; plus signs and ampersands do not matter here.
        let texts = form_urlencoded::parse(part.as_bytes());
        texts.into_iter().find_map(|(name, value)| name.chars().chain(value.chars()).find(|letter| is_unfit(*letter)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfit_characters_are_found_in_addresses() {
        // ROB-19; also paths, names in a query string, noncharacters.
        for (uri, found) in [
            ("/leads/a%00b", Some('\0')),
            ("/auth/link/%1b", Some('\x1b')),
            ("/auth/link/x?as=%00", Some('\0')),
            ("/auth/link/x?%00=a", Some('\0')),
            ("/leads/%ef%bf%be", Some('\u{fffe}')),
            ("/leads/a%09b?c=%0d%0a", None),
            ("/leads/%C3%A9", None),
            ("/graphql?query=%00", None),
        ] {
            assert_eq!(unfit_in(&uri.parse().unwrap()), found, "{uri}");
        }
    }
}
