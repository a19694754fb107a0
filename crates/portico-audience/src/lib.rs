//! One GraphQL schema in, one document per audience out, and admission of operations.
//!
//! A [`WholeSchema`] is SDL in which every coordinate says with `@shared` or `@requires` who may
//! use it. From it a [`Document`] is cut for a [`Reach`]: a schema in its own right that holds only
//! what that caller may use. [`Document::admit`] bounds, parses, validates and prices an operation
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
mod document;
mod introspected;
mod limits;
mod memory;
mod reach;
mod reachable;
mod refusal;
mod sizes;
mod store;
mod whole;
mod words;

pub use admission::{Admitted, Introspection, OperationKind, OperationRequest, Plan, is_unfit};
pub use cut::CutError;
pub use document::Document;
pub use limits::Limits;
pub use memory::KeptBytes;
pub use reach::Reach;
pub use refusal::{Complaint, Refusal};
pub use store::Documents;
pub use whole::WholeSchema;
