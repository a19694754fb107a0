//! One GraphQL schema in, one document per audience out, and admission of operations.
//!
//! A [`WholeSchema`] is SDL in which every coordinate says with `@shared` or `@requires` who may
//! use it. From it a [`RoleSchema`] is cut for a [`Grants`]: a schema in its own right that holds only
//! what that caller may use. [`RoleSchema::admit`] bounds, parses, validates and prices an operation
//! against it, before any executor sees a byte of it. What is hidden and what was never there are
//! the same thing by then, so no answer can tell them apart.
//!
//! A list of objects without pages may say with `@listSize(assumedSize: 100)` how long it is assumed
//! to be for what it costs; no document shows it.
//!
//! The crate knows no executor, no transport and no error codes.

mod admission;
mod coordinates;
mod cut;
mod grants;
mod introspected;
mod limits;
mod memory;
mod reachable;
mod refusal;
mod role_schema;
mod sizes;
mod store;
mod whole;
mod words;

pub use admission::{Admitted, Introspection, OperationKind, OperationRequest, Plan, is_unfit};
pub use cut::RoleSchemaError;
pub use grants::Grants;
pub use limits::Limits;
pub use memory::CacheBudget;
pub use refusal::{Refusal, Violation};
pub use role_schema::RoleSchema;
pub use store::RoleSchemas;
pub use whole::WholeSchema;
