//! Changes of state: one file per action, which checks, writes and records the change in one transaction.
//!
//! [`Actor::perform`] runs an [`Action`]. Actions do not depend on GraphQL or HTTP: mutations, webhooks and commands
//! share them.

mod actor;
mod check;
pub mod company;
mod heavy;
mod installation;
pub mod leads;
pub mod people;
pub mod portal;
pub mod projects;
mod refusal;
pub mod support;
mod work;

pub use actor::{Action, Actor, CancelGuard, Origin};
pub use heavy::{HeavyError, HeavyLimits, HeavyPool};
pub use installation::{AttemptCounter, AttemptRate, Installation};
pub use refusal::{ActionError, Counted, Refusal};
pub use work::{ActivityEvent, Work};
