//! Tests of jobs, and of mail from the queue to a mail server.

mod jobs;
mod pages;
mod queue;
mod server;
mod smtp;
mod states;
mod support;
mod templates;
mod texts;
mod worker;
