//! Decisions of clients.

mod decision;
mod list;
mod verify;

pub(crate) use decision::Decision;
pub(crate) use list::{DecisionConnection, decisions_page};
pub(crate) use verify::{DecisionVerification, verify_decisions};
