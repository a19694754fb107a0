//! RoleSchemas, cut when first needed and kept.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::memory::{self, ByDocument, CacheBudget, Memory};
use crate::{Grants, RoleSchema, RoleSchemaError, WholeSchema};

/// A bounded store of documents, one for each grants that differs.
///
/// Callers that ask for the same missing document at once wait for a single cut.
pub struct RoleSchemas {
    whole: WholeSchema,
    kept: Cache<Grants, Arc<RoleSchema>, ByDocument>,
    memory: Arc<Memory>,
}

impl RoleSchemas {
    /// A store that keeps so much, of documents and of what was admitted against them.
    pub fn new(whole: WholeSchema, bytes: CacheBudget) -> Self {
        Self { whole, kept: memory::documents(bytes), memory: Arc::new(Memory::new(bytes)) }
    }

    /// How many bytes are taken, about.
    pub fn weight(&self) -> CacheBudget {
        CacheBudget {
            documents: self.kept.weight(),
            plans: self.memory.plans.weight(),
            introspections: self.memory.introspections.weight(),
        }
    }

    /// The document of a grants, cut now if it is not kept.
    ///
    /// # Errors
    ///
    /// Whatever [`WholeSchema::cut`] reports; failures are not kept.
    pub fn get(&self, grants: &Grants) -> Result<Arc<RoleSchema>, RoleSchemaError> {
        let grants = self.whole.narrowed(grants);
        let cut = || self.whole.cut_within(&grants, Arc::clone(&self.memory)).map(Arc::new);
        self.kept.get_or_insert_with(&grants, cut)
    }

    /// The schema that the documents are cut from.
    pub fn whole(&self) -> &WholeSchema {
        &self.whole
    }
}
