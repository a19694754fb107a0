//! Makes a key for scripts, as a command: for a person of the staff, without that person's session.

use chrono::{DateTime, Utc};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::{Email, Permission, PermissionSet, Role};
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::people::{Creator, find_creator, find_projects};
use portico_store::{AsyncPgConnection, StoreError, Writer};

use super::key_write::{KeyDraft, KeyFault, WrittenKey};
use crate::check;

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
    /// Its name is missing, too long, or not one line.
    #[error("the key's name {0}")]
    Name(String),
    /// It would live too long or not at all, or do more than the person.
    #[error("{0}")]
    Fault(KeyFault),
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
            return Err(KeyCreateError::MayNotMakeKeys(self.creator_email));
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
        insert_activity(connection, trail(&creator, &written, now)).await?;
        Ok(KeyCreated { token: written.token, expires_at: written.expires_at })
    }
}

/// Nobody has signed in to a command, so that the system did it; for whom is said beside.
fn trail(creator: &Creator, written: &WrittenKey, now: DateTime<Utc>) -> NewActivity {
    let mut details = written.details.clone();
    details["creator"] = creator.membership_id.0.to_string().into();
    let subject = (SubjectKind::ApiKey, written.id.0);
    let made = NewActivity::of_system(ActivityKind::ApiKeyCreated, subject, details, now);
    NewActivity { company: Some(creator.company_id), ..made }
}

impl From<KeyFault> for KeyCreateError {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Random(error) => Self::Random(error),
            KeyFault::Store(error) => Self::Store(error),
            fault => Self::Fault(fault),
        }
    }
}
