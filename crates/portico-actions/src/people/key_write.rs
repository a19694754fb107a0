//! What all ways to a key for scripts have in common: its bounds, its token, and its row.

use chrono::{DateTime, TimeDelta, Utc};
use portico_core::id::{ApiKeyId, CompanyId, ProjectId, StaffMembershipId};
use portico_core::people::{Permission, PermissionSet, TOKEN_BYTES, TokenHash, token_of};
use portico_store::people::{NewApiKey, insert_api_key};
use portico_store::{AsyncPgConnection, StoreError};
use serde_json::{Value, json};

/// The longest life of a key, in days.
pub(super) const MAX_DAYS: u32 = 366;

/// A key that is to be written.
pub(super) struct KeyDraft {
    pub(super) company: CompanyId,
    /// In whose name it reads.
    pub(super) created_by: StaffMembershipId,
    /// What they may do themselves.
    pub(super) may: PermissionSet,
    pub(super) name: String,
    pub(super) permissions: PermissionSet,
    /// Of the company, each once; none for all of its projects.
    pub(super) projects: Option<Vec<ProjectId>>,
    pub(super) days: u32,
}

/// A key that has been written.
pub(super) struct WrittenKey {
    pub(super) id: ApiKeyId,
    /// Shown once, and kept nowhere.
    pub(super) token: String,
    pub(super) expires_at: DateTime<Utc>,
    /// For the trail. Nothing in it opens anything.
    pub(super) details: Value,
}

/// Why a key was not written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// It would live too long, or not at all.
    #[error("a key lives for 1 to {MAX_DAYS} days, not {0}")]
    Days(u32),
    /// It would be able to do more than whoever makes it.
    #[error("the creator does not have the permission {0}")]
    MoreThanCreator(Permission),
    /// The machine has no randomness to give.
    #[error("no random bytes could be had: {0}")]
    Random(getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyDraft {
    /// Whether it keeps the bounds of keys.
    fn check(&self) -> Result<(), KeyFault> {
        if !(1..=MAX_DAYS).contains(&self.days) {
            return Err(KeyFault::Days(self.days));
        }
        let more = self.permissions.iter().find(|permission| !self.may.contains(*permission));
        more.map_or(Ok(()), |more| Err(KeyFault::MoreThanCreator(more)))
    }

    /// Checks it, and writes it.
    pub(super) async fn write(
        self,
        connection: &mut AsyncPgConnection,
        now: DateTime<Utc>,
    ) -> Result<WrittenKey, KeyFault> {
        self.check()?;
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
            token_hash: TokenHash::of(&token),
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

fn new_token() -> Result<String, KeyFault> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(KeyFault::Random)?;
    Ok(token_of("pk", &bytes))
}
