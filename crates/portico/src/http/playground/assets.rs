//! Embedded files of the playground. `script/setup` builds and compresses them; the compiler embeds them in the gateway.

use std::io::Read;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use flate2::read::GzDecoder;
use include_dir::{Dir, include_dir};

use super::reply::{empty, put};
use crate::http::paced::paced;

static BUILT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/playground/dist");

/// Page of a gateway that was compiled before the playground was built.
const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Portico</title>\
    <h1>Portico</h1><p>The playground is not in this build: run <code>script/setup</code>, and compile again.</p>\
    <p>Operations are sent by POST to <code>/graphql</code>.</p></html>";
/// Length of the hash that the build adds to names.
const HASH: usize = 8;

/// Returns the page at `/`.
pub(super) fn page() -> &'static [u8] {
    BUILT.get_file("index.html").map_or(NOT_BUILT.as_bytes(), |file| file.contents())
}

/// Creates the reply with a file of the page.
pub(super) fn reply(name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    let content_type = content_type(name)?;
    let file = File::find(name)?;
    // The hash changes with the content, so a file with such a name never changes. Other files are not cached.
    let tag = is_hashed(name).then(|| HeaderValue::from_str(&format!("\"{name}\""))).transpose().ok()?;
    let is_known = tag.as_ref().is_some_and(|tag| headers.get(header::IF_NONE_MATCH) == Some(tag));
    let mut response = if is_known { empty(StatusCode::NOT_MODIFIED) } else { file.response(accepts_gzip(headers)) };
    let to = response.headers_mut();
    put(to, header::CONTENT_TYPE, content_type);
    if let Some(tag) = tag {
        to.insert(header::ETAG, tag);
        put(to, header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    }
    Some(response)
}

/// A file as it is embedded: text is compressed, images and fonts are so already by their format.
enum File {
    Plain(&'static [u8]),
    Gzip(&'static [u8]),
}

impl File {
    fn find(name: &str) -> Option<Self> {
        let contents = |name: &str| BUILT.get_file(name).map(include_dir::File::contents);
        contents(&format!("{name}.gz")).map(Self::Gzip).or_else(|| contents(name).map(Self::Plain))
    }

    fn response(self, accepts_gzip: bool) -> Response<Body> {
        match self {
            Self::Plain(bytes) => Response::new(Body::from(bytes)),
            Self::Gzip(bytes) if accepts_gzip => {
                let mut response = Response::new(Body::from(bytes));
                put(response.headers_mut(), header::CONTENT_ENCODING, "gzip");
                put(response.headers_mut(), header::VARY, "accept-encoding");
                response
            }
            Self::Gzip(bytes) => {
                let mut text = Vec::new();
                match GzDecoder::new(bytes).read_to_end(&mut text) {
                    Ok(_) => Response::new(paced(text)),
                    Err(error) => {
                        tracing::error!(%error, "an embedded file of the playground is damaged");
                        empty(StatusCode::INTERNAL_SERVER_ERROR)
                    }
                }
            }
        }
    }
}

/// Whether a client says plainly that it accepts gzip. To any other, also with weights, the text is sent as it is, and the
/// layer around all routes negotiates.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| coding.trim().eq_ignore_ascii_case("gzip"))
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "txt" => Some("text/plain; charset=utf-8"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

/// Whether a name contains a hash, such as `main-6H6MOTCV.js`.
fn is_hashed(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_immutable() {
        for hashed in ["main-6H6MOTCV.js", "jetbrains-mono-latin-wght-normal-VBS632QH.woff2"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for other in ["index.html", "licenses.txt", "main-short.js", "main-lowercas.js"] {
            assert!(!is_hashed(other), "{other}");
        }
    }
}
