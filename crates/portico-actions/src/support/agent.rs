//! Who is of the platform's support: said by commands, on the installation itself, and by nobody who is signed in.

use chrono::{DateTime, Utc};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::Email;
use portico_store::activity::{NewActivity, insert_activity};
use portico_store::people::find_or_create_identity;
pub use portico_store::support::Agent;
use portico_store::support::{begin_agent, end_agent, is_host_of_company, living_agents};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use serde_json::json;

use crate::check;
use crate::company::is_host;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The address is none.
    #[error("`{0}` is not an email address")]
    Address(String),
    /// The host is none.
    #[error("`{0}` is not a host; hosts are like support.portal.example")]
    Host(String),
    /// The host is a company's, who could read what is sent there.
    #[error("`{0}` is the host of a company's portal; support signs in at the platform's own")]
    HostOfCompany(String),
    /// The name is missing, too long, or not one line.
    #[error("the name {0}")]
    Name(String),
    /// Nobody with this address is of the support.
    #[error("{0} is not of the support")]
    NoAgent(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes somebody an agent of the platform's support, who from then on can ask for a link to sign in as one.
#[derive(Debug, Clone)]
pub struct AgentBegin {
    /// Their address.
    pub email: String,
    /// How they are called, if nobody with this address is known yet.
    pub name: String,
    /// The host at which they sign in: the platform's own, and no company's.
    pub host: String,
}

/// Ends somebody's support, and their sessions of it at once.
#[derive(Debug, Clone)]
pub struct AgentEnd {
    /// Their address.
    pub email: String,
}

/// All who support the platform now.
#[derive(Debug, Clone, Copy)]
pub struct AgentList;

impl AgentList {
    /// Reads them, by their addresses.
    ///
    /// # Errors
    ///
    /// [`AgentError::Store`] when the database does not answer.
    pub async fn run(self, writer: &Writer) -> Result<Vec<Agent>, AgentError> {
        let connection = writer.connection().await?;
        connection.transaction(async |connection: &mut AsyncPgConnection| Ok(living_agents(connection).await?)).await
    }
}

impl AgentBegin {
    /// Does it. False if they were one before, and have another host now at most.
    ///
    /// # Errors
    ///
    /// [`AgentError`] says what is wrong; then nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<bool, AgentError> {
        let email = address(&self.email)?;
        let name = check::name("name", &self.name).map_err(|fault| AgentError::Name(fault.message))?;
        let host = self.host.trim().to_lowercase();
        if !is_host(&host) {
            return Err(AgentError::Host(self.host));
        }
        let connection = writer.connection().await?;
        let begin = async |connection: &mut AsyncPgConnection| {
            if is_host_of_company(connection, &host).await? {
                return Err(AgentError::HostOfCompany(host.clone()));
            }
            let identity = find_or_create_identity(connection, &email, &name).await?.id;
            let is_new = begin_agent(connection, identity, &host, now).await?;
            let (subject, details) = ((SubjectKind::Identity, identity.0), json!({ "host": host }));
            let begun = NewActivity::of_system(ActivityKind::SupportBegun, subject, details, now);
            insert_activity(connection, begun).await?;
            Ok(is_new)
        };
        connection.transaction(begin).await
    }
}

impl AgentEnd {
    /// Does it.
    ///
    /// # Errors
    ///
    /// [`AgentError::NoAgent`] if they are none; then nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<(), AgentError> {
        let email = address(&self.email)?;
        let connection = writer.connection().await?;
        let end = async |connection: &mut AsyncPgConnection| {
            let is_it =
                |agent: &Agent| agent.email.parse::<Email>().is_ok_and(|own| own.canonical() == email.canonical());
            let agent = living_agents(connection).await?.into_iter().find(is_it);
            let identity = agent.ok_or_else(|| AgentError::NoAgent(self.email.clone()))?.identity;
            if !end_agent(connection, identity, now).await? {
                return Err(AgentError::NoAgent(self.email.clone()));
            }
            let subject = (SubjectKind::Identity, identity.0);
            let ended = NewActivity::of_system(ActivityKind::SupportEnded, subject, json!({}), now);
            insert_activity(connection, ended).await?;
            Ok(())
        };
        connection.transaction(end).await
    }
}

fn address(text: &str) -> Result<Email, AgentError> {
    text.parse().map_err(|_| AgentError::Address(text.to_owned()))
}
