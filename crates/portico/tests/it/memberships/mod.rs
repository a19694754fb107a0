//! Memberships of clients and trade partners.

mod client_settings;
mod of_contact;
mod trades;
mod withdrawn;
