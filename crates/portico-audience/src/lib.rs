//! Role schemas cut from one GraphQL schema, and admission of operations.
//!
//! A [`WholeSchema`] is SDL in which every coordinate has an access rule, `@shared` or `@requires`. From it a
//! [`RoleSchema`] is cut for [`Grants`]: a complete schema with the permitted coordinates only. [`RoleSchema::admit`]
//! bounds, parses and validates an operation against it and computes its cost, before an executor gets it. Hidden and
//! nonexistent names are the same by then, so no response can distinguish them.
//!
//! `@listSize(assumedSize: 100)` on a list of objects without pages is its assumed length, for the cost. Role schemas
//! do not contain it.
//!
//! The crate is independent of executors, transports and error codes.

mod access_rule;
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

pub use admission::{Admitted, Introspection, OperationKind, OperationRequest, Plan, is_unfit};
pub use cut::RoleSchemaError;
pub use grants::Grants;
pub use limits::Limits;
pub use memory::CacheBudget;
pub use refusal::{Refusal, Violation};
pub use role_schema::RoleSchema;
pub use store::RoleSchemas;
pub use whole::WholeSchema;
