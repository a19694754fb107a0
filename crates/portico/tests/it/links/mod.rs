//! Mailed links.

mod mail_budget;
mod mailed;
