//! Every change of state, one file a verb: check, transact, record.
//!
//! An action owns its transaction and does nothing slow in it. It is used by mutations, by webhooks and by the command
//! line alike.

pub mod people;
