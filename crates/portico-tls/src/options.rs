//! What is verified, and the files of roots and client certificates.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rustls::client::WantsClientCert;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use crate::verify::Verifier;

/// How a server's certificate is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// Not at all: encrypted, but possibly with an impostor.
    Nothing,
    /// Its CA and validity, not its host name.
    Authority,
    /// Its CA, validity and host name.
    AuthorityAndName,
}

/// The trusted CAs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Those of the operating system.
    System,
    /// Mozilla's, compiled in.
    Mozilla,
    /// Those of a PEM file.
    File(PathBuf),
}

/// PEM files of a client certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, followed by its intermediate certificates.
    pub certificate: PathBuf,
    /// The unencrypted private key.
    pub key: PathBuf,
}

/// Names of the parameters, for errors.
#[derive(Debug, Clone, Copy)]
pub struct ParameterNames {
    /// The trusted CAs.
    pub roots: &'static str,
    /// The client certificate.
    pub certificate: &'static str,
    /// Its key.
    pub key: &'static str,
    /// How to connect to a server whose certificate has another name.
    pub other_name: &'static str,
}

/// TLS of the connections to a server.
#[derive(Debug, Clone)]
pub struct TlsOptions {
    /// How the server's certificate is verified.
    pub verification: Verification,
    /// The trusted CAs.
    pub roots: Roots,
    /// Sent to servers that request one.
    pub client: Option<ClientCertificate>,
    /// The application protocol (ALPN), if the server's has a name.
    pub protocol: Option<&'static str>,
    /// Names of the parameters, for errors.
    pub names: &'static ParameterNames,
}

impl TlsOptions {
    /// Reads the files anew, so that renewed certificates need no restart.
    ///
    /// # Errors
    ///
    /// Names the parameter and file that cannot be used, and why.
    pub fn client_config(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(default_provider());
        let verifier = match self.verification {
            Verification::Nothing => Verifier::without_roots(&provider),
            verification => {
                let (roots, pinned) = self.read_roots()?;
                Verifier::with_roots(&provider, roots, pinned, verification == Verification::AuthorityAndName)
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = self.with_client(config)?;
        config.alpn_protocols = self.protocol.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(config)
    }

    fn with_client(&self, config: ConfigBuilder<ClientConfig, WantsClientCert>) -> Result<ClientConfig, String> {
        let Some(ClientCertificate { certificate, key }) = &self.client else {
            return Ok(config.with_no_client_auth());
        };
        let chain = read_certificates(self.names.certificate, certificate)?;
        let secret = read_key(self.names.key, key)?;
        config.with_client_auth_cert(chain, secret).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => format!(
                "{} and {} do not belong together: {} is not the key of {}",
                self.names.certificate,
                self.names.key,
                key.display(),
                certificate.display()
            ),
            _ => format!("{}: the key in {} cannot be used; use RSA, ECDSA or Ed25519", self.names.key, key.display()),
        })
    }

    /// The roots, and those of a file as they are.
    fn read_roots(&self) -> Result<(Arc<RootCertStore>, Vec<CertificateDer<'static>>), String> {
        let path = match &self.roots {
            Roots::System => return Ok((system_roots(self.names.roots)?, Vec::new())),
            Roots::Mozilla => return Ok((mozilla_roots(), Vec::new())),
            Roots::File(path) => path,
        };
        let certificates = read_certificates(self.names.roots, path)?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|_| {
                format!("{}: {} has a certificate that cannot be read", self.names.roots, path.display())
            })?;
        }
        Ok((Arc::new(roots), certificates))
    }
}

/// Read once: there are hundreds.
fn system_roots(parameter: &str) -> Result<Arc<RootCertStore>, String> {
    static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    });
    if ROOTS.is_empty() {
        return Err(format!(
            "{parameter}: the operating system has no CA certificates; install its package (ca-certificates), or name a file"
        ));
    }
    Ok(Arc::clone(&ROOTS))
}

fn mozilla_roots() -> Arc<RootCertStore> {
    static ROOTS: LazyLock<Arc<RootCertStore>> =
        LazyLock::new(|| Arc::new(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()));
    Arc::clone(&ROOTS)
}

fn read(parameter: &str, path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{parameter}: cannot read {}: {error}", path.display()))
}

fn read_certificates(parameter: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(parameter, path)?).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(format!("{parameter}: {} has no certificate; give a PEM file", path.display())),
    }
}

fn read_key(parameter: &str, path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let text = read(parameter, path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        let is_encrypted = text.windows(9).any(|part| part == b"ENCRYPTED");
        match error {
            pem::Error::NoItemsFound if is_encrypted => {
                format!("{parameter}: the key in {} is encrypted; give one without a passphrase", path.display())
            }
            _ => format!("{parameter}: {} has no private key; give a PEM file", path.display()),
        }
    })
}
