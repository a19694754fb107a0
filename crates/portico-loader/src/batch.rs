//! The request's batches: keys that wait, and answers that came.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures_channel::oneshot;
use futures_util::task::AtomicWaker;
use portico_core::generations::Generations;
use portico_core::id::ProjectId;
use portico_core::people::Viewer;
use portico_store::SeenBy;
use portico_store::generations::generations_of;

use crate::knowledge::Knowledge;
use crate::level::{Asked, Level, Part, PartOf, look_at_once};
use crate::tiers::Tiers;
use crate::{Key, LoadError, Tally};

/// Loads for one request of one viewer. Cheap to clone.
#[derive(Clone)]
pub struct Loader {
    era: Arc<Era>,
}

/// What a request reads between two changes that it makes. Eras are only ever added, so that what was borrowed from an earlier
/// one stays where it is.
struct Era {
    shared: Arc<Shared>,
    next: OnceLock<Arc<Era>>,
}

pub(crate) struct Shared {
    pub(crate) seen: SeenBy,
    pub(crate) tiers: Tiers,
    state: Mutex<State>,
    /// Whoever drives the operation; woken when a level has been answered.
    pub(crate) driver: AtomicWaker,
}

pub(crate) struct State {
    by_key_type: HashMap<TypeId, Box<dyn Batch>>,
    /// Whether a level is under way, until everybody who waits has been told.
    is_flying: bool,
    /// How many levels have come back.
    landed: u64,
    pub(crate) knowledge: Knowledge,
    pub(crate) tally: Tally,
}

type Answer<K> = Result<<K as Key>::Value, LoadError>;

enum Entry<K: Key> {
    Waiting(Vec<oneshot::Sender<Answer<K>>>),
    Answered(Answer<K>),
}

struct BatchOf<K: Key> {
    entries: HashMap<K, Entry<K>>,
    queue: Vec<K>,
}

trait Batch: Any + Send {
    /// What waits, to be sent off; none if nothing does.
    fn part(&mut self, knowledge: &mut Knowledge) -> Option<Box<dyn Part>>;
    fn as_any(&mut self) -> &mut dyn Any;
}

impl Loader {
    /// A loader for one request, which takes what is kept in `tiers`, and keeps there what it reads.
    pub fn new(seen: SeenBy, tiers: Tiers) -> Self {
        let knowledge = Knowledge::new(seen.shared_viewer(), tiers.shape());
        Self::of(seen, tiers, knowledge, Tally::default())
    }

    /// A loader for the same request, which begins again with what this one has learned: in the same snapshot, so that
    /// what it takes and what it reads are of one state.
    #[must_use]
    pub fn again(&self) -> Self {
        let state = self.shared().lock();
        let (knowledge, tally) = (state.knowledge.afresh(), state.tally);
        drop(state);
        Self::of(self.shared().seen.clone(), self.shared().tiers.clone(), knowledge, tally)
    }

    /// The same before anything was read, which takes nothing that is kept and keeps nothing.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::new(self.shared().seen.clone(), Tiers::none())
    }

    fn of(seen: SeenBy, tiers: Tiers, knowledge: Knowledge, tally: Tally) -> Self {
        let state = State { by_key_type: HashMap::new(), is_flying: false, landed: 0, knowledge, tally };
        let shared = Arc::new(Shared { seen, tiers, state: Mutex::new(state), driver: AtomicWaker::new() });
        Self { era: Arc::new(Era { shared, next: OnceLock::new() }) }
    }

    /// Forgets all that was read, for this loader and its clones: the request has changed something, and what follows shows
    /// the state after it, as `seen` sees it. To be called while nothing is being loaded.
    pub fn renew(&self, seen: SeenBy) {
        let (tally, tiers) = (self.shared().lock().tally, self.shared().tiers.clone());
        let knowledge = Knowledge::new(seen.shared_viewer(), tiers.shape());
        // Else each change of a request would hold a connection while it waits for the next.
        self.shared().seen.close();
        let later = Self::of(seen.continuing(&self.shared().seen), tiers, knowledge, tally);
        // Whoever renews at the same moment comes after, or before; either has seen the change.
        let _ = self.last().next.set(later.era);
    }

    fn last(&self) -> &Era {
        let mut era = &*self.era;
        while let Some(next) = era.next.get() {
            era = next;
        }
        era
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.last().shared
    }

    /// Who asks.
    pub fn viewer(&self) -> &Viewer {
        self.shared().seen.viewer()
    }

    /// Of the projects into which the viewer is invited, those that this request has shown.
    pub fn shown_invitations(&self) -> Vec<ProjectId> {
        let invited = &self.viewer().invited;
        if invited.is_empty() {
            return Vec::new();
        }
        let state = self.shared().lock();
        invited.iter().copied().filter(|project| state.knowledge.has_touched(*project)).collect()
    }

    /// What this request has taken so far.
    pub fn tally(&self) -> Tally {
        let (statements, waited) = (self.shared().seen.statements(), self.shared().seen.waited());
        Tally { statements, waited, ..self.shared().lock().tally }
    }

    /// Whether what was answered so far mixes two states: something that was kept, and something that was read after a
    /// change. The answer is to be made again (see [`Loader::again`]).
    pub fn is_torn(&self) -> bool {
        self.shared().lock().knowledge.is_torn()
    }

    /// The state that all answers so far depend on: as long as it is the same, so are they. None if they depend on more.
    pub fn state(&self) -> Option<Generations> {
        if self.shared().seen.has_failed() {
            return None;
        }
        self.shared().lock().knowledge.state()
    }

    /// Whether everything is still in this state. Where sign-in does not know, it is read.
    pub async fn is_in(&self, state: &Generations) -> bool {
        let viewer = self.viewer();
        if state.epoch.is_none() || state.epoch != viewer.generations.epoch {
            return false;
        }
        let to_learn = self.shared().lock().knowledge.unknown_in(state);
        if !to_learn.is_empty() {
            let Ok(told) = generations_of(&self.shared().seen, to_learn.clone()).await else { return false };
            self.shared().lock().knowledge.learn(&to_learn, told);
        }
        self.shared().lock().knowledge.is_in(state)
    }

    /// The answer to one key. It is asked once a request, however often it is loaded.
    ///
    /// What is kept in memory is answered at once. For all else it waits until the operation that [`Loader::drive`] runs
    /// has come to a stand, so it must be awaited within one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when the batch failed; then everybody who waited for it gets the same.
    pub async fn load<K: Key>(&self, key: K) -> Result<K::Value, LoadError> {
        let waiting = {
            let mut state = self.shared().lock();
            match state.ask(key, self.shared()) {
                Ok(answer) => return answer,
                Err(waiting) => waiting,
            }
        };
        waiting.await.unwrap_or(Err(LoadError::Lost))
    }

    /// How many levels have come back so far.
    pub(crate) fn landed(&self) -> u64 {
        self.shared().lock().landed
    }

    /// Sends off all that waits, unless an earlier level is still under way: its answers may ask for more of the same.
    ///
    /// False if a level has come back since `landed` was read: then the operation has answers that it has not looked at.
    pub(crate) fn dispatch(&self, landed: u64) -> bool {
        let mut state = self.shared().lock();
        if state.landed != landed {
            return false;
        }
        if !state.is_flying {
            let State { by_key_type, knowledge, .. } = &mut *state;
            let parts: Vec<_> = by_key_type.values_mut().filter_map(|batch| batch.part(knowledge)).collect();
            if !parts.is_empty() {
                state.is_flying = true;
                state.tally.batches += parts.len() as u64;
                parts.iter().for_each(|part| state.tally.sizes.count(part.missing()));
                let level = Level::new(Arc::clone(self.shared()), parts);
                // A task of its own: a caller who hangs up takes nobody along.
                tokio::spawn(level.fly());
            }
        }
        true
    }

    pub(crate) fn driver(&self) -> &AtomicWaker {
        &self.shared().driver
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if it did, what is inside would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ask<K: Key>(&mut self, key: K, shared: &Shared) -> Result<Answer<K>, oneshot::Receiver<Answer<K>>> {
        match self.of::<K>().entries.get_mut(&key) {
            Some(Entry::Answered(answer)) => return Ok(answer.clone()),
            Some(Entry::Waiting(senders)) => {
                let (sender, receiver) = oneshot::channel();
                senders.push(sender);
                return Err(receiver);
            }
            None => {}
        }
        let source = key.source();
        self.knowledge.touch(source);
        self.tally.keys += 1;
        if let Some(value) = look_at_once(&key, source, self, shared) {
            self.tally.from_memory += 1;
            self.of::<K>().entries.insert(key, Entry::Answered(Ok(value.clone())));
            return Ok(Ok(value));
        }
        let (sender, receiver) = oneshot::channel();
        let batch = self.of::<K>();
        batch.queue.push(key.clone());
        batch.entries.insert(key, Entry::Waiting(vec![sender]));
        Err(receiver)
    }

    /// Writes an answer down, and hands out those who wait for it.
    pub(crate) fn answer<K: Key>(&mut self, key: K, answer: &Answer<K>) -> Vec<oneshot::Sender<Answer<K>>> {
        match self.of::<K>().entries.insert(key, Entry::Answered(answer.clone())) {
            Some(Entry::Waiting(senders)) => senders,
            _ => Vec::new(),
        }
    }

    /// A level has come back, and everybody has been told.
    pub(crate) fn land(&mut self) {
        self.is_flying = false;
        self.landed += 1;
    }

    fn of<K: Key>(&mut self) -> &mut BatchOf<K> {
        self.by_key_type
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Box::new(BatchOf::<K> { entries: HashMap::new(), queue: Vec::new() }))
            .as_any()
            .downcast_mut()
            .expect("each batch is kept under the type of its keys")
    }
}

impl<K: Key> Batch for BatchOf<K> {
    fn part(&mut self, knowledge: &mut Knowledge) -> Option<Box<dyn Part>> {
        if self.queue.is_empty() {
            return None;
        }
        let keys = std::mem::take(&mut self.queue);
        let asked = keys
            .into_iter()
            .map(|key| {
                let standing = knowledge.standing(key.source());
                Asked::new(key, standing)
            })
            .collect();
        Some(Box::new(PartOf::<K> { asked }))
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
