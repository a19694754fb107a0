//! How people get in, stay in and get out: links, passwords, sessions, invitations.

mod account;
mod choices;
mod client_settings;
mod cookies;
mod desk;
mod heavy;
mod invitations;
mod invited;
mod journey;
mod links;
mod mail_budget;
mod memberships;
mod new_project;
mod passwords;
mod races;
mod retries;
mod sessions;
mod staff;
mod support;
mod trades;
mod trail;
mod tries;
