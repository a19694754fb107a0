//! TLS of connections to PostgreSQL and Redis, by rustls.
//!
//! [`TlsOptions`] says what is verified and from which files. Errors name the fault of the certificate and the parameter
//! or file to change; they never contain a key or the text of a certificate.

mod binding;
mod fault;
mod handshake;
mod options;
mod verify;

pub use binding::server_end_point;
pub use fault::tls_error_of;
pub use handshake::{Session, handshake};
pub use options::{ClientCertificate, ParameterNames, Roots, TlsOptions, Verification};
