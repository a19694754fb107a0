//! Makes a key for scripts.

use chrono::{DateTime, TimeDelta, Utc};
use portico_core::id::ApiKeyId;
use portico_core::people::{Permission, PermissionSet, Role, TOKEN_BYTES, TokenHash, token_of};
use portico_store::people::{NewApiKey, find_creator, find_projects, insert_api_key};
use portico_store::{AsyncPgConnection, StoreError, Writer};

/// The longest life of a key, in days.
const MAX_DAYS: u32 = 366;

/// A key for scripts: read-only, and never more than its creator may.
#[derive(Debug, Clone)]
pub struct KeyCreate {
    /// The company's short name.
    pub company: String,
    /// The address of the person in whose name it reads.
    pub creator_email: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub permissions: PermissionSet,
    /// The numbers of the projects that it may read; none for all of them.
    pub projects: Option<Vec<String>>,
    /// How long it lives, in days: 1 to 366.
    pub days: u32,
}

/// The key's token, which is shown once and kept nowhere.
#[derive(Debug)]
pub struct KeyCreated {
    /// To be sent as a bearer token.
    pub token: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum KeyCreateError {
    /// It has no name.
    #[error("a key needs a name")]
    Nameless,
    /// It would live too long, or not at all.
    #[error("a key lives for 1 to {MAX_DAYS} days, not {0}")]
    Days(u32),
    /// There is no such person in that company.
    #[error("{email} is not of the staff of `{company}`")]
    NoSuchCreator {
        /// The company's short name.
        company: String,
        /// The address.
        email: String,
    },
    /// The person may not make keys.
    #[error("{0} may not make keys: the permission REPORTS_KEYS is missing")]
    MayNotMakeKeys(String),
    /// The key would be able to do more than the person.
    #[error("the creator does not have the permission {0}")]
    MoreThanCreator(Permission),
    /// The company has no such project.
    #[error("the company has no project {0}")]
    NoSuchProject(String),
    /// The machine has no randomness to give.
    #[error("no random bytes could be had: {0}")]
    Random(getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyCreate {
    /// Makes the key.
    ///
    /// # Errors
    ///
    /// [`KeyCreateError`] says what is wrong; then nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<KeyCreated, KeyCreateError> {
        if self.name.trim().is_empty() {
            return Err(KeyCreateError::Nameless);
        }
        if !(1..=MAX_DAYS).contains(&self.days) {
            return Err(KeyCreateError::Days(self.days));
        }
        let connection = writer.connection().await?;
        connection.transaction(async |connection| self.write(connection, now).await).await
    }

    async fn write(self, connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<KeyCreated, KeyCreateError> {
        let creator = find_creator(connection, &self.company, &self.creator_email.to_lowercase()).await?;
        let creator = creator.ok_or_else(|| KeyCreateError::NoSuchCreator {
            company: self.company.clone(),
            email: self.creator_email.clone(),
        })?;
        let own = match creator.role {
            Role::Owner => PermissionSet::all(),
            _ => creator.permissions,
        };
        if !own.contains(Permission::ReportsKeys) {
            return Err(KeyCreateError::MayNotMakeKeys(self.creator_email));
        }
        if let Some(more) = self.permissions.iter().find(|permission| !own.contains(*permission)) {
            return Err(KeyCreateError::MoreThanCreator(more));
        }
        let projects = match &self.projects {
            Some(numbers) => {
                let found = find_projects(connection, creator.company_id, numbers).await?;
                if let Some(missing) = numbers.iter().find(|number| !found.iter().any(|(_, known)| known == *number)) {
                    return Err(KeyCreateError::NoSuchProject(missing.clone()));
                }
                Some(found.into_iter().map(|(id, _)| id).collect())
            }
            None => None,
        };
        let token = new_token()?;
        let expires_at = now + TimeDelta::days(self.days.into());
        let key = NewApiKey {
            id: ApiKeyId::generate(),
            token_hash: TokenHash::of(&token),
            company_id: creator.company_id,
            name: self.name,
            created_by: creator.membership_id,
            permissions: self.permissions,
            projects,
            expires_at,
        };
        insert_api_key(connection, &key).await?;
        Ok(KeyCreated { token, expires_at })
    }
}

fn new_token() -> Result<String, KeyCreateError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(KeyCreateError::Random)?;
    Ok(token_of("pk", &bytes))
}
