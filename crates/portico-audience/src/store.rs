//! Documents, cut when first needed and kept.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::{CutError, Document, Reach, WholeSchema};

/// A bounded store of documents, one for each reach that differs.
///
/// Callers that ask for the same missing document at once wait for a single cut.
pub struct Documents {
    whole: WholeSchema,
    kept: Cache<Reach, Arc<Document>>,
}

impl Documents {
    /// A store that keeps at most about `capacity` documents.
    pub fn new(whole: WholeSchema, capacity: usize) -> Self {
        Self { whole, kept: Cache::new(capacity.max(1)) }
    }

    /// The document of a reach, cut now if it is not kept.
    ///
    /// # Errors
    ///
    /// Whatever [`WholeSchema::cut`] reports; failures are not kept.
    pub fn get(&self, reach: &Reach) -> Result<Arc<Document>, CutError> {
        let reach = self.whole.narrowed(reach);
        self.kept.get_or_insert_with(&reach, || self.whole.cut(&reach).map(Arc::new))
    }

    /// The schema that the documents are cut from.
    pub fn whole(&self) -> &WholeSchema {
        &self.whole
    }
}
