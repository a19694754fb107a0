//! Embedded files of a page. `script/setup` builds and compresses them; the compiler embeds them in the gateway.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use flate2::read::GzDecoder;
use include_dir::Dir;

use super::reply::{empty, put};

/// The files of a page, as its build left them.
pub(in crate::http) struct Bundle {
    /// For the page of a gateway that was compiled without them.
    name: &'static str,
    built: Dir<'static>,
    /// Decompressed once, for the few clients that do not accept gzip: doing so for each request would let one caller use a
    /// whole processor.
    texts: OnceLock<HashMap<&'static str, Vec<u8>>>,
}

/// Length of the hash that the build adds to names.
const HASH: usize = 8;

impl Bundle {
    pub(in crate::http) const fn new(name: &'static str, built: Dir<'static>) -> Self {
        Self { name, built, texts: OnceLock::new() }
    }

    /// Returns the page itself.
    pub(super) fn page(&'static self) -> Cow<'static, [u8]> {
        match self.built.get_file("index.html") {
            Some(file) => Cow::Borrowed(file.contents()),
            None => Cow::Owned(not_built(self.name).into_bytes()),
        }
    }

    /// Creates the reply with a file of the page.
    pub(super) fn reply(&'static self, name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        let content_type = content_type(name)?;
        let (bytes, coding) = match self.find(name)? {
            File::Plain(bytes) => (bytes, None),
            File::Compressed(bytes) if accepts_gzip(headers) => (bytes, Some("gzip")),
            File::Compressed(_) => (self.texts().get(name)?.as_slice(), None),
        };
        // The hash changes with the content, so a file with such a name never changes. Other files are not cached.
        let tag = format!("\"{name}{}\"", coding.map(|coding| format!(".{coding}")).unwrap_or_default());
        let tag = is_hashed(name).then(|| HeaderValue::from_str(&tag)).transpose().ok()?;
        let is_known = tag.as_ref().is_some_and(|tag| headers.get(header::IF_NONE_MATCH) == Some(tag));
        let mut response = if is_known { empty(StatusCode::NOT_MODIFIED) } else { Response::new(Body::from(bytes)) };
        let to = response.headers_mut();
        put(to, header::CONTENT_TYPE, content_type);
        if let Some(coding) = coding {
            put(to, header::CONTENT_ENCODING, coding);
            put(to, header::VARY, "accept-encoding");
        }
        if let Some(tag) = tag {
            to.insert(header::ETAG, tag);
            put(to, header::CACHE_CONTROL, "public, max-age=31536000, immutable");
        }
        Some(response)
    }

    fn find(&'static self, name: &str) -> Option<File> {
        let contents = |name: &str| self.built.get_file(name).map(include_dir::File::contents);
        contents(&format!("{name}.gz")).map(File::Compressed).or_else(|| contents(name).map(File::Plain))
    }

    fn texts(&'static self) -> &'static HashMap<&'static str, Vec<u8>> {
        self.texts.get_or_init(|| {
            let compressed = self.built.files();
            let compressed =
                compressed.filter_map(|file| Some((file.path().to_str()?.strip_suffix(".gz")?, file.contents())));
            let texts = compressed.map(|(name, bytes)| {
                let mut text = Vec::new();
                GzDecoder::new(bytes).read_to_end(&mut text).expect("the build compresses it");
                (name, text)
            });
            texts.collect()
        })
    }
}

/// Page of a gateway that was compiled before the page was built.
fn not_built(name: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Portico</title>\
        <h1>Portico</h1><p>{name} is not in this build: run <code>script/setup</code>, and compile again.</p>\
        <p>Operations are sent by POST to <code>/graphql</code>.</p></html>"
    )
}

/// A file as it is embedded: text is compressed, images and fonts are so already by their format.
#[derive(Clone, Copy)]
enum File {
    Plain(&'static [u8]),
    Compressed(&'static [u8]),
}

/// Whether a client accepts gzip, by any name and weight above zero.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    let codings = lists.flat_map(|list| list.split(',')).map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok());
        (name.trim().to_ascii_lowercase(), weight.is_some_and(|weight| weight > 0.0))
    });
    let mut codings: Vec<_> = codings.filter(|(name, _)| matches!(name.as_str(), "gzip" | "x-gzip" | "*")).collect();
    // Any other coding is what the header says of no coding by name.
    codings.sort_by_key(|(name, _)| name == "*");
    codings.first().is_some_and(|(_, is_accepted)| *is_accepted)
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
    fn gzip_is_accepted_by_any_name_and_weight() {
        let accepts = |list: &'static str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(list))]);
            accepts_gzip(&headers)
        };
        for list in
            ["gzip", "GZIP", "x-gzip", "*", "br, gzip;q=0.001", "gzip; q=1.0", "identity, *;q=0.5", "*;q=0, gzip"]
        {
            assert!(accepts(list), "{list}");
        }
        for list in ["", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzip;q=x", "gzipped"] {
            assert!(!accepts(list), "{list}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

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
