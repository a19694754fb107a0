//! Verification of servers' certificates.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

use crate::fault::{CertificateFault, webpki_error};

/// Verifies as libpq does: nothing, the CA, or the CA and the name.
#[derive(Debug)]
pub(crate) struct Verifier {
    algorithms: WebPkiSupportedAlgorithms,
    /// None if nothing is verified.
    roots: Option<Arc<RootCertStore>>,
    /// The roots of a file, among which may be the server's own certificate.
    pinned: Vec<CertificateDer<'static>>,
    checks_name: bool,
}

impl Verifier {
    pub(crate) fn without_roots(provider: &CryptoProvider) -> Self {
        let algorithms = provider.signature_verification_algorithms;
        Self { algorithms, roots: None, pinned: Vec::new(), checks_name: false }
    }

    pub(crate) fn with_roots(
        provider: &CryptoProvider,
        roots: Arc<RootCertStore>,
        pinned: Vec<CertificateDer<'static>>,
        checks_name: bool,
    ) -> Self {
        let algorithms = provider.signature_verification_algorithms;
        Self { algorithms, roots: Some(roots), pinned, checks_name }
    }

    fn verify(
        &self,
        roots: &RootCertStore,
        (end_entity, intermediates): (&CertificateDer<'_>, &[CertificateDer<'_>]),
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let verified =
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, self.algorithms.all);
        if let Err(error) = verified {
            // A self-signed certificate, made as PostgreSQL's manual shows, is a CA's. Its validity has been checked.
            let is_ca = matches!(webpki_error(&error), Some(webpki::Error::CaUsedAsEndEntity));
            if !(is_ca && self.pinned.iter().any(|root| root == end_entity)) {
                return Err(error);
            }
        }
        if self.checks_name { verify_server_name(&parsed, name) } else { Ok(()) }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            self.verify(roots, (end_entity, intermediates), server_name, now).map_err(|error| {
                let fault = CertificateFault::of(&error, end_entity);
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))))
            })?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
