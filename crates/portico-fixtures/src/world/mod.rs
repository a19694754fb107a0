//! A world: companies, projects and people, written in files that a person can read, for demos and tests.
//!
//! [`World::demo`] is the one in `fixtures/demo`, whose README says how its things are called and what is secret in it.
//! A world is the same in every run, ids included, so that tests can name rows by [`World::id`].

mod builder;
mod company;
mod model;
mod project;
mod secrets;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use portico_core::people::Role;
use serde_json::Value;
use uuid::Uuid;

use portico_store::{Database, StoreError, rows, tables};

pub use secrets::Secrets;

use crate::load::{Load, LoadError, has_companies};
use crate::{MADE_AT_MS, stable_id};
use builder::Builder;
use secrets::secrets_from;

/// Built into the binary.
static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/demo");

/// What the tokens of single people begin with; those of roles go before them in the banner.
const PERSONAL: &str = "demo-session-";

/// Why a world could not be read: the file, and what is wrong in it, with the thing's path or the line.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{file}: {message}")]
pub struct WorldError {
    file: String,
    message: String,
}

impl WorldError {
    fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), message: message.into() }
    }
}

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
    built: Builder,
    json: BTreeMap<&'static str, Vec<Value>>,
    tokens: Vec<DemoToken>,
}

impl World {
    /// The world of the demo.
    ///
    /// # Errors
    ///
    /// [`WorldError`] when a file is wrong, which the tests of this module rule out.
    pub fn demo() -> Result<Self, WorldError> {
        Self::read(&demo_files())
    }

    /// Reads a world from files: each one's path, such as `alderbrook/company.toml`, and its text.
    ///
    /// # Errors
    ///
    /// [`WorldError`], which names the file and the thing: an unknown key, a name used twice, a reference to nothing.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, WorldError> {
        let source = source::read(files)?;
        let mut build = Builder { file: "people.toml".to_owned(), ..Builder::default() };
        company::people(&mut build, &source.people)?;
        for one in &source.companies {
            build.file = one.file();
            company::company(&mut build, &source.people, one)?;
            for project in &one.projects {
                project::project(&mut build, &one.slug, project)?;
            }
            build.file = one.file();
            for (slug, lead) in &one.company.leads {
                company::lead(&mut build, &one.slug, slug, lead)?;
            }
        }
        build.file = "tokens.toml".to_owned();
        let mut tokens = Vec::new();
        for session in &source.tokens.sessions {
            tokens.push(company::session(&mut build, &source.people, &source.companies, session)?);
        }
        for key in &source.tokens.keys {
            tokens.push(company::key(&mut build, key)?);
        }
        tokens.sort_by_key(|token| token.token.starts_with(PERSONAL));
        let mut json: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for (table, row) in build.rows.iter() {
            json.entry(table.name).or_default().push(row.to_json());
        }
        Ok(Self { built: build, json, tokens })
    }

    /// The id of the thing at a path, such as `alderbrook/maple-street/task/v2/Frame access layers`. The README of
    /// `fixtures/demo` lists the kinds of paths. A path that leads nowhere has an id too: see [`World::has`].
    pub fn id(path: &str) -> Uuid {
        stable_id(MADE_AT_MS, &blake3::hash(path.as_bytes()))
    }

    /// Whether there is something at a path, so that a test can tell "hidden" from "misspelt".
    pub fn has(&self, path: &str) -> bool {
        self.built.paths.contains(path)
    }

    /// The rows of one table, each an object with every column of the table; none for a table that is not the business's.
    pub fn rows(&self, table: &str) -> &[Value] {
        self.json.get(table).map_or(&[], Vec::as_slice)
    }

    /// The tables that a world fills, each after those to which it refers.
    pub fn tables() -> impl Iterator<Item = &'static str> {
        rows::TABLES.iter().map(|table| table.name)
    }

    /// Tables of what a gateway is about to do, such as its queue of mails: no world fills them.
    pub fn operational_tables() -> impl Iterator<Item = &'static str> {
        tables::TABLES.iter().filter(|table| table.operational.is_some()).map(|table| table.name)
    }

    /// The tokens that open this world: one for each role first, then those of single people.
    pub fn tokens(&self) -> &[DemoToken] {
        &self.tokens
    }

    /// The tokens to begin with: one for each role.
    pub fn tokens_of_roles(&self) -> impl Iterator<Item = &DemoToken> {
        self.tokens.iter().filter(|token| !token.token.starts_with(PERSONAL))
    }

    /// What no client may ever read, whichever projects are theirs.
    pub fn secrets(&self) -> Secrets {
        secrets_from(Role::Client, self)
    }

    /// What no trade partner may ever read, whichever work is theirs: every amount of money is among it.
    pub fn secrets_from_trades(&self) -> Secrets {
        secrets_from(Role::Trade, self)
    }

    /// Loads the world, all of it or nothing, into a migrated database without companies, as the owner of its tables.
    ///
    /// # Errors
    ///
    /// [`LoadError`]; then the database is as it was.
    pub async fn load_into(&self, database: &Database) -> Result<(), LoadError> {
        let mut load = Load::begin(database).await?;
        load.copy(&self.built.rows).await?;
        load.finish().await?;
        Ok(())
    }
}

/// Whether a migrated database has no company yet, and so has room for a world.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or has no tables.
pub async fn is_empty(database: &Database) -> Result<bool, StoreError> {
    Ok(!has_companies(&database.client_as_owner().await?).await?)
}

/// The demo's files, each with its path within the folder.
fn demo_files() -> Vec<(&'static str, &'static str)> {
    let (mut files, mut folders) = (Vec::new(), vec![&DEMO]);
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        let named = folder.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
        files.extend(named.filter(|(path, _)| path.ends_with(".toml")));
    }
    files
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}
