//! Tests of accounts and sign-in: links, passwords, sessions, invitations.

mod account;
mod attempts;
mod choices;
mod client_settings;
mod company;
mod cookies;
mod desk;
mod from_nothing;
mod heavy;
mod invitations;
mod invited;
mod journey;
mod links;
mod mail_budget;
mod memberships;
mod new_project;
mod offers;
mod passwords;
mod races;
mod retries;
mod sessions;
mod staff;
mod staffing;
mod support;
mod trades;
mod trail;
