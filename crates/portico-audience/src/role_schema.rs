//! One document: the schema of one grants.

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

/// A schema in its own right, which holds exactly what one grants may use.
pub struct RoleSchema {
    pub(crate) schema: Valid<Schema>,
    pub(crate) implementers: HashMap<Name, Implementers>,
    pub(crate) memory: Arc<Memory>,
    /// What keeps this document's plans apart from those of others in the same memory.
    pub(crate) number: u64,
    pub(crate) size: introspected::Size,
    /// Of the whole schema, whose documents share them.
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

    /// The document as SDL, in the order of the whole schema.
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// Every coordinate of the document: `Type`, `Type.field`, `Type.field(argument:)`,
    /// `Input.field`, `Enum.VALUE`. Built-in types are left out.
    pub fn coordinates(&self) -> BTreeSet<String> {
        coordinates::all(&self.schema, |_| true)
    }

    /// Whether [`RoleSchema::admit`] knows the operation already, so that it costs a look-up.
    pub fn knows(&self, request: &OperationRequest<'_>, limits: &Limits) -> bool {
        admission::knows(self, request, limits)
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

impl std::fmt::Debug for RoleSchema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("RoleSchema").field(&self.sdl).finish()
    }
}
