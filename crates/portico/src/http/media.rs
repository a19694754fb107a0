//! Media types: negotiation of the answer's type, and the type of a body.

use axum::http::{HeaderMap, header};

/// The two media types of GraphQL over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status depends on the result.
    GraphqlResponse,
    /// `application/json`: 200 for every readable operation.
    Json,
}

impl MediaType {
    /// The caller's preferred type; plain JSON without an `Accept` header. None if the caller accepts neither.
    pub(super) fn wanted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let ranges = Range::all(headers);
        // Plain JSON is first: callers that accept any type get what older versions sent.
        let quality =
            |media: Self| ranges.iter().filter_map(|range| range.of(media)).max().map_or(0, |(_, quality)| quality);
        let (json, graphql) = (quality(Self::Json), quality(Self::GraphqlResponse));
        let named = ranges.iter().any(|range| range.names(Self::GraphqlResponse));
        match (json, graphql) {
            (0, 0) => None,
            (json, graphql) if graphql > json || (graphql == json && named) => Some(Self::GraphqlResponse),
            _ => Some(Self::Json),
        }
    }

    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }
}

/// Media type of a body, in lowercase.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ContentType {
    /// Such as `application/json`; empty if the header is missing or is not text.
    pub(super) name: String,
    /// Unparsed, such as `charset=utf-8`.
    pub(super) parameters: Vec<String>,
}

impl ContentType {
    /// Parses the `Content-Type` header.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
        Self { name: parts.next().unwrap_or_default(), parameters: parts.collect() }
    }
}

/// Whether a browser shows the answer to a person. Browsers that open an address or submit a form prefer HTML.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let ranges = Range::all(headers);
    let html = ranges.iter().filter(|range| range.name == "text/html").map(|range| range.quality).max().unwrap_or(0);
    let json = ranges.iter().filter_map(|range| range.of(MediaType::Json)).max();
    // A caller that accepts both equally is a program.
    html > 0 && json.is_none_or(|(closeness, quality)| html > quality || (html == quality && closeness == 0))
}

/// One range of `Accept` (RFC 9110, section 12.5.1).
struct Range {
    name: String,
    /// Thousandths.
    quality: u16,
}

impl Range {
    fn all(headers: &HeaderMap) -> Vec<Self> {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(Self::read).collect()
    }

    fn read(text: &str) -> Self {
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| part.strip_prefix("q=").map(str::to_owned));
        let quality = quality.map_or(Some(1.0), |quality| quality.parse::<f32>().ok());
        Self { name, quality: (quality.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u16 }
    }

    fn names(&self, media: MediaType) -> bool {
        self.name == media.name()
    }

    /// How closely the range matches a type, and its quality. The closest range takes precedence.
    fn of(&self, media: MediaType) -> Option<(u8, u16)> {
        let closeness = match self.name.as_str() {
            name if name == media.name() => 2,
            "application/*" => 1,
            "*/*" => 0,
            _ => return None,
        };
        Some((closeness, self.quality))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn preferred_media_type_is_served() {
        for (accept, wanted) in [
            ("application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(MediaType::Json)),
            ("application/graphql-response+json; q=0, application/json", Some(MediaType::Json)),
            ("application/graphql-response+json, application/json;q=0.9, */*;q=0.1", Some(MediaType::GraphqlResponse)),
            ("*/*", Some(MediaType::Json)),
            ("application/*", Some(MediaType::Json)),
            ("application/json;q=0, */*", Some(MediaType::GraphqlResponse)),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(MediaType::wanted(&headers), wanted, "{accept}");
        }
        assert_eq!(MediaType::wanted(&HeaderMap::new()), Some(MediaType::Json));
    }

    #[test]
    fn content_types_may_have_parameters() {
        for (text, name, parameters) in [
            ("application/json", "application/json", &[][..]),
            ("Application/JSON ; Charset=UTF-8", "application/json", &["charset=utf-8"][..]),
            ("text/plain;", "text/plain", &[""][..]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(text));
            let read = ContentType::of(&headers);
            assert_eq!(
                (read.name.as_str(), read.parameters),
                (name, parameters.iter().map(|it| (*it).to_owned()).collect())
            );
        }
        assert_eq!(ContentType::of(&HeaderMap::new()), ContentType::default());
    }

    #[test]
    fn browsers_and_programs_differ() {
        for (accept, is_browser) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true),
            ("text/html", true),
            ("text/html, */*", true),
            ("TEXT/HTML; charset=utf-8", true),
            ("*/*", false),
            ("application/json", false),
            ("application/json, text/html", false),
            ("application/json, text/html;q=0.9", false),
            ("application/json;q=0.5, text/html", true),
            ("text/html;q=0, */*", false),
            ("text/plain", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wants_page(&headers), is_browser, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
