//! Mailed links.

mod code_pages;
mod codes;
mod mail_budget;
mod mailed;
