//! Tests that need Chromium or Node.js: the playground, the client libraries, and a mail server in a separate process.

mod clients;
mod playground;
mod smtp;
