//! Accounts: changes, passwords, sign-in.

mod account;
mod attempts;
mod choices;
mod offers;
mod passwords;
