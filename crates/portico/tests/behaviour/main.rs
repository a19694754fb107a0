//! What the gateway does, by requirement.
//!
//! A test is a sentence; one that a requirement asks for begins with the requirement's id.

mod access;
mod binary;
mod binary_serve;
mod body;
mod bounds;
mod cache_reset;
mod client_attack;
mod clients;
mod clients_met;
mod cors;
mod cursors;
mod faults;
mod field_errors;
mod filters;
mod get;
mod ids;
mod isolation;
mod keys;
mod lead_form;
mod lead_submit;
mod leads;
mod leads_converted;
mod log;
mod metrics;
mod milestones;
mod mutations;
mod operations;
mod page_sizes;
mod pages;
mod pooler;
mod pools;
mod portal;
mod project_changes;
mod publishing;
mod refusals;
mod replies;
mod schedule;
mod search;
mod sign_in;
mod support;
mod throttle;
mod trace;
