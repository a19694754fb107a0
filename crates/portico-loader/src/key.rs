//! Keys, and the values that they load.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::page::Paged;
use portico_core::people::Viewer;
use portico_store::{ReadSession, StoreError, Visible};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Typed key of a row, a list or a count.
///
/// The viewer is not part of a key; the loader has it.
pub trait Key: Clone + Eq + Hash + Send + Sync + Serialize + 'static {
    /// Type of the answer. Its default means no rows, or none that the viewer may see.
    type Value: Loaded;

    /// Unique name of the type, part of cache keys.
    const KIND: &'static str;

    /// How the answer can be cached.
    fn policy(&self) -> CachePolicy;

    /// Loads many keys at once, with a number of statements that does not depend on the number of keys.
    fn load(
        session: &ReadSession,
        keys: Vec<Self>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, StoreError>> + Send;
}

/// Cache policy of an answer, which follows from the rows that it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CachePolicy {
    /// Depends on one owner, known before reading: cached under the owner's generation.
    Owner(Owner),
    /// Depends on all visible rows: an object by id, or a list of projects. Read each time; the operation's response
    /// can be cached, under the generations of all visible owners.
    AllVisible,
    /// Depends on rows without a generation. Neither the answer nor the operation's response is cached.
    Uncached,
}

/// A value of a key: rows, each of which knows who may see it.
pub trait Loaded: Clone + Default + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Whether the viewer may see all its rows.
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

/// A count, which contains no rows.
impl Loaded for i64 {
    fn is_visible_to(&self, _: &Viewer) -> bool {
        true
    }
}

/// A row that can be cached.
pub trait Row: Visible + Send + Sync + Serialize + DeserializeOwned + 'static {}

impl<R: Visible + Send + Sync + Serialize + DeserializeOwned + 'static> Row for R {}

/// Why a key has no answer. Shared by all resolvers waiting for the same batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The batch ended without an answer.
    #[error("a batch ended without an answer")]
    Lost,
}
