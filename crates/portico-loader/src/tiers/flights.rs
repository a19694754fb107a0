//! One load of a key at a time, in all requests of this process.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;

use super::Scope;
use crate::Key;

/// What is being loaded right now, and who waits for it.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<TypeId, Box<dyn Any + Send>>>);

type Waiting<K> = HashMap<K, Vec<(Arc<Scope>, Vec<oneshot::Sender<<K as Key>::Value>>)>>;

/// Whose it is to load a key.
pub(crate) enum Claim<K: Key> {
    /// The asker's, who tells everybody else by landing.
    Mine(Flight<K>),
    /// Somebody else's. The answer never comes if they cannot give one that holds for others.
    Theirs(oneshot::Receiver<K::Value>),
}

/// A key that is being loaded. If it is dropped before it lands, those who wait load it themselves.
pub(crate) struct Flight<K: Key> {
    flights: Arc<Flights>,
    scope: Arc<Scope>,
    key: K,
}

impl Flights {
    pub(crate) fn claim<K: Key>(self: &Arc<Self>, scope: &Arc<Scope>, key: &K) -> Claim<K> {
        let mut all = self.lock();
        let of_key = waiting::<K>(&mut all).entry(key.clone()).or_default();
        if let Some((_, others)) = of_key.iter_mut().find(|(other, _)| other == scope) {
            let (sender, receiver) = oneshot::channel();
            others.push(sender);
            return Claim::Theirs(receiver);
        }
        of_key.push((Arc::clone(scope), Vec::new()));
        Claim::Mine(Flight { flights: Arc::clone(self), scope: Arc::clone(scope), key: key.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn Any + Send>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn waiting<K: Key>(all: &mut HashMap<TypeId, Box<dyn Any + Send>>) -> &mut Waiting<K> {
    all.entry(TypeId::of::<K>())
        .or_insert_with(|| Box::new(Waiting::<K>::new()))
        .downcast_mut()
        .expect("each kind's flights are kept under the type of its keys")
}

impl<K: Key> Flight<K> {
    /// Tells everybody who waits.
    pub(crate) fn land(self, value: &K::Value) {
        for sender in self.leave() {
            // Whoever waited may have gone.
            let _ = sender.send(value.clone());
        }
    }

    fn leave(&self) -> Vec<oneshot::Sender<K::Value>> {
        let mut all = self.flights.lock();
        let by_key = waiting::<K>(&mut all);
        let Some(of_key) = by_key.get_mut(&self.key) else { return Vec::new() };
        let Some(index) = of_key.iter().position(|(scope, _)| *scope == self.scope) else { return Vec::new() };
        let (_, waited) = of_key.swap_remove(index);
        if of_key.is_empty() {
            by_key.remove(&self.key);
        }
        waited
    }
}

impl<K: Key> Drop for Flight<K> {
    fn drop(&mut self) {
        drop(self.leave());
    }
}
