//! Tests of the gateway's behaviour, in a module for each capability.
//!
//! A test's name is a sentence; a test that shows a requirement cites its id (docs/requirements.md), in its name or in
//! a comment.

mod access;
mod account_support;
mod accounts;
mod activity;
mod caching;
mod changes;
mod companies;
mod contacts;
mod decisions;
mod explain;
mod files;
mod graphql;
mod http;
mod invitations;
mod jobs;
mod journeys;
mod keys;
mod leads;
mod links;
mod mail;
mod memberships;
mod messages;
mod operations;
mod portal;
mod projects;
mod retention;
mod schedule;
mod selections;
mod sessions;
mod support;
mod worlds;
