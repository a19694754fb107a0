//! Tests that need Chromium or Node.js: the playground, the example portal, files at their own host, the client libraries, and a mail server in a separate process.

mod clients;
mod feed;
mod files;
mod playground;
mod portal;
mod smtp;
