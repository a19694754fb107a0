//! World: companies, projects and people, written in readable files, for demos and tests.
//!
//! [`World::demo`] is the one in `fixtures/demo`, whose README documents its paths and secrets. A world is the same in
//! every run, including ids, so that tests can name rows by [`World::id`].

mod builder;
mod company;
mod decisions;
mod files;
mod project;
mod schedule;
mod secrets;
mod section;
#[cfg(test)]
mod tests;
mod threads;

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, include_dir};
use portico_core::access::Role;
use serde_json::Value;
use uuid::Uuid;

use portico_store::{Database, rows, tables};

pub use crate::load::is_empty;
pub use secrets::Secrets;

use crate::load::{Load, LoadError};
use crate::{MADE_AT_MS, Rows, stable_id};
use builder::Builder;
use secrets::secrets_from;

/// Embedded in the binary.
static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/demo");

/// What the tokens of single people begin with; those of roles go before them in the banner.
const PERSONAL: &str = "demo-session-";

/// Reason why a world could not be read: the file, and the error with the path or line.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{file}: {message}")]
pub struct WorldError {
    file: String,
    message: String,
}

type Result<T = (), E = WorldError> = std::result::Result<T, E>;

impl WorldError {
    fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), message: message.into() }
    }
}

/// Token of a world, with its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoToken {
    /// The bearer token.
    pub token: String,
    /// The role of the caller.
    pub role: Role,
    /// The name of the person or the key.
    pub person: String,
    /// A line about the owner and what the owner may see.
    pub about: String,
}

/// The rows of a world, ready to be loaded.
pub struct World {
    rows: Rows,
    paths: BTreeSet<String>,
    json: BTreeMap<&'static str, Vec<Value>>,
    objects: Vec<(Uuid, &'static [u8])>,
    tokens: Vec<DemoToken>,
}

impl World {
    /// The world of the demo.
    ///
    /// # Errors
    ///
    /// [`WorldError`] when a file is invalid, which the tests of this module exclude.
    pub fn demo() -> Result<Self, WorldError> {
        Self::read(&demo_files())
    }

    /// Reads a world from files: each with its path, such as `alderbrook/company.toml`, and its text.
    ///
    /// # Errors
    ///
    /// [`WorldError`], which names the file and the record: an unknown key, a duplicate name, a missing reference.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, WorldError> {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let mut companies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for file in files.keys() {
            let (company, project) = match *file.split('/').collect::<Vec<_>>() {
                ["people.toml" | "tokens.toml"] => continue,
                [company, "company.toml"] => (company, None),
                [
                    company,
                    project,
                    "project.toml" | "schedule.toml" | "selections.toml" | "decisions.toml" | "files.toml"
                    | "threads.toml",
                ] => (company, Some(project)),
                _ => return Err(WorldError::new(*file, "a world has no such file")),
            };
            companies.entry(company).or_default().extend(project);
        }
        let mut build = Builder { files, ..Builder::default() };
        build.open("people.toml")?.read(|file| file.each("people", |person| company::person(&mut build, person)))?;
        for (slug, projects) in &companies {
            company::company(&mut build, slug, projects)?;
        }
        let mut tokens = Vec::new();
        build.open("tokens.toml")?.read(|file| {
            file.each("sessions", |session| company::session(&mut build, session).map(|token| tokens.push(token)))?;
            file.each("keys", |key| company::key(&mut build, key).map(|token| tokens.push(token)))
        })?;
        tokens.sort_by_key(|token| token.token.starts_with(PERSONAL));
        let mut json: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for (table, row) in build.rows.iter() {
            json.entry(table.name).or_default().push(row.to_json());
        }
        Ok(Self { rows: build.rows, paths: build.paths, json, objects: build.objects, tokens })
    }

    /// The id of the record at a path, such as `alderbrook/maple-street/task/Frame walls`. The README of
    /// `fixtures/demo` lists the kinds of paths. A path without a record has an id too: see [`World::has`].
    pub fn id(path: &str) -> Uuid {
        stable_id(MADE_AT_MS, &blake3::hash(path.as_bytes()))
    }

    /// Whether there is a record at a path. Lets tests distinguish "hidden" from "misspelt".
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// The rows of a table, as objects with every column; empty for operational tables.
    pub fn rows(&self, table: &str) -> &[Value] {
        self.json.get(table).map_or(&[], Vec::as_slice)
    }

    /// The objects of its files: the key of each in the store, and its bytes.
    pub fn objects(&self) -> &[(Uuid, &'static [u8])] {
        &self.objects
    }

    /// The tables that a world fills, in the order of references.
    pub fn tables() -> impl Iterator<Item = &'static str> {
        rows::TABLES.iter().map(|table| table.name)
    }

    /// Tables of a gateway's operation, such as its job queue: no world fills them.
    pub fn operational_tables() -> impl Iterator<Item = &'static str> {
        tables::TABLES.iter().filter(|table| table.operational.is_some()).map(|table| table.name)
    }

    /// The tokens of this world: first one per role, then those of individual people.
    pub fn tokens(&self) -> &[DemoToken] {
        &self.tokens
    }

    /// The tokens of roles, one each.
    pub fn tokens_of_roles(&self) -> impl Iterator<Item = &DemoToken> {
        self.tokens.iter().filter(|token| !token.token.starts_with(PERSONAL))
    }

    /// Values that no client may ever read, whatever the project.
    pub fn secrets(&self) -> Secrets {
        secrets_from(Role::Client, self)
    }

    /// Values that no trade partner may ever read, including every amount of money.
    pub fn secrets_from_trades(&self) -> Secrets {
        secrets_from(Role::Trade, self)
    }

    /// Loads the whole world or nothing. The database must be migrated and without companies; runs as the owner of the
    /// tables.
    ///
    /// # Errors
    ///
    /// [`LoadError`]; the database is unchanged.
    pub async fn load_into(&self, database: &Database) -> Result<(), LoadError> {
        let mut load = Load::begin(database).await?;
        load.copy(&self.rows).await?;
        load.finish().await?;
        Ok(())
    }
}

/// The demo's files, with their paths within the folder.
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
