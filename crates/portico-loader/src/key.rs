//! What can be loaded.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;

use portico_store::{SeenBy, StoreError};

/// One kind of question, typed by its answer.
///
/// A key answers for the row or the list that it names, and says nothing of who asks: that is the loader's to know.
pub trait Key: Clone + Eq + Hash + Send + Sync + 'static {
    /// The answer; its default stands for whatever has no rows, or none that the viewer may see.
    type Value: Clone + Default + Send + Sync + 'static;

    /// Answers many keys at once, with a number of statements that does not depend on how many they are.
    fn load(
        seen: &SeenBy,
        keys: Vec<Self>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, StoreError>> + Send;
}

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
