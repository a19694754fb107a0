//! GraphQL schema: types, queries and mutations, with the access rules of each coordinate.
//!
//! One type a file, in modules with the same names in every crate. Each coordinate declares once who may use it (see
//! `access`); from that come the directive in the SDL, the guard that runs with the field, and, through
//! `portico-audience`, the document that each audience is admitted against.
//!
//! Nothing here knows SQL, Redis or HTTP: types ask the [`portico_loader::Loader`] of their request.

mod access;
mod act;
mod answer_size;
mod company;
mod direct;
mod error;
mod explain;
mod gateway;
mod ids;
mod leads;
mod load;
mod mail;
mod messages;
mod money;
mod mutation;
mod node;
mod page;
mod people;
mod portal;
mod projects;
mod query;
mod scalars;
mod schedule;
mod selections;
mod support;

pub use access::{Gate, Rights};
pub use error::{ApiError, ErrorCode};
pub use gateway::{Answer, AnswerCache, Context, Gateway, GatewayError, Question, Ready, Schema};
pub use page::CursorKey;
pub use people::{no_session_cookie, session_cookie, token_in_cookies};
