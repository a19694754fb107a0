//! Tests that need Chromium or Node.js: the playground, files at their own host, the client libraries, and a mail server in a separate process.

mod clients;
mod feed;
mod files;
mod playground;
mod smtp;
