//! A world: companies, projects and people, written in files that a person can read, for demos and tests.
//!
//! [`World::demo`] is the one in `fixtures/demo`, whose README says how its things are called and what is secret in it.
//! A world is the same in every run, ids included, so that tests can name rows by [`World::id`].

mod error;
mod files;
mod ids;
mod leads;
mod people;
mod people_model;
mod project;
mod project_model;
mod rows;
mod schedule;
mod secrets;
mod selections;
mod source;
#[cfg(test)]
mod tests;
mod values;

use portico_core::people::Role;
use serde_json::Value;
use uuid::Uuid;

pub use error::WorldError;
pub use rows::is_empty;
pub use secrets::Secrets;

use crate::{Database, StoreError};
use rows::Rows;
use secrets::{Outsider, secrets_from};
use source::Source;

/// What the tokens of single people begin with; those of roles go before them in the banner.
const PERSONAL: &str = "demo-session-";

/// A token that opens a world, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoToken {
    /// What to send after `Bearer`.
    pub token: String,
    /// What they are when they ask.
    pub role: Role,
    /// The person's name, or the key's.
    pub person: String,
    /// Who they are and what they may see, in a line.
    pub about: String,
}

/// Everything in a world, ready to be loaded.
pub struct World {
    source: Source,
    rows: Rows,
    tokens: Vec<DemoToken>,
}

impl World {
    /// The world of the demo, which is built into the binary.
    ///
    /// # Errors
    ///
    /// [`WorldError`] when a file is wrong, which a test of this module would have told.
    pub fn demo() -> Result<Self, WorldError> {
        Self::read(files::DEMO)
    }

    /// Reads a world from files: each one's path, such as `alderbrook/company.toml`, and its text.
    ///
    /// # Errors
    ///
    /// [`WorldError`], which names the file and the thing: a key that nobody knows, a name that is there twice, a
    /// reference to nothing.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, WorldError> {
        let source = source::read(files)?;
        let mut rows = Rows::default();
        people::people(&mut rows, &source.people)?;
        for company in &source.companies {
            people::company(&mut rows, &source.people, company)?;
            leads::form(&mut rows, company)?;
            for project in &company.projects {
                let mut site = project::project(&mut rows, &company.slug, project)?;
                site.file = project.file("schedule");
                for version in &project.schedule.versions {
                    schedule::version(&mut site, version)?;
                }
                site.file = project.file("selections");
                selections::selections(&mut site, &project.selections.selections)?;
            }
            leads::leads(&mut rows, company)?;
        }
        let mut tokens = Vec::new();
        for session in &source.tokens.sessions {
            tokens.push(people::session(&mut rows, &source.people, &source.companies, session)?);
        }
        for key in &source.tokens.keys {
            tokens.push(people::key(&mut rows, key)?);
        }
        tokens.sort_by_key(|token| token.token.starts_with(PERSONAL));
        Ok(Self { source, rows, tokens })
    }

    /// The id of the thing at a path, such as `alderbrook/maple-street/task/v2/Frame walls`. The README of
    /// `fixtures/demo` lists the kinds of paths. A path that leads nowhere has an id too: see [`World::has`].
    pub fn id(path: &str) -> Uuid {
        ids::id_of(path)
    }

    /// Whether there is something at a path, so that a test can tell "hidden" from "misspelt".
    pub fn has(&self, path: &str) -> bool {
        self.rows.knows(path)
    }

    /// The rows of one table, each an object with every column of the table; none for a table that is not the business's.
    pub fn rows(&self, table: &str) -> &[Value] {
        self.rows.of(table)
    }

    /// The tables that a world fills, each after those to which it refers.
    pub fn tables() -> &'static [&'static str] {
        rows::TABLES
    }

    /// Tables of what a gateway is about to do, such as its queue of mails: no world fills them.
    pub fn operational_tables() -> impl Iterator<Item = &'static str> {
        rows::OPERATIONAL.iter().map(|(table, _)| *table)
    }

    /// The tokens that open this world: one for each role first, then those of single people.
    pub fn tokens(&self) -> &[DemoToken] {
        &self.tokens
    }

    /// The tokens to begin with: one for each role.
    pub fn tokens_of_roles(&self) -> impl Iterator<Item = &DemoToken> {
        self.tokens.iter().filter(|token| !token.token.starts_with("demo-session-"))
    }

    /// What no client may ever read, whichever projects are theirs.
    pub fn secrets(&self) -> Secrets {
        secrets_from(Outsider::Client, &self.source)
    }

    /// What no trade partner may ever read, whichever work is theirs: every amount of money is among it.
    pub fn secrets_from_trades(&self) -> Secrets {
        secrets_from(Outsider::Trade, &self.source)
    }

    /// Writes the world into a migrated database, as the owner of its tables, all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer, or has this world already: see [`is_empty`].
    pub async fn load_into(&self, database: &Database) -> Result<(), StoreError> {
        self.rows.insert(database).await
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}
