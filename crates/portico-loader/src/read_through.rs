//! Reads keys through the caches: process memory, then Redis, then the request's database snapshot.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use portico_store::ReadSession;
use portico_store::generations::generations_of;

use crate::Key;
use crate::cache_reader::CacheReader;
use crate::generation_tracker::GenerationTracker;
use crate::group::KeyGroup;
use crate::tiers::{Sealed, Tiers};

/// The caches and the snapshot of one viewer.
pub(crate) struct ReadThrough {
    session: ReadSession,
    tiers: Tiers,
    tracker: Mutex<GenerationTracker>,
}

impl ReadThrough {
    pub(crate) fn new(session: ReadSession, tiers: Tiers, tracker: GenerationTracker) -> Self {
        Self { session, tiers, tracker: Mutex::new(tracker) }
    }

    pub(crate) fn session(&self) -> &ReadSession {
        &self.session
    }

    pub(crate) fn tiers(&self) -> &Tiers {
        &self.tiers
    }

    pub(crate) fn tracker(&self) -> MutexGuard<'_, GenerationTracker> {
        // No code panics while holding the lock; even then the state would be consistent.
        self.tracker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks up one key in memory, without waiting.
    pub(crate) fn get_in_memory<K: Key>(&self, key: &K) -> Option<K::Value> {
        let (mut tracker, policy) = (self.tracker(), key.policy());
        tracker.record_dependency(policy);
        let cacheability = tracker.cacheability(policy);
        self.caches(&mut tracker).in_memory(key, &cacheability)
    }

    /// Answers all keys of the groups. Returns the answers to write to Redis.
    pub(crate) async fn get_many(&self, groups: &mut [Box<dyn KeyGroup>]) -> Vec<Sealed> {
        if !self.tiers.keeps_nothing() {
            groups.iter_mut().for_each(|group| group.classify(&mut self.tracker()));
            self.read_unknown_generations(groups).await;
            self.read_redis(groups).await;
        }
        self.read_snapshot(groups).await
    }

    /// Reads generations that sign-in did not read, and looks in memory again: without a generation there are no hits.
    async fn read_unknown_generations(&self, groups: &mut [Box<dyn KeyGroup>]) {
        let mut projects: Vec<_> = groups.iter().flat_map(|group| group.unknown_projects()).collect();
        if projects.is_empty() {
            return;
        }
        projects.sort_unstable();
        projects.dedup();
        // Without them all keys are read from the database, which is always correct.
        let generations = generations_of(&self.session, projects.clone()).await.unwrap_or_default();
        let mut tracker = self.tracker();
        tracker.record_generations(&projects, generations);
        for group in groups {
            group.classify(&mut tracker);
            group.read_memory(&mut self.caches(&mut tracker));
        }
    }

    async fn read_redis(&self, groups: &mut [Box<dyn KeyGroup>]) {
        if self.tiers.seal_key().is_none() {
            return;
        }
        let names = groups.iter().enumerate();
        let mut names: Vec<_> =
            names.flat_map(|(index, group)| group.redis_names().into_iter().map(move |name| (index, name))).collect();
        if names.is_empty() {
            return;
        }
        // One command per owner, so that its keys are on one server even in a Redis cluster.
        names.sort_by_key(|(_, name)| name.owner.id());
        let by_owner: Vec<Vec<&str>> = names
            .chunk_by(|(_, one), (_, other)| one.owner == other.owner)
            .map(|of_owner| of_owner.iter().map(|(_, name)| name.name.as_str()).collect())
            .collect();
        let Some(found) = self.tiers.read_redis(&by_owner).await else { return };
        let mut tracker = self.tracker();
        for ((index, name), bytes) in names.iter().zip(found.into_iter().flatten()) {
            if let Some(bytes) = bytes {
                groups[*index].take_from_redis(name, &bytes, &mut self.caches(&mut tracker));
            }
        }
    }

    async fn read_snapshot(&self, groups: &mut [Box<dyn KeyGroup>]) -> Vec<Sealed> {
        if groups.iter().all(|group| group.missing() == 0) {
            return Vec::new();
        }
        // After a failure, rows are read from a later snapshot, whose generations are not verified.
        let is_later = self.session.has_failed();
        let session = if is_later { self.session.in_new_snapshot() } else { self.session.clone() };
        let unverified = if self.tiers.keeps_nothing() { Vec::new() } else { self.tracker().unverified_projects() };
        let generations = async {
            if unverified.is_empty() { None } else { generations_of(&session, unverified.clone()).await.ok() }
        };
        let loads = join_all(groups.iter_mut().map(|group| group.load(&session)));
        let (generations, _) = futures_util::join!(generations, loads);
        let mut tracker = self.tracker();
        if let Some(generations) = generations {
            tracker.record_generations(&unverified, generations);
        }
        if is_later {
            return Vec::new();
        }
        groups.iter().flat_map(|group| group.store(&tracker, &self.tiers)).collect()
    }

    fn caches<'a>(&'a self, tracker: &'a mut GenerationTracker) -> CacheReader<'a> {
        CacheReader { tiers: &self.tiers, viewer: self.session.viewer(), tracker }
    }
}
