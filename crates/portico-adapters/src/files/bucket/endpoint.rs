//! The address of an S3-compatible server.

use std::str::FromStr;

use url::Url;

use crate::loopback::is_loopback;

/// A base URL: over HTTPS, or over HTTP at the own machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_plain(&self) -> bool {
        self.0.starts_with("http://")
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "use a base URL without a path, such as https://s3.example.com";
        let url = Url::parse(text).map_err(|_| WRONG)?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !is_bare || has_user || !url.has_host() {
            return Err(WRONG);
        }
        match url.scheme() {
            "https" => {}
            "http" if url.host().is_some_and(|host| is_loopback(&host)) => {}
            "http" => return Err("use https://: files must not be read on the way"),
            _ => return Err(WRONG),
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_elsewhere_are_asked_over_https() {
        for (text, url) in [
            ("https://s3.example.com", "https://s3.example.com"),
            ("https://S3.example.com:9000/", "https://s3.example.com:9000"),
            ("https://10.0.0.7:9000", "https://10.0.0.7:9000"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("http://[::1]:9000/", "http://[::1]:9000"),
            ("http://localhost:9000", "http://localhost:9000"),
        ] {
            assert_eq!(text.parse::<Endpoint>().as_ref().map(Endpoint::as_str), Ok(url), "{text}");
        }
        for wrong in [
            "",
            "s3.example.com",
            "http://s3.example.com",
            "http://10.0.0.7:9000",
            "https://s3.example.com/bucket",
            "https://key:secret@s3.example.com",
            "https://s3.example.com?region=a",
            "s3://bucket",
        ] {
            wrong.parse::<Endpoint>().expect_err(wrong);
        }
    }
}
