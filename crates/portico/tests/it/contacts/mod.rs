//! A company's contacts.

mod client_attack;
mod clients;
mod met;
mod phones;
