//! Support: agents, and the accounts that they open (ACC-13).

mod agents;
mod openings;
mod rows;

pub use agents::{Agent, begin_agent, current_agents, end_agent, is_agent, is_host_of_company};
pub use openings::{NewOpening, insert_opening, is_open_to};
pub use rows::{AccountRow, SupportNoteRow, accounts_by_id, notes_on_accounts};
