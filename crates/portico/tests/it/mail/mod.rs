//! Mails: their texts, their states, and the demo's pages of them.

mod pages;
mod states;
mod templates;
mod texts;
