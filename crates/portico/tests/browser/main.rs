//! The gateway as others meet it: through a browser, through the libraries that frontends use, and through a mail server of its own.

mod clients;
mod playground;
mod smtp;
