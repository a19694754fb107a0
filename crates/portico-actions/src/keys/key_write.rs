//! Limits, token and row of a new API key, for the command and the mutation.

use chrono::{DateTime, TimeDelta, Utc};
use portico_core::access::{Permission, PermissionSet};
use portico_core::id::{ApiKeyId, CompanyId, ProjectId, StaffMembershipId};
use portico_core::limits::caps;
use portico_core::sessions::{TOKEN_BYTES, TokenHash, token_of};
use portico_store::company::lock_company;
use portico_store::keys::{NewApiKey, insert_api_key, keys_in_force};
use portico_store::{AsyncPgConnection, StoreError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::refusal::NO_RANDOM_BYTES;

/// Maximum lifetime of a key, in days.
pub(super) const MAX_DAYS: u32 = 366;
/// Maximum number of projects that a key lists.
pub(super) const MAX_PROJECTS: usize = caps::KEY_PROJECTS as usize;
/// Maximum number of a company's keys that are neither revoked nor expired.
const MAX_IN_FORCE: u32 = caps::API_KEYS_IN_FORCE;

/// A key to write.
pub(super) struct KeyDraft {
    pub(super) company: CompanyId,
    /// The creator.
    pub(super) created_by: StaffMembershipId,
    /// The creator's own permissions.
    pub(super) may: PermissionSet,
    pub(super) name: String,
    pub(super) permissions: PermissionSet,
    /// Projects of the company, without duplicates; none for all.
    pub(super) projects: Option<Vec<ProjectId>>,
    pub(super) days: u32,
}

/// A written key.
pub(super) struct WrittenKey {
    pub(super) id: ApiKeyId,
    /// Shown once and not stored.
    pub(super) token: SecretString,
    pub(super) expires_at: DateTime<Utc>,
    /// For the audit log; without credentials.
    pub(super) details: Value,
}

/// Reasons why a key was not written.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The lifetime is out of range.
    #[error("the lifetime of a key is 1 to {MAX_DAYS} days, not {0}")]
    Days(u32),
    /// A permission is not one of the creator's own.
    #[error("the creator does not have the permission {0}: omit it, or grant it to the creator")]
    ExceedsCreator(Permission),
    /// The key lists too many projects.
    #[error("a key lists at most {MAX_PROJECTS} projects, not {0}: omit them for all projects")]
    TooManyProjects(usize),
    /// The company has the maximum number of keys in force.
    #[error("the company has {MAX_IN_FORCE} API keys in force, the maximum: revoke one first")]
    TooManyKeys,
    /// The operating system returned no random bytes.
    #[error("{NO_RANDOM_BYTES}: {0}")]
    Random(getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyDraft {
    /// Checks lifetime, projects and permissions.
    fn check(&self) -> Result<(), KeyError> {
        if !(1..=MAX_DAYS).contains(&self.days) {
            return Err(KeyError::Days(self.days));
        }
        if let Some(listed) = self.projects.as_ref().map(Vec::len).filter(|listed| *listed > MAX_PROJECTS) {
            return Err(KeyError::TooManyProjects(listed));
        }
        let more = self.permissions.iter().find(|permission| !self.may.contains(*permission));
        more.map_or(Ok(()), |more| Err(KeyError::ExceedsCreator(more)))
    }

    /// Checks and writes the key.
    pub(super) async fn write(
        self,
        connection: &mut AsyncPgConnection,
        now: DateTime<Utc>,
    ) -> Result<WrittenKey, KeyError> {
        self.check()?;
        // Locked, so that concurrent requests do not exceed the maximum.
        lock_company(connection, self.company).await?;
        if keys_in_force(connection, self.company, now).await? >= MAX_IN_FORCE.into() {
            return Err(KeyError::TooManyKeys);
        }
        let token = new_token()?;
        let (id, expires_at) = (ApiKeyId::generate(), now + TimeDelta::days(self.days.into()));
        let details = json!({
            "name": self.name,
            "permissions": self.permissions.iter().map(Permission::as_str).collect::<Vec<_>>(),
            "projects": self.projects,
            "expiresAt": expires_at,
        });
        let key = NewApiKey {
            id,
            token_hash: TokenHash::of(token.expose_secret()),
            company_id: self.company,
            name: self.name,
            created_by: self.created_by,
            permissions: self.permissions,
            projects: self.projects,
            expires_at,
        };
        insert_api_key(connection, &key).await?;
        Ok(WrittenKey { id, token, expires_at, details })
    }
}

fn new_token() -> Result<SecretString, KeyError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
    Ok(token_of("pk", &bytes).into())
}
