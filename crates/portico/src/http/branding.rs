//! Branding of a page: the company's name, color and logo, or the platform's.

use portico_core::access::{Viewer, ViewerScope};
use portico_core::id::CompanyId;
use portico_core::limits;
use portico_core::network::{host_name, is_dns_name};
use portico_store::StoreError;
use portico_store::portal::{CompanyBranding, branding_at_host, branding_of, only_company_of};
use serde::Serialize;

use super::app::App;
use super::host::Host;

/// Branding in the header of a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PageBranding {
    name: String,
    /// `rrggbb`
    color: String,
    logo: Option<String>,
    /// The company's own site.
    #[serde(skip)]
    website: Option<String>,
}

impl PageBranding {
    /// The platform's branding, for pages of no known company.
    pub(super) fn of_platform() -> Self {
        Self { name: "Portico".to_owned(), color: "2f4858".to_owned(), logo: None, website: None }
    }

    /// The company's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The address of the company's own site, if it has one.
    pub(super) fn website(&self) -> Option<&str> {
        self.website.as_deref()
    }

    /// The web origin of the logo, if a policy can name it.
    pub(super) fn logo_origin(&self) -> Option<String> {
        self.logo.as_deref().and_then(logo_origin)
    }

    /// Branding of the company whose portal is at the request's host; else the platform's.
    ///
    /// Also the platform's if the database does not respond in time: a page without branding is better than a late one.
    pub(super) async fn at(app: &App, host: Option<&Host>) -> Self {
        Self::at_portal(app, host).await.unwrap_or_else(Self::of_platform)
    }

    /// Branding of the company whose portal is at the host; none at the installation's own hosts.
    pub(super) async fn at_portal(app: &App, host: Option<&Host>) -> Option<Self> {
        let name = host.and_then(|Host(host)| host_name(host)).filter(|name| app.hosts.is_of_portal(name))?;
        let read = async {
            let connection = app.store.pages().connection().await?;
            connection.transaction(async |connection| branding_at_host(connection, &name).await).await
        };
        within_limit(read).await.map(Self::from)
    }

    /// Branding of a company; else the platform's.
    pub(super) async fn of_company(app: &App, company: CompanyId) -> Self {
        let read = async {
            let connection = app.store.pages().connection().await?;
            connection.transaction(async |connection| branding_of(connection, company).await).await
        };
        within_limit(read).await.map_or_else(Self::of_platform, Self::from)
    }
}

/// Reads within the time limit of branding. A page without branding is better than a late one.
async fn within_limit<T>(read: impl Future<Output = Result<Option<T>, StoreError>>) -> Option<T> {
    match tokio::time::timeout(limits::BRANDING, read).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a page is shown without its company's branding");
            None
        }
        Err(_) => {
            tracing::warn!("a page is shown without its company's branding, which took too long to read");
            None
        }
    }
}

/// The viewer's company; none for outsiders with projects of several companies.
pub(super) async fn only_company(app: &App, viewer: &Viewer) -> Option<CompanyId> {
    let memberships = match &viewer.scope {
        ViewerScope::Empty => return None,
        ViewerScope::Company { company, .. } => return Some(*company),
        ViewerScope::Projects(memberships) => memberships.iter().map(|membership| membership.id).collect::<Vec<_>>(),
    };
    let read = async {
        let connection = app.store.pages().connection().await?;
        connection.transaction(async |connection| only_company_of(connection, &memberships).await).await
    };
    within_limit(read).await
}

impl From<CompanyBranding> for PageBranding {
    fn from(branding: CompanyBranding) -> Self {
        let platform = Self::of_platform();
        let color = branding.primary_color.filter(|color| is_color(color));
        let color = color.map_or(platform.color, |color| color.trim_start_matches('#').to_owned());
        let logo = branding.logo_url.filter(|logo| logo_origin(logo).is_some());
        let website = branding.website_url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        Self { name: branding.name, color, logo, website }
    }
}

/// The web origin of a logo, if a policy can name it.
fn logo_origin(logo: &str) -> Option<String> {
    let url = url::Url::parse(logo).ok().filter(|url| url.scheme() == "https")?;
    // Logos stored before hosts were checked can have a wildcard as host.
    let is_host = match url.host()? {
        url::Host::Domain(name) => is_dns_name(name),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => true,
    };
    is_host.then(|| url.origin().ascii_serialization())
}

/// Whether a text is a color of the form `#rrggbb`.
pub(super) fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
