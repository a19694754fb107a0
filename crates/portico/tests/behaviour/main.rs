//! What the gateway does, by requirement.
//!
//! A test is a sentence; one that a requirement asks for begins with the requirement's id.

mod access;
mod binary;
mod binary_mail;
mod binary_serve;
mod body;
mod bounds;
mod cache_reset;
mod cors;
mod cursors;
mod explain;
mod faults;
mod field_errors;
mod filters;
mod get;
mod help;
mod ids;
mod isolation;
mod keys;
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
mod portal_settings;
mod publishing;
mod refusals;
mod replies;
mod schedule;
mod search;
mod sign_in;
mod support;
mod throttle;
mod trace;
