//! Support of the platform: agents, and corrections of users' accounts (ACC-13).
//!
//! Support sees no data of companies. An account is opened to one agent, with a reason, for a limited time. The user is notified
//! of each correction, and the audit log has it with the verification note.

mod account_correct;
mod account_open;
mod agent;

pub use account_correct::AccountCorrect;
pub use account_open::AccountOpen;
pub use agent::{Agent, AgentAdd, AgentError, AgentList, AgentRemove};
