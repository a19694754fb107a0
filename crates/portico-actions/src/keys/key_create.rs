//! Creates an API key by command, for a member of staff without a session.

use chrono::{DateTime, Utc};
use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::keys::{Creator, find_creator, find_projects};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use secrecy::SecretString;

use super::key_write::{KeyDraft, KeyError, WrittenKey};
use crate::check;
use crate::refusal::NO_RANDOM_BYTES;

/// An API key: read-only, with at most its creator's permissions.
#[derive(Debug, Clone)]
pub struct KeyCreate {
    /// The company's short name.
    pub company: String,
    /// The email address of the creator.
    pub creator_email: String,
    /// The name, which states the purpose of the key.
    pub name: String,
    /// The permissions to grant.
    pub permissions: PermissionSet,
    /// The numbers of the projects it may read; none for all.
    pub projects: Option<Vec<String>>,
    /// The lifetime in days, 1 to 366.
    pub days: u32,
}

/// The token of a new key, shown once and not stored.
#[derive(Debug)]
pub struct KeyCreated {
    /// The bearer token.
    pub token: SecretString,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

/// Reasons why no key was created.
#[derive(Debug, thiserror::Error)]
pub enum KeyCreateError {
    /// The name is missing, too long, or more than one line.
    #[error("the key's name {0}")]
    Name(String),
    /// The lifetime or a permission is not allowed.
    #[error("{0}")]
    Fault(KeyError),
    /// The company has no such member of staff.
    #[error(
        "the company `{company}` does not exist or has no member of staff {email}: `portico company list` shows all companies"
    )]
    NoSuchCreator {
        /// The company's short name.
        company: String,
        /// The email address.
        email: String,
    },
    /// The member may not create keys.
    #[error("{0} may not create keys: grant the permission REPORTS_KEYS")]
    MayNotCreateKeys(String),
    /// The company has no such project.
    #[error("the company has no project {0}")]
    NoSuchProject(String),
    /// The operating system returned no random bytes.
    #[error("{NO_RANDOM_BYTES}: {0}")]
    Random(getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyCreate {
    /// Creates the key.
    ///
    /// # Errors
    ///
    /// [`KeyCreateError`] has the reason. Nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<KeyCreated, KeyCreateError> {
        let name = check::name("name", &self.name);
        let name = name.map_err(|refusal| KeyCreateError::Name(refusal.message))?;
        let wanted = Self { name, ..self };
        let connection = writer.connection().await?;
        connection.transaction(async |connection| wanted.write(connection, now).await).await
    }

    async fn write(self, connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<KeyCreated, KeyCreateError> {
        let creator = match self.creator_email.parse::<Email>() {
            Ok(email) => find_creator(connection, &self.company, email.canonical()).await?,
            Err(_) => None,
        };
        let creator = creator.ok_or_else(|| KeyCreateError::NoSuchCreator {
            company: self.company.clone(),
            email: self.creator_email.clone(),
        })?;
        let own = match creator.role {
            Role::Owner => PermissionSet::all(),
            _ => creator.permissions,
        };
        if !own.contains(Permission::ReportsKeys) {
            return Err(KeyCreateError::MayNotCreateKeys(self.creator_email));
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
        let draft = KeyDraft {
            company: creator.company_id,
            created_by: creator.membership_id,
            may: own,
            name: self.name,
            permissions: self.permissions,
            projects,
            days: self.days,
        };
        let written = draft.write(connection, now).await?;
        insert_activity(connection, activity(&creator, &written, now)).await?;
        Ok(KeyCreated { token: written.token, expires_at: written.expires_at })
    }
}

/// The audit log entry. A command has no session, so the actor is the system, and the creator is in the details.
fn activity(creator: &Creator, written: &WrittenKey, now: DateTime<Utc>) -> NewActivity {
    let mut details = written.details.clone();
    details["creator"] = creator.membership_id.0.to_string().into();
    let subject = (SubjectKind::ApiKey, written.id.0);
    let made = NewActivity::of_system(ActivityKind::ApiKeyCreated, subject, details, now);
    NewActivity { company: Some(creator.company_id), ..made }
}

impl From<KeyError> for KeyCreateError {
    fn from(fault: KeyError) -> Self {
        match fault {
            KeyError::Random(error) => Self::Random(error),
            KeyError::Store(error) => Self::Store(error),
            fault => Self::Fault(fault),
        }
    }
}
