//! Tests of the playground: its files, and the page in a browser.

mod browser;
mod files;
mod page;
mod pages;
mod promises;
