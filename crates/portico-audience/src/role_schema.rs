//! Role schemas.

use std::collections::BTreeSet;
use std::sync::Arc;

use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};

use crate::admission::{self, Admitted, OperationRequest};
use crate::memory::Memory;
use crate::sizes::ListSizes;
use crate::{Limits, Refusal, coordinates, introspected};

/// A complete schema with the coordinates that certain grants permit.
pub struct RoleSchema {
    pub(crate) schema: Valid<Schema>,
    pub(crate) implementers: HashMap<Name, Implementers>,
    pub(crate) memory: Arc<Memory>,
    /// Distinguishes this role schema's plans from others in the same cache.
    pub(crate) number: u64,
    pub(crate) size: introspected::Size,
    /// List sizes of the whole schema, shared by its role schemas.
    pub(crate) sizes: Arc<ListSizes>,
    sdl: String,
}

impl RoleSchema {
    pub(crate) fn new(schema: Valid<Schema>, sizes: Arc<ListSizes>, memory: Arc<Memory>) -> Self {
        Self {
            sdl: schema.to_string(),
            implementers: schema.implementers_map(),
            number: memory.next_document(),
            size: introspected::Size::of(&schema),
            schema: introspected::complete(schema),
            sizes,
            memory,
        }
    }

    /// The schema as SDL, in the order of the whole schema.
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// All coordinates: `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`. Without built-in
    /// types.
    pub fn coordinates(&self) -> BTreeSet<String> {
        coordinates::all(&self.schema, |_| true)
    }

    /// Whether the plan of the operation is cached, so that [`RoleSchema::admit`] is cheap.
    pub fn knows(&self, request: &OperationRequest<'_>, limits: &Limits) -> bool {
        admission::knows(self, request, limits)
    }

    /// Admits an operation. No executor gets any part of the request before.
    ///
    /// For a cached plan under the same limits, only variables are coerced.
    ///
    /// # Errors
    ///
    /// A [`Refusal`]. It depends on the request, the limits and this role schema only: a hidden name is rejected
    /// exactly like a nonexistent one.
    pub fn admit(&self, request: &OperationRequest<'_>, limits: &Limits) -> Result<Admitted, Refusal> {
        admission::admit(self, request, limits)
    }
}

impl std::fmt::Debug for RoleSchema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("RoleSchema").field(&self.sdl).finish()
    }
}
