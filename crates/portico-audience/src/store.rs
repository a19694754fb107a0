//! Role schemas, cut when first needed and cached.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::memory::{self, ByDocument, CacheBudget, Memory};
use crate::{Grants, RoleSchema, RoleSchemaError, WholeSchema};

/// A bounded cache of role schemas, one per distinct grants.
///
/// Concurrent requests for the same missing role schema wait for a single cut.
pub struct RoleSchemas {
    whole: WholeSchema,
    kept: Cache<Grants, Arc<RoleSchema>, ByDocument>,
    memory: Arc<Memory>,
}

impl RoleSchemas {
    /// Creates caches of these sizes, for role schemas and for their plans.
    pub fn new(whole: WholeSchema, bytes: CacheBudget) -> Self {
        Self { whole, kept: memory::documents(bytes), memory: Arc::new(Memory::new(bytes)) }
    }

    /// Estimated sizes of the caches, in bytes.
    pub fn weight(&self) -> CacheBudget {
        CacheBudget {
            documents: self.kept.weight(),
            plans: self.memory.plans.weight(),
            introspections: self.memory.introspections.weight(),
        }
    }

    /// The role schema of these grants, cut if it is not cached.
    ///
    /// # Errors
    ///
    /// Errors of [`WholeSchema::cut`], which are not cached.
    pub fn get(&self, grants: &Grants) -> Result<Arc<RoleSchema>, RoleSchemaError> {
        let grants = self.whole.narrowed(grants);
        let cut = || self.whole.cut_within(&grants, Arc::clone(&self.memory)).map(Arc::new);
        self.kept.get_or_insert_with(&grants, cut)
    }

    /// The schema from which role schemas are cut.
    pub fn whole(&self) -> &WholeSchema {
        &self.whole
    }
}
