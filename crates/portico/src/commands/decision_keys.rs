//! Options of the keys that sign and verify decisions.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use portico_core::decisions::DecisionKeys;
use secrecy::{ExposeSecret, SecretString};

use super::Failure;

#[derive(Debug, Clone, Args)]
pub(super) struct DecisionKeyOptions {
    /// The private key that signs clients' decisions, an Ed25519 key in a PEM file; without it nothing can be approved
    #[arg(long, env = "PORTICO_DECISION_KEY_FILE", value_name = "FILE")]
    decision_key_file: Option<PathBuf>,
    /// The former public keys of decisions, a JSON Web Key Set as saved from /.well-known/jwks.json
    #[arg(long, env = "PORTICO_DECISION_FORMER_KEYS_FILE", value_name = "FILE")]
    decision_former_keys_file: Option<PathBuf>,
}

impl DecisionKeyOptions {
    /// Reads the keys.
    pub(super) fn keys(&self) -> Result<DecisionKeys, Failure> {
        let keys = match &self.decision_key_file {
            Some(file) => {
                const OPTION: &str = "--decision-key-file or PORTICO_DECISION_KEY_FILE";
                let pem = SecretString::from(read(OPTION, file)?);
                DecisionKeys::from_pem(pem.expose_secret()).map_err(|fault| failure(OPTION, file, fault))?
            }
            None => {
                tracing::warn!("no --decision-key-file: clients cannot approve selections");
                DecisionKeys::default()
            }
        };
        match &self.decision_former_keys_file {
            Some(file) => {
                const OPTION: &str = "--decision-former-keys-file or PORTICO_DECISION_FORMER_KEYS_FILE";
                keys.with_former(&read(OPTION, file)?).map_err(|fault| failure(OPTION, file, fault))
            }
            None => Ok(keys),
        }
    }
}

fn read(option: &str, file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| failure(option, file, format_args!("cannot be read: {error}")))
}

fn failure(option: &str, file: &Path, reason: impl std::fmt::Display) -> Failure {
    Failure::new(format_args!("{option}: {} {reason}", file.display()))
}
