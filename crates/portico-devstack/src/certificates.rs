//! Certificates for tests: of servers, some with a fault, and of clients.

use std::fmt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use crate::error::DevstackError;
use crate::user::ServiceUser;

/// A server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCertificate {
    /// For `localhost` and `127.0.0.1`.
    Valid,
    /// For `db.example`.
    OtherHost,
    /// Without a name.
    Nameless,
    /// Expired in 2021.
    Expired,
    /// Valid from 2999 on.
    NotYetValid,
    /// Signed by itself.
    SelfSigned,
    /// Signed by itself, and a CA's, as `openssl req -x509` makes it.
    SelfSignedAuthority,
    /// Signed by the foreign CA.
    Foreign,
}

impl ServerCertificate {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Valid,
        Self::OtherHost,
        Self::Nameless,
        Self::Expired,
        Self::NotYetValid,
        Self::SelfSigned,
        Self::SelfSignedAuthority,
        Self::Foreign,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::OtherHost => "other-host",
            Self::Nameless => "nameless",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::SelfSigned => "self-signed",
            Self::SelfSignedAuthority => "self-signed-authority",
            Self::Foreign => "foreign",
        }
    }

    fn params(self) -> Result<CertificateParams, rcgen::Error> {
        let names: &[&str] = match self {
            Self::OtherHost => &["db.example"],
            Self::Nameless => &[],
            _ => &["localhost", "127.0.0.1"],
        };
        let mut params = params("server", names)?;
        match self {
            Self::Expired => params.not_after = date_time_ymd(2021, 2, 3),
            Self::NotYetValid => {
                (params.not_before, params.not_after) = (date_time_ymd(2999, 4, 5), date_time_ymd(3999, 1, 1));
            }
            Self::SelfSignedAuthority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            _ => {}
        }
        Ok(params)
    }
}

/// A folder of PEM files: `NAME.pem` and `NAME.key`.
#[derive(Debug)]
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// Makes all of them, in a folder that only `user` and root can enter.
    pub(crate) fn create(folder: PathBuf, user: &ServiceUser) -> Result<Self, DevstackError> {
        user.own_folder(&folder)?;
        let made = Self { folder };
        let (authority, foreign) =
            (made.authority_of("authority", user)?, made.authority_of("foreign-authority", user)?);
        for which in ServerCertificate::ALL {
            let key = KeyPair::generate().map_err(failed)?;
            let params = which.params().map_err(failed)?;
            let certificate = match which {
                ServerCertificate::SelfSigned | ServerCertificate::SelfSignedAuthority => params.self_signed(&key),
                ServerCertificate::Foreign => params.signed_by(&key, &foreign),
                _ => params.signed_by(&key, &authority),
            };
            made.write(which.name(), user, &certificate.map_err(failed)?.pem(), &key)?;
        }
        for (name, issuer) in [("client", &authority), ("foreign-client", &foreign)] {
            let key = KeyPair::generate().map_err(failed)?;
            let mut params = params(name, &[]).map_err(failed)?;
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            let certificate = params.signed_by(&key, issuer).map_err(failed)?;
            made.write(name, user, &certificate.pem(), &key)?;
        }
        Ok(made)
    }

    fn authority_of(&self, name: &str, user: &ServiceUser) -> Result<Issuer<'static, KeyPair>, DevstackError> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = params(name, &[]).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&key).map_err(failed)?;
        self.write(name, user, &certificate.pem(), &key)?;
        Ok(Issuer::new(params, key))
    }

    fn write(&self, name: &str, user: &ServiceUser, certificate: &str, key: &KeyPair) -> Result<(), DevstackError> {
        user.write_file(&self.pem(name), certificate)?;
        user.write_file(&self.key(name), &key.serialize_pem())
    }

    fn pem(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.pem"))
    }

    fn key(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }

    /// Their folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The CA of servers and clients.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.pem("authority")
    }

    /// Another CA.
    #[must_use]
    pub fn foreign_authority(&self) -> PathBuf {
        self.pem("foreign-authority")
    }

    /// A server's certificate, and its key.
    #[must_use]
    pub fn server(&self, which: ServerCertificate) -> (PathBuf, PathBuf) {
        (self.pem(which.name()), self.key(which.name()))
    }

    /// A client's certificate of the CA, and its key.
    #[must_use]
    pub fn client(&self) -> (PathBuf, PathBuf) {
        (self.pem("client"), self.key("client"))
    }

    /// A client's certificate of the other CA, and its key.
    #[must_use]
    pub fn foreign_client(&self) -> (PathBuf, PathBuf) {
        (self.pem("foreign-client"), self.key("foreign-client"))
    }
}

fn params(subject: &str, names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, format!("{subject} of Portico's tests"));
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2999, 1, 1));
    Ok(params)
}

fn failed(cause: impl fmt::Display) -> DevstackError {
    let cause = std::io::Error::other(cause.to_string());
    DevstackError::Io { doing: "make a certificate".to_owned(), cause }
}
