//! `/files/<link>` and `/uploads/<link>`: the bytes of files.
//!
//! Apart from the other routes: no time limit, since a download may take an hour; no compression and decompression, since ranges
//! and lengths are those of the bytes. The sealed link in the address is enough: no cookie is read or set, so a foreign page
//! cannot act with one. Each request reads again who its session is and what it may see.

mod backend;
mod body;
mod database;
mod disposition;
mod download;
mod own_host;
mod range;
mod receive;
mod refusal;
#[cfg(test)]
mod tests;
mod tus;
mod upload;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use axum::routing::{MethodRouter, get};
use portico_actions::Origin;
use portico_adapters::files::FileStore;
use portico_core::access::Viewer;
use portico_core::files::limits::FileLimits;
use portico_core::files::link::{FileLink, FileLinkPurpose, FileLinks};
use portico_core::limits;

pub(super) use self::disposition::disposition;
pub(super) use self::range::is_known;

use self::backend::{BackendError, FileBackend};
use self::database::Database;
use self::own_host::OwnHost;
use self::receive::BodyLimits;
use self::refusal::Refused;
use super::app::App;
use super::caller::device_of;
use super::cors::{self, Origins};
use super::permits::Permits;
use super::reply;
use super::request_log;
use super::server::Network;
use crate::clock_source::ClockSource;
use crate::metrics::Metrics;
use crate::throttle::{Admission, Throttle};

/// Maximum number of downloads in progress, of the process and of one person.
const DOWNLOADS: (usize, usize) = (256, 16);
/// Maximum number of bodies being received, of the process and of one person. Each takes up to 4 MiB of memory.
const UPLOADS: (usize, usize) = (16, 4);
/// Cost of a request, charged to the person.
const COST: u64 = 1;
/// Cost of a link that is not valid, charged to the network: links are not to be guessed.
const REFUSED_COST: u64 = 20;

/// Files of an installation.
#[derive(Clone)]
pub struct Files {
    /// The store; none if the installation stores no files.
    pub store: Option<FileStore>,
    /// Seals and opens links.
    pub links: FileLinks,
    /// The operator's limits.
    pub limits: FileLimits,
    /// Whether files are withheld until a scanner has checked them.
    pub has_scanner: bool,
    downloads: Permits,
    uploads: Permits,
}

impl Files {
    /// Files in this store.
    pub fn new(store: Option<FileStore>, links: FileLinks, limits: FileLimits) -> Self {
        let permits = |(of_process, of_person)| Permits::new(of_process, of_person);
        Self { store, links, limits, has_scanner: false, downloads: permits(DOWNLOADS), uploads: permits(UPLOADS) }
    }

    /// Withholds files until a scanner has checked them, or not.
    #[must_use]
    pub fn with_scanner(self, has_scanner: bool) -> Self {
        Self { has_scanner, ..self }
    }

    /// Number of downloads and of uploads in progress.
    pub(crate) fn in_progress(&self) -> (usize, usize) {
        (self.downloads.held(), self.uploads.held())
    }
}

/// State of the handlers.
pub(super) struct FilesState {
    files: Files,
    backend: Arc<dyn FileBackend>,
    clock: ClockSource,
    throttle: Throttle,
    metrics: Metrics,
    own_host: OwnHost,
    body_limits: BodyLimits,
}

impl FilesState {
    fn of(app: &App) -> Self {
        Self {
            files: app.files.clone(),
            backend: Arc::new(Database(app.clone())),
            clock: Arc::clone(&app.clock),
            throttle: app.throttle.clone(),
            metrics: app.metrics.clone(),
            own_host: OwnHost::of(app.files.links.base.as_deref()),
            body_limits: BodyLimits::default(),
        }
    }
}

/// The routes of a gateway, within the request log. The layers that change bodies are not for them.
pub(super) fn router(app: &App) -> Router {
    let routes = request_log::logged(&app.metrics, routes()).with_state(Arc::new(FilesState::of(app)));
    with_headers(routes, &app.files, &app.origins)
}

/// Keeps all other routes from the host of files.
pub(super) fn guard_own_host(routes: Router, files: &Files) -> Router {
    let own = OwnHost::of(files.links.base.as_deref());
    routes.layer(axum::middleware::from_fn_with_state(own, own_host::guard))
}

fn routes() -> Router<Arc<FilesState>> {
    let downloads: MethodRouter<Arc<FilesState>> = get(download::handle).fallback(reply::wrong_method);
    let uploads = MethodRouter::new()
        .head(upload::show)
        .patch(upload::receive)
        .put(upload::receive)
        .delete(upload::cancel)
        .fallback(reply::wrong_method);
    Router::new()
        .route("/files/{link}", downloads.clone())
        // The name at the end is for programs that save a file by its address.
        .route("/files/{link}/{*name}", downloads)
        .route("/uploads/{link}", uploads)
}

/// Adds the headers of CORS and of tus.
fn with_headers(routes: Router, files: &Files, origins: &Origins) -> Router {
    let tus = axum::middleware::from_fn_with_state(files.limits.max_size, tus::put_headers);
    routes.layer(cors::of_files(origins)).layer(tus)
}

/// A link whose session is still valid.
struct Opened {
    link: FileLink,
    viewer: Arc<Viewer>,
}

impl FilesState {
    /// Opens the link in the address of a request, and signs its session in.
    async fn open(&self, parts: &Parts, purposes: &[FileLinkPurpose]) -> Result<Opened, Refused> {
        let sealed = parts.uri.path().split('/').nth(2).unwrap_or_default();
        let link = self.files.links.key.open(sealed).ok_or(Refused::NotFound)?;
        if !purposes.contains(&link.purpose) || link.expires_at <= (self.clock)().moment() {
            return Err(Refused::NotFound);
        }
        // What a browser shows runs at the host of the page.
        if link.purpose == FileLinkPurpose::Inline && !self.own_host.is_at(parts.extensions.get()) {
            return Err(Refused::NotFound);
        }
        let viewer = self.backend.sign_in(&link.token).await?.ok_or(Refused::NotFound)?;
        match self.throttle.pour(&viewer, network_of(parts), COST).await {
            Some((_, Admission { fits: false, retry_after, .. })) => Err(Refused::Throttled(retry_after)),
            _ => Ok(Opened { link, viewer }),
        }
    }

    /// Runs what is to be done before bytes flow, within the time limit of requests. Charges a link that is not valid.
    async fn within_limits<T>(
        &self,
        network: Option<IpAddr>,
        work: impl Future<Output = Result<T, Refused>>,
    ) -> Result<T, Refused> {
        let done = tokio::time::timeout(limits::REQUEST, work).await.unwrap_or(Err(Refused::Unavailable));
        if !matches!(done, Err(Refused::NotFound)) {
            return done;
        }
        match self.throttle.charge_network(network, REFUSED_COST).await {
            Ok(()) => Err(Refused::NotFound),
            Err(wait) => Err(Refused::Throttled(wait)),
        }
    }
}

impl From<BackendError> for Refused {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::NotFound => Self::NotFound,
            BackendError::Conflict => Self::Conflict(None),
            BackendError::TooLarge => Self::TooLarge,
            BackendError::TooManyParts => Self::TooManyParts,
            BackendError::Unavailable => Self::Unavailable,
        }
    }
}

fn network_of(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get().map(|Network(address)| *address)
}

fn origin_of(parts: &Parts) -> Origin {
    Origin { network: network_of(parts), device: device_of(&parts.headers) }
}

/// Whole seconds, at least one.
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs_f64().ceil() as u64).max(1)
}
