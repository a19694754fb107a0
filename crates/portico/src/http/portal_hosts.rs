//! Hosts of companies' portals, whose pages may read answers.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_core::access::Viewer;
use portico_core::company::Hosts;
use portico_core::limits;
use portico_store::portal::all_portal_hosts;
use portico_store::{Store, StoreError};
use tokio::sync::Mutex;

/// Lifetime of the list: the longest delay until a new portal may read answers.
const LIFETIME: Duration = Duration::from_secs(60);
/// Delay before the next attempt after the database did not answer.
const RETRY: Duration = Duration::from_secs(5);

/// Hosts of all portals, read from the database at intervals.
///
/// All of them at once: with a query for each origin that is sent, any caller could keep the database busy.
#[derive(Clone)]
pub(super) struct PortalHosts {
    store: Store,
    /// Hosts that the installation's configuration lists; others could be operated by anyone.
    listed: Arc<Hosts>,
    list: Arc<RwLock<Option<List>>>,
    /// Held by the task that reads the list again; other tasks use the old one meanwhile.
    refresh: Arc<Mutex<()>>,
}

#[derive(Clone)]
struct List {
    hosts: Arc<HashSet<String>>,
    ends_at: Instant,
}

impl PortalHosts {
    pub(super) fn new(store: Store, listed: Arc<Hosts>) -> Self {
        Self { store, listed, list: Arc::default(), refresh: Arc::default() }
    }

    /// Whether this is the origin of a portal: exactly `https://` and the host as stored in the database.
    pub(super) async fn has(&self, origin: &HeaderValue) -> bool {
        let Some(host) = origin.to_str().ok().and_then(|origin| origin.strip_prefix("https://")) else { return false };
        self.list().await.is_some_and(|hosts| hosts.contains(host))
    }

    async fn list(&self) -> Option<Arc<HashSet<String>>> {
        let known = self.known();
        if let Some(list) = known.as_ref().filter(|list| Instant::now() < list.ends_at) {
            return Some(Arc::clone(&list.hosts));
        }
        let _refresh = match &known {
            // Another task is reading the list, and portals are seldom removed.
            Some(old) => match self.refresh.try_lock() {
                Ok(refresh) => refresh,
                Err(_) => return Some(Arc::clone(&old.hosts)),
            },
            None => self.refresh.lock().await,
        };
        // The previous holder of the lock may have read it.
        if let Some(list) = self.known().filter(|list| Instant::now() < list.ends_at) {
            return Some(list.hosts);
        }
        self.read(known).await
    }

    async fn read(&self, old: Option<List>) -> Option<Arc<HashSet<String>>> {
        let seen = self.store.read_as(&Arc::new(Viewer::public()));
        let read = tokio::time::timeout(limits::CONNECTION, all_portal_hosts(&seen));
        let late = |_| Err(StoreError::Unavailable("it does not answer".to_owned()));
        let (hosts, lifetime) = match read.await.unwrap_or_else(late) {
            Ok(rows) => {
                let hosts = rows.into_iter().map(|row| row.host);
                (Arc::new(hosts.filter(|host| self.listed.is_of_portal(host)).collect()), LIFETIME)
            }
            Err(error) => {
                tracing::warn!(%error, "the portal hosts could not be read");
                (old.map(|list| list.hosts).unwrap_or_default(), RETRY)
            }
        };
        let list = List { hosts: Arc::clone(&hosts), ends_at: Instant::now() + lifetime };
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = Some(list);
        Some(hosts)
    }

    fn known(&self) -> Option<List> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Marks a request whose `Origin` header names a portal host.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromPortal;

/// Marks requests from portal pages, for the CORS layer. That layer cannot wait for a database.
pub(super) async fn mark(State(hosts): State<PortalHosts>, mut request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = origin
        && hosts.has(&origin).await
    {
        request.extensions_mut().insert(FromPortal);
    }
    next.run(request).await
}
