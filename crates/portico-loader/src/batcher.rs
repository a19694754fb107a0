//! The keys that one request has asked for, grouped by type, and their answers.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use futures_channel::oneshot;

use crate::group::{Answer, Group, KeyGroup};
use crate::{Key, RequestCounts};

/// Collects the keys of a level, and keeps all answers until the request ends.
pub(crate) struct Batcher {
    by_key_type: HashMap<TypeId, Box<dyn Batch>>,
    /// Whether a level is being loaded: true until all its answers are delivered.
    is_loading: bool,
    /// Number of levels answered.
    levels: u64,
    pub(crate) request_counts: RequestCounts,
}

/// State of a key that was requested before.
pub(crate) enum RequestedKey<K: Key> {
    Answered(Answer<K>),
    Waiting(oneshot::Receiver<Answer<K>>),
}

/// Sends answers to the waiting resolvers. Call it without holding the batcher's lock.
pub(crate) type Delivery = Box<dyn FnOnce() + Send>;

enum Entry<K: Key> {
    Waiting(Vec<oneshot::Sender<Answer<K>>>),
    Answered(Answer<K>),
}

struct BatchOf<K: Key> {
    entries: HashMap<K, Entry<K>>,
    queue: Vec<K>,
}

trait Batch: Any + Send {
    /// Takes the queued keys; none if the queue is empty.
    fn take_group(&mut self) -> Option<Box<dyn KeyGroup>>;
    fn answer(&mut self, group: Box<dyn KeyGroup>, request_counts: &mut RequestCounts) -> Delivery;
    fn as_any(&mut self) -> &mut dyn Any;
}

impl Batcher {
    pub(crate) fn new(request_counts: RequestCounts) -> Self {
        Self { by_key_type: HashMap::new(), is_loading: false, levels: 0, request_counts }
    }

    /// Looks up a key that was requested before.
    pub(crate) fn requested<K: Key>(&mut self, key: &K) -> Option<RequestedKey<K>> {
        Some(match self.of::<K>().entries.get_mut(key)? {
            Entry::Answered(answer) => RequestedKey::Answered(answer.clone()),
            Entry::Waiting(senders) => {
                let (sender, receiver) = oneshot::channel();
                senders.push(sender);
                RequestedKey::Waiting(receiver)
            }
        })
    }

    /// Records an answer that was found without a batch.
    pub(crate) fn remember<K: Key>(&mut self, key: K, value: K::Value) {
        self.request_counts.keys += 1;
        self.request_counts.from_memory += 1;
        self.of::<K>().entries.insert(key, Entry::Answered(Ok(value)));
    }

    /// Queues a key for the next level.
    pub(crate) fn enqueue<K: Key>(&mut self, key: K) -> oneshot::Receiver<Answer<K>> {
        self.request_counts.keys += 1;
        let (sender, receiver) = oneshot::channel();
        let batch = self.of::<K>();
        batch.queue.push(key.clone());
        batch.entries.insert(key, Entry::Waiting(vec![sender]));
        receiver
    }

    /// Takes the queued keys, unless an earlier level is still being loaded: its answers may lead to more keys of the
    /// same types.
    pub(crate) fn next_level(&mut self) -> Vec<Box<dyn KeyGroup>> {
        if self.is_loading {
            return Vec::new();
        }
        let groups: Vec<_> = self.by_key_type.values_mut().filter_map(|batch| batch.take_group()).collect();
        self.is_loading = !groups.is_empty();
        self.request_counts.batches += groups.len() as u64;
        groups.iter().for_each(|group| self.request_counts.sizes.count(group.missing()));
        groups
    }

    /// Records the answers of a group.
    pub(crate) fn answer(&mut self, group: Box<dyn KeyGroup>) -> Option<Delivery> {
        let Self { by_key_type, request_counts, .. } = self;
        by_key_type.get_mut(&group.key_type()).map(|batch| batch.answer(group, request_counts))
    }

    /// Ends a level. Call it after all its answers are delivered.
    pub(crate) fn end_level(&mut self) {
        self.is_loading = false;
        self.levels += 1;
    }

    /// Number of levels that have ended.
    pub(crate) fn levels(&self) -> u64 {
        self.levels
    }

    fn of<K: Key>(&mut self) -> &mut BatchOf<K> {
        self.by_key_type
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Box::new(BatchOf::<K> { entries: HashMap::new(), queue: Vec::new() }))
            .as_any()
            .downcast_mut()
            .expect("each batch is stored under the type of its keys")
    }
}

impl<K: Key> Batch for BatchOf<K> {
    fn take_group(&mut self) -> Option<Box<dyn KeyGroup>> {
        if self.queue.is_empty() {
            return None;
        }
        Some(Box::new(Group::new(std::mem::take(&mut self.queue))))
    }

    fn answer(&mut self, group: Box<dyn KeyGroup>, request_counts: &mut RequestCounts) -> Delivery {
        let group: Box<dyn Any> = group;
        let group: Box<Group<K>> = group.downcast().expect("each group is passed to the batch of its key type");
        let mut waiting = Vec::new();
        for (key, answer) in group.into_answers(request_counts) {
            if let Some(Entry::Waiting(senders)) = self.entries.insert(key, Entry::Answered(answer.clone())) {
                waiting.push((senders, answer));
            }
        }
        Box::new(move || {
            for (senders, answer) in waiting {
                for sender in senders {
                    // The resolver may have been dropped.
                    let _ = sender.send(answer.clone());
                }
            }
        })
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
