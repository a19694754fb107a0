//! Options for the hosts of links.

use std::path::PathBuf;

use clap::Args;
use portico::config::Config;
use portico_core::company::Hosts;
use portico_core::links::LinkSite;

use super::Failure;

#[derive(Debug, Clone, Args)]
pub(super) struct HostOptions {
    /// The installation's configuration: a TOML file with the host of each region, and the portal hosts of companies
    #[arg(long, env = "PORTICO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    public: PublicUrl,
}

#[derive(Debug, Clone, Args)]
pub(super) struct PublicUrl {
    /// Base URL of mailed links, for a trial: http://127.0.0.1:8080; otherwise the hosts of the configuration, over
    /// HTTPS
    #[arg(long, env = "PORTICO_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
}

impl PublicUrl {
    /// The base URLs of links.
    pub(super) fn site(&self) -> Result<LinkSite, Failure> {
        Ok(self.base()?.map_or(LinkSite::PortalHosts, |(base, _)| LinkSite::At(base)))
    }

    /// The public URL, and its host.
    fn base(&self) -> Result<Option<(String, String)>, Failure> {
        let Some(url) = &self.public_url else { return Ok(None) };
        let base = url.trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        let is_base = host.parse::<axum::http::uri::Authority>().is_ok_and(|host| !host.as_str().contains('@'));
        if !is_base {
            // What is before an `@` may be a password.
            let value = if url.contains('@') { String::new() } else { format!(" is `{url}`, which") };
            return Err(Failure::new(format_args!(
                "--public-url or PORTICO_PUBLIC_URL{value} is not a base URL such as https://portal.example or \
                 http://127.0.0.1:8080"
            )));
        }
        Ok(Some((base.to_owned(), host.to_lowercase())))
    }
}

impl HostOptions {
    /// The base URLs of links.
    pub(super) fn site(&self) -> Result<LinkSite, Failure> {
        self.public.site()
    }

    /// The hosts of the configuration; without one, the host of the public URL for all regions. `None` if neither is
    /// given.
    pub(super) fn hosts(&self) -> Result<Option<Hosts>, Failure> {
        match &self.config {
            Some(path) => {
                let wrong = |error| Failure::new(format_args!("--config {}: {error}", path.display()));
                Ok(Some(Config::read(path).map_err(wrong)?.hosts))
            }
            None => Ok(self.public.base()?.map(|(_, host)| Hosts::at(host))),
        }
    }
}
