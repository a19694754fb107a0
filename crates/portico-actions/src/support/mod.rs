//! The platform's support: who belongs to it, and what they correct of people's accounts (ACC-13).
//!
//! Support sees nothing of any company's business. An account is opened to one agent, with a reason and for a while; what is
//! corrected in it is told to whom it belongs, and written down with how it was verified.

mod account_correct;
mod account_open;
mod agent;

pub use account_correct::AccountCorrect;
pub use account_open::AccountOpen;
pub use agent::{Agent, AgentBegin, AgentEnd, AgentError, AgentList};
