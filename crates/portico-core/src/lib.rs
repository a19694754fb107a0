//! Domain types of a home-builder's client portal, without I/O.
//!
//! Ids, money, states, permissions, and the [`Viewer`](access::Viewer): the caller with their rights. A capability has
//! a module of the same name in each crate.

#[macro_use]
mod text_enum;
pub use text_enum::UnknownVariant;

pub mod access;
pub mod accounts;
pub mod activity;
pub mod change_orders;
pub mod changes;
pub mod clock;
pub mod company;
pub mod contacts;
pub mod contracts;
pub mod country;
pub mod decisions;
pub mod explain;
pub mod files;
pub mod generations;
pub mod id;
pub mod invitations;
pub mod jobs;
pub mod leads;
pub mod limits;
pub mod line_items;
pub mod links;
pub mod locale;
pub mod mail;
pub mod messages;
pub mod money;
pub mod network;
pub mod page;
pub mod portal;
pub mod projects;
pub mod proposals;
pub mod refusal;
pub mod schedule;
pub mod search;
pub mod selections;
pub mod sessions;
pub mod signatures;
pub mod text;
pub mod webhooks;
