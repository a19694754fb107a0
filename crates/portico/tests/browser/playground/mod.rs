//! The playground: what is served, and what a browser makes of it.

mod browser;
mod files;
mod page;
mod pages;
mod promises;
