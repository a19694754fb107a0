//! Who acts, and how an action becomes one transaction.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use portico_core::network;
use portico_core::people::Viewer;
use portico_store::{SeenBy, Store, StoreError, Writer};
use tokio::time::Instant;

use crate::{ActionError, Installation, Work};

/// How often an action is tried that comes to be in the way of others.
const TRIES: u32 = 3;
/// How long a request waits for the result of another one with the same idempotency key.
const IN_FLIGHT: Duration = Duration::from_secs(5);
/// The pause before it looks again, and the longest that this grows to.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_millis(500);

/// Where a request comes from, for the trail.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address of whoever asks, IPv4 as IPv4: of the connection, or what a proxy says that the installation trusts.
    pub network: Option<IpAddr>,
    /// What the caller calls itself.
    pub device: Option<String>,
}

/// Something that can be done, all of it or nothing.
pub trait Action: Send + Sync {
    /// What comes of it.
    type Done: Send;

    /// Checks, writes, and writes down what it did. It may be called again if it came to be in the way of others.
    fn write(&self, work: &mut Work<'_>) -> impl Future<Output = Result<Self::Done, ActionError>> + Send;
}

/// Somebody who acts: a viewer, from somewhere, at some time.
#[derive(Clone)]
pub struct Actor {
    store: Store,
    viewer: Arc<Viewer>,
    /// Where from.
    pub origin: Origin,
    /// When.
    pub now: DateTime<Utc>,
    /// What the installation gives.
    pub installation: Installation,
    /// Whether the caller still waits; none where that is not known.
    attention: Option<Weak<Attention>>,
}

/// Held by whoever waits for an actor's result. Once it is dropped, heavy work that has not begun is not begun.
#[derive(Debug)]
pub struct Attention(());

impl Actor {
    /// Whoever asked.
    pub fn new(
        store: Store,
        viewer: Arc<Viewer>,
        origin: Origin,
        now: DateTime<Utc>,
        installation: Installation,
    ) -> Self {
        Self { store, viewer, origin, now, installation, attention: None }
    }

    /// The same actor, for a caller who may hang up before the result is there.
    #[must_use]
    pub fn attended(self) -> (Arc<Attention>, Self) {
        let attention = Arc::new(Attention(()));
        let actor = Self { attention: Some(Arc::downgrade(&attention)), ..self };
        (attention, actor)
    }

    /// Does what keeps a processor busy, in the installation's pool and apart from the threads that answer requests.
    ///
    /// # Errors
    ///
    /// [`ActionError::Heavy`] when too much is waiting, or the caller has hung up meanwhile.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ActionError> {
        let caller = match &self.viewer.person {
            Some(person) => format!("person:{}", person.id),
            None => format!("network:{}", network::name_of(self.origin.network)),
        };
        let attention = self.attention.clone();
        let is_wanted = move || attention.as_ref().is_none_or(|attention| attention.strong_count() > 0);
        Ok(self.installation.heavy.run(&caller, is_wanted, work).await?)
    }

    /// Who acts, as sign-in found them.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Does something.
    ///
    /// # Errors
    ///
    /// [`ActionError`] says why not; then nothing was written.
    pub async fn perform<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        let (mut tries, mut pause) = (1, FIRST_LOOK);
        let give_up = Instant::now() + IN_FLIGHT;
        loop {
            match self.once(action).await {
                // A row that was taken meanwhile is one that the action finds, and refuses in words, when it looks again.
                Err(ActionError::Store(StoreError::Contended(_) | StoreError::Taken(_))) if tries < TRIES => tries += 1,
                // The connection went back: however many wait for one key, none of them keeps others from working.
                Err(ActionError::UnderWay) if Instant::now() + pause < give_up => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LAST_LOOK);
                }
                outcome => return outcome,
            }
        }
    }

    /// Looks at something without signing in, on connections on which nothing can be changed.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn look<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        self.on(self.store.pages(), action).await
    }

    async fn once<A: Action>(&self, action: &A) -> Result<A::Done, ActionError> {
        self.on(self.store.writer(), action).await
    }

    async fn on<A: Action>(&self, connections: Writer, action: &A) -> Result<A::Done, ActionError> {
        let mut connection = connections.connection().await?;
        connection.begin().await?;
        let mut work = Work::new(connection.get(), self);
        let done = action.write(&mut work).await;
        let has_mail = work.has_mail();
        match done {
            Ok(done) => {
                connection.commit().await?;
                if has_mail {
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

    /// What they see after what they did: signed in again, since it may have changed what they may see.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn sees_now(&self) -> Result<SeenBy, StoreError> {
        let viewer = match &self.viewer.session {
            Some(token) => self.store.sign_in(token).await?.unwrap_or_else(Viewer::public),
            None => Viewer::public(),
        };
        Ok(self.store.as_seen_by(&Arc::new(viewer)))
    }
}
