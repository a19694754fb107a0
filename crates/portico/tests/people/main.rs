//! How people get in, stay in and get out: links, passwords, sessions, invitations.

mod choices;
mod cookies;
mod links;
mod passwords;
mod sessions;
mod support;
mod tries;
