//! Changes of state: one file per action, which checks, writes and records the change in one transaction.
//!
//! [`Actor::perform`] runs an [`Action`]. Actions do not depend on GraphQL or HTTP: mutations, webhooks and commands
//! share them.

pub mod accounts;
mod actor;
mod check;
pub mod company;
pub mod contacts;
mod heavy;
mod installation;
pub mod invitations;
pub mod keys;
pub mod leads;
pub mod links;
pub mod memberships;
mod password;
pub mod portal;
pub mod projects;
mod refusal;
pub mod sessions;
pub mod support;
mod work;

pub use actor::{Action, Actor, CancelGuard, Origin};
pub use heavy::{HeavyError, HeavyLimits, HeavyPool};
pub use installation::{AttemptCounter, AttemptRate, Installation};
pub use refusal::{ActionError, Counted, Refusal};
pub use work::{ActivityEvent, Work};
