//! Documents, cut when first needed and kept.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::memory::{self, ByDocument, KeptBytes, Memory};
use crate::{CutError, Document, Reach, WholeSchema};

/// A bounded store of documents, one for each reach that differs.
///
/// Callers that ask for the same missing document at once wait for a single cut.
pub struct Documents {
    whole: WholeSchema,
    kept: Cache<Reach, Arc<Document>, ByDocument>,
    memory: Arc<Memory>,
}

impl Documents {
    /// A store that keeps so much, of documents and of what was admitted against them.
    pub fn new(whole: WholeSchema, bytes: KeptBytes) -> Self {
        Self { whole, kept: memory::documents(bytes), memory: Arc::new(Memory::new(bytes)) }
    }

    /// How many bytes are taken, about.
    pub fn weight(&self) -> KeptBytes {
        KeptBytes {
            documents: self.kept.weight(),
            plans: self.memory.plans.weight(),
            introspections: self.memory.introspections.weight(),
        }
    }

    /// The document of a reach, cut now if it is not kept.
    ///
    /// # Errors
    ///
    /// Whatever [`WholeSchema::cut`] reports; failures are not kept.
    pub fn get(&self, reach: &Reach) -> Result<Arc<Document>, CutError> {
        let reach = self.whole.narrowed(reach);
        let cut = || self.whole.cut_within(&reach, Arc::clone(&self.memory)).map(Arc::new);
        self.kept.get_or_insert_with(&reach, cut)
    }

    /// The schema that the documents are cut from.
    pub fn whole(&self) -> &WholeSchema {
        &self.whole
    }
}
