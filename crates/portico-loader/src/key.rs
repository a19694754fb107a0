//! What can be loaded.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use portico_core::access::Viewer;
use portico_core::generations::Owner;
use portico_core::page::Paged;
use portico_store::{ReadSession, StoreError, Visible};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One kind of question, typed by its answer.
///
/// A key answers for the row or the list that it names, and says nothing of who asks: that is the loader's to know.
pub trait Key: Clone + Eq + Hash + Send + Sync + Serialize + 'static {
    /// The answer; its default stands for whatever has no rows, or none that the viewer may see.
    type Value: Loaded;

    /// The kind's name, in the keys of what is kept. No two kinds share one.
    const KIND: &'static str;

    /// How the answer can be cached.
    fn policy(&self) -> CachePolicy;

    /// Answers many keys at once, with a number of statements that does not depend on how many they are.
    fn load(
        session: &ReadSession,
        keys: Vec<Self>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, StoreError>> + Send;
}

/// How an answer can be cached, which follows from whose state it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CachePolicy {
    /// It depends on one owner, who is known before anything is read: it is cached under the owner's generation.
    Owner(Owner),
    /// It depends on everything that the viewer may see: something by its id, or a list of projects. It is read each time;
    /// the operation's answer can be cached, under the generations of all that the viewer may see.
    AllVisible,
    /// It depends on rows without a generation. Neither it nor the operation's answer is cached.
    Uncached,
}

/// What a key can answer: rows, each of which knows who may see it.
pub trait Loaded: Clone + Default + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Whether the viewer may see every row of it.
    fn is_visible_to(&self, viewer: &Viewer) -> bool;
}

impl<R: Row> Loaded for Option<Arc<R>> {
    fn is_visible_to(&self, viewer: &Viewer) -> bool {
        self.iter().all(|row| row.visible_to(viewer))
    }
}

impl<R: Row> Loaded for Arc<[Arc<R>]> {
    fn is_visible_to(&self, viewer: &Viewer) -> bool {
        self.iter().all(|row| row.visible_to(viewer))
    }
}

impl<R: Row> Loaded for Arc<Paged<Arc<R>>> {
    fn is_visible_to(&self, viewer: &Viewer) -> bool {
        self.rows.iter().all(|row| row.visible_to(viewer))
    }
}

/// A count, which holds no row.
impl Loaded for i64 {
    fn is_visible_to(&self, _: &Viewer) -> bool {
        true
    }
}

/// A row that can be kept.
pub trait Row: Visible + Send + Sync + Serialize + DeserializeOwned + 'static {}

impl<R: Visible + Send + Sync + Serialize + DeserializeOwned + 'static> Row for R {}

/// Why a key has no answer. Shared by all who wait for the same batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The batch ended without an answer.
    #[error("a batch was lost")]
    Lost,
}
