//! The request's batches: keys that wait, and answers that came.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use futures_util::task::AtomicWaker;
use portico_core::people::Viewer;
use portico_store::SeenBy;

use crate::{Key, LoadError};

/// Loads for one request of one viewer. Cheap to clone.
#[derive(Clone)]
pub struct Loader {
    shared: Arc<Shared>,
}

struct Shared {
    seen: SeenBy,
    batches: Mutex<Batches>,
    /// Whoever drives the operation; woken when a level has been answered in full.
    driver: AtomicWaker,
}

#[derive(Default)]
struct Batches {
    by_key_type: HashMap<TypeId, Box<dyn Batch>>,
    in_flight: usize,
    /// How many batches have come back. A flight counts as under way until everybody who waits has been told.
    landed: u64,
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
    /// Sends off what waits; false if nothing does.
    fn dispatch(&mut self, shared: &Arc<Shared>) -> bool;
    fn as_any(&mut self) -> &mut dyn Any;
}

impl Loader {
    /// A loader for one request.
    pub fn new(seen: SeenBy) -> Self {
        Self { shared: Arc::new(Shared { seen, batches: Mutex::default(), driver: AtomicWaker::new() }) }
    }

    /// Who asks.
    pub fn viewer(&self) -> &Viewer {
        self.shared.seen.viewer()
    }

    /// How many statements this request has sent so far.
    pub fn statements(&self) -> u64 {
        self.shared.seen.statements()
    }

    /// The answer to one key. It is asked once a request, however often it is loaded.
    ///
    /// Waits until the operation that [`Loader::drive`] runs has come to a stand, so it must be awaited within one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when the batch failed; then everybody who waited for it gets the same.
    pub async fn load<K: Key>(&self, key: K) -> Result<K::Value, LoadError> {
        let waiting = {
            let mut batches = self.shared.lock();
            match batches.of::<K>().ask(key) {
                Ok(answer) => return answer,
                Err(waiting) => waiting,
            }
        };
        waiting.await.unwrap_or(Err(LoadError::Lost))
    }

    /// How many batches have come back so far.
    pub(crate) fn landed(&self) -> u64 {
        self.shared.lock().landed
    }

    /// Sends off all that waits, unless an earlier level is still under way: its answers may ask for more of the same.
    ///
    /// False if a batch has come back since `landed` was read: then the operation has answers that it has not looked at.
    pub(crate) fn dispatch(&self, landed: u64) -> bool {
        let mut batches = self.shared.lock();
        if batches.landed != landed {
            return false;
        }
        if batches.in_flight == 0 {
            let sent =
                batches.by_key_type.values_mut().filter_map(|batch| batch.dispatch(&self.shared).then_some(())).count();
            batches.in_flight = sent;
        }
        true
    }

    pub(crate) fn driver(&self) -> &AtomicWaker {
        &self.shared.driver
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Batches> {
        // Nothing panics while it holds the lock; if it did, what is inside would still be whole.
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batches {
    fn of<K: Key>(&mut self) -> &mut BatchOf<K> {
        self.by_key_type
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Box::new(BatchOf::<K> { entries: HashMap::new(), queue: Vec::new() }))
            .as_any()
            .downcast_mut()
            .expect("each batch is kept under the type of its keys")
    }
}

impl<K: Key> BatchOf<K> {
    fn ask(&mut self, key: K) -> Result<Answer<K>, oneshot::Receiver<Answer<K>>> {
        let (sender, receiver) = oneshot::channel();
        match self.entries.get_mut(&key) {
            Some(Entry::Answered(answer)) => return Ok(answer.clone()),
            Some(Entry::Waiting(senders)) => senders.push(sender),
            None => {
                self.queue.push(key.clone());
                self.entries.insert(key, Entry::Waiting(vec![sender]));
            }
        }
        Err(receiver)
    }

    fn answer(&mut self, key: K, answer: &Answer<K>) -> Vec<oneshot::Sender<Answer<K>>> {
        match self.entries.insert(key, Entry::Answered(answer.clone())) {
            Some(Entry::Waiting(senders)) => senders,
            _ => Vec::new(),
        }
    }
}

impl<K: Key> Batch for BatchOf<K> {
    fn dispatch(&mut self, shared: &Arc<Shared>) -> bool {
        if self.queue.is_empty() {
            return false;
        }
        let keys = std::mem::take(&mut self.queue);
        let flight = Flight { shared: Arc::clone(shared), keys: keys.clone() };
        // A task of its own: a caller who hangs up takes nobody along, and leaves no transaction open.
        tokio::spawn(async move {
            let answers = K::load(&flight.shared.seen, keys).await;
            flight.land(answers.map_err(LoadError::from));
        });
        true
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// A batch under way. If it is dropped before it lands (a panic in the load), those who wait hear that it was lost.
struct Flight<K: Key> {
    shared: Arc<Shared>,
    keys: Vec<K>,
}

impl<K: Key> Flight<K> {
    fn land(mut self, answers: Result<HashMap<K, K::Value>, LoadError>) {
        self.settle(answers);
    }

    fn settle(&mut self, mut answers: Result<HashMap<K, K::Value>, LoadError>) {
        let mut told = Vec::new();
        {
            let mut batches = self.shared.lock();
            for key in self.keys.drain(..) {
                let answer = match &mut answers {
                    Ok(answers) => Ok(answers.remove(&key).unwrap_or_default()),
                    Err(error) => Err(error.clone()),
                };
                let senders = batches.of::<K>().answer(key, &answer);
                told.push((senders, answer));
            }
        }
        for (senders, answer) in told {
            for sender in senders {
                // Whoever asked may have gone.
                let _ = sender.send(answer.clone());
            }
        }
        {
            // Only now: an operation that runs meanwhile would take a half-told level for a whole one, and send half a
            // batch.
            let mut batches = self.shared.lock();
            batches.in_flight -= 1;
            batches.landed += 1;
        }
        self.shared.driver.wake();
    }
}

impl<K: Key> Drop for Flight<K> {
    fn drop(&mut self) {
        if !self.keys.is_empty() {
            self.settle(Err(LoadError::Lost));
        }
    }
}
