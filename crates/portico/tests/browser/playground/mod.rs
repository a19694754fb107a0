//! Tests of the playground: its files, and the page in a browser.

pub(crate) mod browser;
mod copies;
mod files;
mod page;
mod pages;
mod promises;
mod session;
mod views;
