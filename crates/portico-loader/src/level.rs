//! One level of an operation: all that it waits for, and the way of its answers through the tiers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use portico_core::generations::Owner;
use portico_core::id::ProjectId;
use portico_core::people::Viewer;
use portico_store::generations::generations_of;
use portico_store::{SeenBy, StoreError};

use crate::batch::{Shared, State};
use crate::key::Loaded;
use crate::knowledge::{Knowledge, Standing};
use crate::tiers::{Claim, Flight, Flights, Scope, Tiers, encode};
use crate::{Key, LoadError, Source};

/// The keys of one kind in a level.
pub(crate) trait Part: Send {
    /// Projects whose generation has to be known before anything that is kept can be asked.
    fn to_learn(&self) -> Vec<ProjectId>;
    /// Finds the scopes anew.
    fn learn(&mut self, knowledge: &mut Knowledge);
    fn look_in_memory(&mut self, tiers: &Tiers, viewer: &Viewer);
    /// The names under which Redis may have what is missing, each with its owner and its place here.
    fn names(&self) -> Vec<(Owner, usize, String)>;
    /// What Redis had.
    fn offer(&mut self, place: usize, name: &str, bytes: &[u8], tiers: &Tiers, viewer: &Viewer);
    /// Takes over what nobody else is loading.
    fn claim(&mut self, flights: &Arc<Flights>);
    /// Gives up waiting: what others are loading is read here as well.
    fn wait_for_nobody(&mut self);
    /// How many are to be read.
    fn missing(&self) -> usize;
    fn load<'a>(&'a mut self, seen: &'a SeenBy) -> BoxFuture<'a, ()>;
    /// Keeps what was read, where it holds for others; adds what belongs into Redis.
    fn keep(&mut self, knowledge: &Knowledge, tiers: &Tiers, for_redis: &mut Vec<(String, Vec<u8>)>);
    /// Lets those who wait for this look for themselves.
    fn abandon(&mut self);
    fn wait_for_others(&mut self) -> BoxFuture<'_, ()>;
    /// Writes the answers down; what is returned tells those who wait.
    fn settle(self: Box<Self>, state: &mut State) -> Box<dyn FnOnce() + Send>;
}

pub(crate) struct PartOf<K: Key> {
    pub(crate) asked: Vec<Asked<K>>,
}

pub(crate) struct Asked<K: Key> {
    key: K,
    standing: Standing,
    flight: Option<Flight<K>>,
    others: Option<oneshot::Receiver<K::Value>>,
    answer: Option<(Result<K::Value, LoadError>, Origin)>,
}

/// Where an answer came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Memory,
    Redis,
    /// Another request, which was just loading it.
    Others,
    /// The request's snapshot.
    Snapshot,
    /// A snapshot of its own, since the request's had failed.
    Apart,
}

impl<K: Key> Asked<K> {
    pub(crate) fn new(key: K, standing: Standing) -> Self {
        Self { key, standing, flight: None, others: None, answer: None }
    }

    fn is_open(&self) -> bool {
        self.answer.is_none() && self.others.is_none()
    }

    fn scope(&self) -> Option<&Arc<Scope>> {
        if let Standing::Scope(scope) = &self.standing { Some(scope) } else { None }
    }

    /// Takes what was kept, unless it is not for this viewer; then something is very wrong with what is kept.
    fn accept(&mut self, value: K::Value, origin: Origin, tiers: &Tiers, viewer: &Viewer) {
        if value.is_visible_to(viewer) {
            self.answer = Some((Ok(value), origin));
        } else {
            tiers.reject();
        }
    }

    /// What was read in the request's snapshot.
    fn read(&self) -> Option<&K::Value> {
        if let Some((Ok(value), Origin::Snapshot)) = &self.answer { Some(value) } else { None }
    }
}

impl<K: Key> Part for PartOf<K> {
    fn to_learn(&self) -> Vec<ProjectId> {
        let learning = self.asked.iter().filter(|asked| asked.is_open());
        learning
            .filter_map(|asked| if let Standing::ToLearn(project) = asked.standing { Some(project) } else { None })
            .collect()
    }

    fn learn(&mut self, knowledge: &mut Knowledge) {
        for asked in &mut self.asked {
            asked.standing = knowledge.standing(asked.key.source());
        }
    }

    fn look_in_memory(&mut self, tiers: &Tiers, viewer: &Viewer) {
        let Some(memory) = tiers.memory() else { return };
        for asked in self.asked.iter_mut().filter(|asked| asked.is_open()) {
            if let Some(value) = asked.scope().and_then(|scope| memory.get(scope, &asked.key)) {
                asked.accept(value, Origin::Memory, tiers, viewer);
            }
        }
    }

    fn names(&self) -> Vec<(Owner, usize, String)> {
        let missing = self.asked.iter().enumerate().filter(|(_, asked)| asked.is_open());
        missing
            .filter_map(|(place, asked)| {
                let scope = asked.scope()?;
                Some((scope.owner(), place, scope.name(&asked.key)))
            })
            .collect()
    }

    fn offer(&mut self, place: usize, name: &str, bytes: &[u8], tiers: &Tiers, viewer: &Viewer) {
        let asked = &mut self.asked[place];
        let (Some(key), Some(scope)) = (tiers.seal_key(), asked.scope().map(Arc::clone)) else { return };
        let Some(value) = key.open::<K::Value>(name, bytes) else { return tiers.reject() };
        asked.accept(value.clone(), Origin::Redis, tiers, viewer);
        if let (Some(memory), Some(_)) = (tiers.memory(), &asked.answer) {
            memory.put(&scope, asked.key.clone(), value, bytes.len());
        }
    }

    fn claim(&mut self, flights: &Arc<Flights>) {
        for asked in self.asked.iter_mut().filter(|asked| asked.is_open()) {
            let Some(scope) = asked.scope() else { continue };
            match flights.claim(scope, &asked.key) {
                Claim::Mine(flight) => asked.flight = Some(flight),
                Claim::Theirs(others) => asked.others = Some(others),
            }
        }
    }

    fn wait_for_nobody(&mut self) {
        self.asked.iter_mut().for_each(|asked| asked.others = None);
    }

    fn missing(&self) -> usize {
        self.asked.iter().filter(|asked| asked.is_open()).count()
    }

    fn load<'a>(&'a mut self, seen: &'a SeenBy) -> BoxFuture<'a, ()> {
        async move {
            let open = || self.asked.iter().filter(|asked| asked.is_open());
            let keys: Vec<K> = open().map(|asked| asked.key.clone()).collect();
            if keys.is_empty() {
                return;
            }
            let load = |seen: SeenBy, keys: Vec<K>| async move {
                // A panic is this kind's own misfortune, and no other's.
                let loaded = AssertUnwindSafe(K::load(&seen, keys)).catch_unwind().await;
                loaded.map_err(|_| LoadError::Lost).and_then(|loaded| loaded.map_err(LoadError::from))
            };
            let mut loaded = load(seen.clone(), keys.clone()).await;
            // What failed here may only have stood behind something else that failed in the same snapshot.
            let is_alone = matches!(loaded, Err(LoadError::Store(StoreError::Failed(_))));
            if is_alone {
                loaded = load(seen.anew(), keys).await;
            }
            for asked in self.asked.iter_mut().filter(|asked| asked.is_open()) {
                let answer = match &mut loaded {
                    Ok(values) => Ok(values.remove(&asked.key).unwrap_or_default()),
                    Err(error) => Err(error.clone()),
                };
                asked.answer = Some((answer, if is_alone { Origin::Apart } else { Origin::Snapshot }));
            }
        }
        .boxed()
    }

    fn keep(&mut self, knowledge: &Knowledge, tiers: &Tiers, for_redis: &mut Vec<(String, Vec<u8>)>) {
        for asked in &mut self.asked {
            let flight = asked.flight.take();
            let (Some(value), Some(scope)) = (asked.read(), asked.scope()) else { continue };
            // If it proves nothing, whoever waits has to look for themselves.
            if !knowledge.proves(scope) {
                continue;
            }
            if let Some(flight) = flight {
                flight.land(value);
            }
            let Some(encoded) = encode(value) else { continue };
            if let Some(key) = tiers.seal_key() {
                let name = scope.name(&asked.key);
                let sealed = key.close(&name, &encoded);
                for_redis.push((name, sealed));
            }
            if let Some(memory) = tiers.memory() {
                memory.put(scope, asked.key.clone(), value.clone(), encoded.len());
            }
        }
    }

    fn abandon(&mut self) {
        self.asked.iter_mut().for_each(|asked| asked.flight = None);
    }

    fn wait_for_others(&mut self) -> BoxFuture<'_, ()> {
        async move {
            for asked in &mut self.asked {
                if let Some(others) = asked.others.take() {
                    asked.answer = others.await.ok().map(|value| (Ok(value), Origin::Others));
                }
            }
        }
        .boxed()
    }

    fn settle(self: Box<Self>, state: &mut State) -> Box<dyn FnOnce() + Send> {
        let mut told = Vec::with_capacity(self.asked.len());
        for asked in self.asked {
            let (answer, origin) = asked.answer.unwrap_or((Err(LoadError::Lost), Origin::Apart));
            let count = match origin {
                Origin::Memory => &mut state.tally.from_memory,
                Origin::Redis => &mut state.tally.from_redis,
                Origin::Others => &mut state.tally.from_others,
                Origin::Snapshot | Origin::Apart => &mut state.tally.from_database,
            };
            *count += 1;
            if let (Standing::Scope(scope), Origin::Memory | Origin::Redis | Origin::Others) = (&asked.standing, origin)
            {
                state.knowledge.take(scope.owner());
            }
            let waiting = state.answer(asked.key, &answer);
            told.push((waiting, answer));
        }
        Box::new(move || {
            for (waiting, answer) in told {
                for sender in waiting {
                    // Whoever asked may have gone.
                    let _ = sender.send(answer.clone());
                }
            }
        })
    }
}

/// A part of a level, and a key of the part.
type Place = (usize, usize);

/// A level under way. If it is dropped before it lands, those who wait hear that it was lost.
pub(crate) struct Level {
    shared: Arc<Shared>,
    parts: Vec<Box<dyn Part>>,
}

impl Level {
    pub(crate) fn new(shared: Arc<Shared>, parts: Vec<Box<dyn Part>>) -> Self {
        Self { shared, parts }
    }

    pub(crate) async fn fly(mut self) {
        let shared = Arc::clone(&self.shared);
        let (tiers, viewer) = (&shared.tiers, shared.seen.viewer());
        if !tiers.keeps_nothing() {
            self.learn().await;
            self.look_in_redis(tiers, viewer).await;
            // Whoever holds a connection does not wait for others, who may be waiting for one.
            if !shared.seen.is_open() {
                self.parts.iter_mut().for_each(|part| part.claim(tiers.flights()));
                // Nor does whoever is about to take one: two who wait for a part of each other's would stand in a ring.
                if self.missing() > 0 {
                    self.parts.iter_mut().for_each(|part| part.wait_for_nobody());
                }
            }
        }
        let for_redis = self.load().await;
        join_all(self.parts.iter_mut().map(|part| part.wait_for_others())).await;
        // What others could not give, which is rare.
        self.load().await;
        let tiers = tiers.clone();
        drop(shared);
        self.land();
        tiers.write(for_redis);
    }

    fn missing(&self) -> usize {
        self.parts.iter().map(|part| part.missing()).sum()
    }

    /// Reads the generations that are needed before anything that is kept can be asked.
    async fn learn(&mut self) {
        let mut projects: Vec<_> = self.parts.iter().flat_map(|part| part.to_learn()).collect();
        if projects.is_empty() {
            return;
        }
        projects.sort_unstable();
        projects.dedup();
        // Without them everything is read, which is never wrong.
        let told = generations_of(&self.shared.seen, projects.clone()).await.unwrap_or_default();
        let mut state = self.shared.lock();
        state.knowledge.learn(&projects, told);
        for part in &mut self.parts {
            part.learn(&mut state.knowledge);
        }
        drop(state);
        let (tiers, viewer) = (&self.shared.tiers, self.shared.seen.viewer());
        self.parts.iter_mut().for_each(|part| part.look_in_memory(tiers, viewer));
    }

    async fn look_in_redis(&mut self, tiers: &Tiers, viewer: &Viewer) {
        if tiers.seal_key().is_none() {
            return;
        }
        // One question an owner, so that each finds its keys in one place even where Redis is many.
        let mut by_owner: Vec<(Owner, Vec<Place>, Vec<String>)> = Vec::new();
        for (part_place, part) in self.parts.iter().enumerate() {
            for (owner, place, name) in part.names() {
                let at = by_owner.iter().position(|(other, ..)| *other == owner).unwrap_or_else(|| {
                    by_owner.push((owner, Vec::new(), Vec::new()));
                    by_owner.len() - 1
                });
                by_owner[at].1.push((part_place, place));
                by_owner[at].2.push(name);
            }
        }
        let (places, names): (Vec<_>, Vec<_>) = by_owner.into_iter().map(|(_, places, names)| (places, names)).unzip();
        if names.is_empty() {
            return;
        }
        let Some(found) = tiers.read(&names).await else { return };
        let places = places.into_iter().flatten();
        for (((part, place), name), bytes) in places.zip(names.iter().flatten()).zip(found.into_iter().flatten()) {
            if let Some(bytes) = bytes {
                self.parts[part].offer(place, name, &bytes, tiers, viewer);
            }
        }
    }

    /// Reads what is missing, and keeps it; answers what belongs into Redis.
    async fn load(&mut self) -> Vec<(String, Vec<u8>)> {
        if self.missing() == 0 {
            return Vec::new();
        }
        let shared = Arc::clone(&self.shared);
        // After a failure it is read in a later moment, of which nothing has been proven.
        let is_later = shared.seen.has_failed();
        let seen = if is_later { shared.seen.anew() } else { shared.seen.clone() };
        let to_prove = if shared.tiers.keeps_nothing() { Vec::new() } else { shared.lock().knowledge.to_prove() };
        let proof =
            async { if to_prove.is_empty() { None } else { generations_of(&seen, to_prove.clone()).await.ok() } };
        let loads = join_all(self.parts.iter_mut().map(|part| part.load(&seen)));
        let (proof, _) = futures_util::join!(proof, loads);
        let mut for_redis = Vec::new();
        let mut state = shared.lock();
        if let Some(told) = proof {
            state.knowledge.learn(&to_prove, told);
        }
        for part in &mut self.parts {
            if is_later {
                part.abandon();
            } else {
                part.keep(&state.knowledge, &shared.tiers, &mut for_redis);
            }
        }
        for_redis
    }

    fn land(mut self) {
        self.settle();
    }

    fn settle(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        let told: Vec<_> = {
            let mut state = self.shared.lock();
            parts.into_iter().map(|part| part.settle(&mut state)).collect()
        };
        for tell in told {
            tell();
        }
        // Only now: an operation that runs meanwhile would take a half-told level for a whole one, and send half a batch.
        self.shared.lock().land();
        self.shared.driver.wake();
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        if !self.parts.is_empty() {
            self.settle();
        }
    }
}

/// What memory has is answered before anybody waits.
pub(crate) fn look_at_once<K: Key>(key: &K, source: Source, state: &mut State, shared: &Shared) -> Option<K::Value> {
    let memory = shared.tiers.memory()?;
    let Standing::Scope(scope) = state.knowledge.standing(source) else { return None };
    let value = memory.get(&scope, key)?;
    if !value.is_visible_to(shared.seen.viewer()) {
        shared.tiers.reject();
        return None;
    }
    state.knowledge.take(scope.owner());
    Some(value)
}
