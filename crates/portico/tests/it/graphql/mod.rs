//! Operations: admission, pages, filters, errors, and what each costs.

mod admission;
mod bounds;
pub(crate) mod buffers;
mod cursors;
mod field_errors;
mod filters;
mod fuzz;
mod ids;
mod list_sizes;
mod mutations;
mod operations;
mod page_sizes;
mod pages;
mod races;
mod refusal_words;
mod refusals;
mod retries;
mod search;
