//! The gateway over HTTP.

mod body;
mod cors;
mod forms;
mod get;
mod https_only;
mod methods;
mod refusal_pages;
mod replies;
mod throttle;
mod time_limit;
mod visitors;
mod wire;
