//! Support agents of the platform, managed by commands on the installation only.

use chrono::{DateTime, Utc};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_store::accounts::find_or_create_identity;
use portico_store::activity::{NewActivity, insert_activity};
pub use portico_store::support::Agent;
use portico_store::support::{begin_agent, current_agents, end_agent, is_host_of_company};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use serde_json::json;

use crate::check;
use crate::company::is_host;

/// Reasons why a command was rejected.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Invalid email address.
    #[error("`{0}` is not an email address")]
    Address(String),
    /// Invalid host.
    #[error("`{0}` is not a host: hosts are like support.portal.example")]
    Host(String),
    /// The host is a company's, which could read the requests.
    #[error("`{0}` is the host of a company's portal: give a host of the platform")]
    HostOfCompany(String),
    /// The name is missing, too long, or more than one line.
    #[error("the name {0}")]
    Name(String),
    /// No support agent has this address.
    #[error("{0} is not a support agent: `portico support list` shows all")]
    NoAgent(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a support agent, who can then request a sign-in link.
#[derive(Debug, Clone)]
pub struct AgentAdd {
    /// The email address.
    pub email: String,
    /// The name, for an address without an account.
    pub name: String,
    /// The host for sign-in: one of the platform's own.
    pub host: String,
}

/// Removes a support agent and ends their support sessions at once.
#[derive(Debug, Clone)]
pub struct AgentRemove {
    /// The email address.
    pub email: String,
}

/// Lists the support agents.
#[derive(Debug, Clone, Copy)]
pub struct AgentList;

impl AgentList {
    /// Lists them by address.
    ///
    /// # Errors
    ///
    /// [`AgentError::Store`] when the database does not answer.
    pub async fn run(self, writer: &Writer) -> Result<Vec<Agent>, AgentError> {
        let connection = writer.connection().await?;
        connection.transaction(async |connection: &mut AsyncPgConnection| Ok(current_agents(connection).await?)).await
    }
}

impl AgentAdd {
    /// Adds the agent. False if the agent existed; then only the host changes.
    ///
    /// # Errors
    ///
    /// [`AgentError`] has the reason. Nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<bool, AgentError> {
        let email = address(&self.email)?;
        let name = check::person_name("name", &self.name).map_err(|fault| AgentError::Name(fault.message))?;
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

impl AgentRemove {
    /// Removes the agent.
    ///
    /// # Errors
    ///
    /// [`AgentError::NoAgent`] for an unknown agent. Nothing was written.
    pub async fn run(self, writer: &Writer, now: DateTime<Utc>) -> Result<(), AgentError> {
        let email = address(&self.email)?;
        let connection = writer.connection().await?;
        let end = async |connection: &mut AsyncPgConnection| {
            let is_it =
                |agent: &Agent| agent.email.parse::<Email>().is_ok_and(|own| own.canonical() == email.canonical());
            let agent = current_agents(connection).await?.into_iter().find(is_it);
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
