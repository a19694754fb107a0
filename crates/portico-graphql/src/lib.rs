//! GraphQL schema: types, queries and mutations, with the access rules of each coordinate.
//!
//! One type per file, in modules with the same names in every crate. Each coordinate declares its access rule once (see
//! `access`); the directive in the SDL, the guard of the field and, through `portico-audience`, the role schema of each
//! audience follow from it.
//!
//! The crate does not depend on SQL, Redis or HTTP: types read through the [`portico_loader::Loader`] of their request.

mod access;
mod accounts;
mod act;
mod activity;
mod answer_size;
mod calendar;
mod changes;
mod company;
mod contacts;
mod decisions;
mod direct;
mod error;
mod explain;
mod files;
mod gateway;
mod ids;
mod invitations;
mod keys;
mod leads;
mod links;
mod load;
mod mail;
mod memberships;
mod messages;
mod money;
mod mutation;
mod node;
mod page;
mod portal;
mod projects;
mod query;
mod scalars;
mod schedule;
mod selections;
mod session_change;
mod sessions;
mod support;

pub use access::{Gate, Rights};
pub use error::{ApiError, ErrorCode};
pub use gateway::{Answer, AnswerCache, Context, Gateway, GatewayError, Question, Ready, Schema};
pub use page::CursorKey;
pub use session_change::SessionChange;
