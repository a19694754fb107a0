//! How people get in, stay in and get out: links, passwords, sessions, invitations.

mod choices;
mod cookies;
mod invitations;
mod journey;
mod links;
mod passwords;
mod sessions;
mod staff;
mod support;
mod tries;
