//! The host names of companies' portals, whose pages may read answers.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_core::access::Viewer;
use portico_core::company::Hosts;
use portico_store::Store;
use portico_store::portal::all_entrances;
use tokio::sync::Mutex;

/// For how long the list is taken for true: a new company's portal has to wait so long at most.
const KEPT: Duration = Duration::from_secs(60);
/// After how long a database that did not answer is asked again.
const RETRY: Duration = Duration::from_secs(5);

/// The hosts of all portals, read from the database now and then.
///
/// All of them at once: a look-up for each origin that a caller sends would let anybody keep the database busy.
#[derive(Clone)]
pub(super) struct PortalHosts {
    store: Store,
    /// Those that count: the others may be run by anybody.
    listed: Arc<Hosts>,
    list: Arc<RwLock<Option<List>>>,
    /// Held by whoever reads the list anew; the others go by the one that there is.
    turn: Arc<Mutex<()>>,
}

#[derive(Clone)]
struct List {
    hosts: Arc<HashSet<String>>,
    ends_at: Instant,
}

impl PortalHosts {
    pub(super) fn new(store: Store, listed: Arc<Hosts>) -> Self {
        Self { store, listed, list: Arc::default(), turn: Arc::default() }
    }

    /// Whether this is the origin of a portal: `https://`, the host as it is written in the database, and nothing else.
    pub(super) async fn has(&self, origin: &HeaderValue) -> bool {
        let Some(host) = origin.to_str().ok().and_then(|origin| origin.strip_prefix("https://")) else { return false };
        self.list().await.is_some_and(|hosts| hosts.contains(host))
    }

    async fn list(&self) -> Option<Arc<HashSet<String>>> {
        let known = self.known();
        if let Some(list) = known.as_ref().filter(|list| Instant::now() < list.ends_at) {
            return Some(Arc::clone(&list.hosts));
        }
        let _turn = match &known {
            // Somebody is at it already, and a portal seldom goes.
            Some(old) => match self.turn.try_lock() {
                Ok(turn) => turn,
                Err(_) => return Some(Arc::clone(&old.hosts)),
            },
            None => self.turn.lock().await,
        };
        // Whoever had the turn before may have read it.
        if let Some(list) = self.known().filter(|list| Instant::now() < list.ends_at) {
            return Some(list.hosts);
        }
        self.read(known).await
    }

    async fn read(&self, old: Option<List>) -> Option<Arc<HashSet<String>>> {
        let seen = self.store.read_as(&Arc::new(Viewer::public()));
        let (hosts, kept_for) = match all_entrances(&seen).await {
            Ok(entrances) => {
                let hosts = entrances.into_iter().map(|row| row.host);
                (Arc::new(hosts.filter(|host| self.listed.is_of_portal(host)).collect()), KEPT)
            }
            Err(error) => {
                tracing::warn!(%error, "the hosts of portals could not be read");
                (old.map(|list| list.hosts).unwrap_or_default(), RETRY)
            }
        };
        let list = List { hosts: Arc::clone(&hosts), ends_at: Instant::now() + kept_for };
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = Some(list);
        Some(hosts)
    }

    fn known(&self) -> Option<List> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The request comes from a page of a portal, as its browser says.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromPortal;

/// Marks requests from pages of portals, for the layer of CORS, which cannot wait for a database.
pub(super) async fn mark(State(hosts): State<PortalHosts>, mut request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = origin
        && hosts.has(&origin).await
    {
        request.extensions_mut().insert(FromPortal);
    }
    next.run(request).await
}
