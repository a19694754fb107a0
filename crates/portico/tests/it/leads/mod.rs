//! Leads.

mod conversion;
mod form;
mod states;
mod submission;
