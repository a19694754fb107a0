//! One document: the schema of one reach.

use std::collections::BTreeSet;
use std::sync::Arc;

use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use quick_cache::sync::Cache;

use crate::admission::{self, Admitted, OperationRequest, Plan, PlanKey};
use crate::{Limits, Refusal, coordinates};

/// How many plans a document keeps.
const PLANS: usize = 1_000;

/// A schema in its own right, which holds exactly what one reach may use.
pub struct Document {
    pub(crate) schema: Valid<Schema>,
    pub(crate) implementers: HashMap<Name, Implementers>,
    pub(crate) plans: Cache<PlanKey, Arc<Plan>>,
    sdl: String,
}

impl Document {
    pub(crate) fn new(schema: Valid<Schema>) -> Self {
        Self { sdl: schema.to_string(), implementers: schema.implementers_map(), plans: Cache::new(PLANS), schema }
    }

    /// The document as SDL, in the order of the whole schema.
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// Every coordinate of the document: `Type`, `Type.field`, `Type.field(argument:)`,
    /// `Input.field`, `Enum.VALUE`. Built-in types are left out.
    pub fn coordinates(&self) -> BTreeSet<String> {
        coordinates::all(&self.schema, |_| true)
    }

    /// Admits an operation, or says why not. Nothing of the request reaches an executor before.
    ///
    /// An operation that was admitted before under the same limits costs one look-up; only its
    /// variables are coerced anew.
    ///
    /// # Errors
    ///
    /// A [`Refusal`]. It depends on the request, the limits and this document alone: a name that
    /// the cut took away is refused exactly as one that never was.
    pub fn admit(&self, request: &OperationRequest<'_>, limits: &Limits) -> Result<Admitted, Refusal> {
        admission::admit(self, request, limits)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Document").field(&self.sdl).finish()
    }
}
