//! Actors, and the transaction of an action.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, IdentityId};
use portico_core::network;
use portico_store::{ReadSession, Store, StoreError, Writer};
use tokio::time::Instant;

use crate::changes::SentByRequest;
use crate::{ActionError, Installation, Work};

/// Attempts of an action that meets a deadlock, lock timeout or serialization failure.
const MAX_ATTEMPTS: u32 = 3;
/// Maximum wait for another request with the same idempotency key.
const IN_FLIGHT: Duration = Duration::from_secs(5);
/// Initial and maximum pause between polls for that result.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_millis(500);

/// Origin of a request, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The caller's address, IPv4 as IPv4: of the connection, or as reported by a trusted proxy.
    pub network: Option<IpAddr>,
    /// The user agent.
    pub device: Option<String>,
}

/// Rows that an action may read and write; PostgreSQL hides all others from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteScope {
    /// One company's rows.
    Company,
    /// Accounts, sessions and links, of people with several companies or none.
    Accounts,
}

/// Change of state, in one transaction.
pub trait Action: Send + Sync {
    /// The result.
    type Done: Send;

    /// The rows that it may read and write.
    const SCOPE: WriteScope = WriteScope::Company;

    /// The company of [`WriteScope::Company`]: by default that of the acting staff. Without one, no row of a company is visible.
    fn company(&self, actor: &Actor) -> Option<CompanyId> {
        actor.viewer.company()
    }

    /// Checks, writes, and records the change. It may run again after a deadlock, lock timeout or serialization failure.
    fn write(&self, work: &mut Work<'_>) -> impl Future<Output = Result<Self::Done, ActionError>> + Send;
}

/// Viewer who acts, with origin and time.
#[derive(Clone)]
pub struct Actor {
    store: Store,
    viewer: Arc<Viewer>,
    /// The origin.
    pub origin: Origin,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// Services of the installation.
    pub installation: Installation,
    /// Whether the caller is still connected; `None` if unknown.
    attention: Option<Weak<CancelGuard>>,
    pub(crate) sent: SentByRequest,
}

/// Held while the caller waits for the result. Once it is dropped, heavy work that has not started is skipped.
#[derive(Debug)]
pub struct CancelGuard(());

impl Actor {
    /// An actor for a request.
    pub fn new(
        store: Store,
        viewer: Arc<Viewer>,
        origin: Origin,
        now: DateTime<Utc>,
        installation: Installation,
    ) -> Self {
        Self { store, viewer, origin, now, installation, attention: None, sent: SentByRequest::default() }
    }

    /// The actor, for a caller who may disconnect before the result.
    #[must_use]
    pub fn attended(self) -> (Arc<CancelGuard>, Self) {
        let attention = Arc::new(CancelGuard(()));
        let actor = Self { attention: Some(Arc::downgrade(&attention)), ..self };
        (attention, actor)
    }

    /// Runs CPU-bound work in the installation's pool, apart from the threads that serve requests.
    ///
    /// # Errors
    ///
    /// [`ActionError::Heavy`] when the queue is full, or the caller has disconnected.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ActionError> {
        let caller = match self.viewer.charged() {
            Some((_, id)) => format!("person:{id}"),
            None => format!("network:{}", network::name_of(self.origin.network)),
        };
        let attention = self.attention.clone();
        let is_wanted = move || attention.as_ref().is_none_or(|attention| attention.strong_count() > 0);
        Ok(self.installation.heavy.run(&caller, is_wanted, work).await?)
    }

    /// The viewer of the request's sign-in.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Performs an action.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn perform<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        let (mut attempts, mut pause) = (1, FIRST_PAUSE);
        let give_up = Instant::now() + IN_FLIGHT;
        loop {
            match self.once(action).await {
                // A row inserted meanwhile is found by the next attempt, which rejects the action with a reason.
                Err(ActionError::Store(StoreError::Contended(_) | StoreError::Taken(_))) if attempts < MAX_ATTEMPTS => {
                    attempts += 1
                }
                // The connection was returned, so that waiting for a key blocks no other request.
                Err(ActionError::UnderWay) if Instant::now() + pause < give_up => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LAST_LOOK);
                }
                outcome => return outcome,
            }
        }
    }

    /// Performs a read-only action without sign-in, on read-only connections.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn look<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        self.on(self.store.pages(), action).await
    }

    async fn once<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        let writer = match A::SCOPE {
            WriteScope::Accounts => self.store.accounts(),
            WriteScope::Company => {
                let person = self.viewer.person.as_ref().map(|person| IdentityId(person.id));
                self.store.writer(action.company(self), person)
            }
        };
        self.on(writer, action).await
    }

    async fn on<A: Action>(&self, connections: Writer, action: &A) -> Result<A::Done, ActionError> {
        let mut connection = connections.connection().await?;
        connection.begin().await?;
        let mut work = Work::new(connection.get(), self);
        let done = action.write(&mut work).await;
        let has_jobs = work.has_jobs();
        match done {
            Ok(done) => {
                connection.commit().await?;
                if has_jobs {
                    self.installation.wake.wake();
                }
                Ok(done)
            }
            Err(error) => {
                connection.roll_back().await;
                Err(error)
            }
        }
    }

    /// The actor's read session before an action, to find what it concerns. The action checks again in its transaction.
    pub(crate) fn sees(&self) -> ReadSession {
        self.store.read_as(&self.viewer)
    }

    /// The actor's read session after an action, which may have changed their access.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn sees_now(&self) -> Result<ReadSession, StoreError> {
        let viewer = match &self.viewer.session {
            Some(token) => self.store.sign_in(token).await?.unwrap_or_else(Viewer::public),
            None => Viewer::public(),
        };
        Ok(self.store.read_as(&Arc::new(viewer)))
    }
}
