//! Commands of the binary.

mod cache;
mod company;
mod content;
mod decision_keys;
mod demo;
mod demo_state;
mod files;
mod hosts;
mod inbound_mail;
mod key;
mod mail;
mod migrate;
mod schema;
mod seed;
mod serve;
mod stop;
mod support;
mod worker;

pub(crate) use inbound_mail::{INBOUND_MAIL, TRY_AGAIN};

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use portico_store::retention::Retention;
use portico_store::{Database, DatabaseVersion, PoolSizes, Statements, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};

/// The GraphQL gateway of a home-builder's client portal.
#[derive(Debug, Parser)]
#[command(name = "portico", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a demo with its own PostgreSQL, sample data, and a token per role
    Demo(demo::Options),
    /// Serve the gateway
    Serve(Box<serve::Options>),
    /// Send queued emails, scan files, make images of photos and videos, and delete old rows, without a gateway
    Worker(worker::Options),
    /// Bring the database's tables and role views up to date
    Migrate(OwnerOptions),
    /// Print the schema with its access rules, or the schema of one role
    Schema(schema::Options),
    /// Manage the caches of gateways in memory and in Redis
    Cache(cache::Options),
    /// Create an API key for scripts, and print it once
    Key(key::Options),
    /// Create a company and invite its first owner, or list the companies
    Company(company::Options),
    /// Manage the support agents, who may correct users' accounts
    Support(support::Options),
    /// Receive a mail with files for a project on standard input, for a mail server
    InboundMail(Box<inbound_mail::Options>),
    /// Fill an empty database with generated data of any size, for benchmarks and trials
    Seed(seed::Options),
}

/// Connection to the database with Portico's own logins.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseOptions {
    /// The database, without a user: `postgres://host/name`, or `host=.. dbname=..`
    // Parsed by us: clap's error would repeat the value with its password.
    #[arg(long, env = "PORTICO_DATABASE_URL", hide_env_values = true)]
    database_url: SecretString,
    #[command(flatten)]
    connection: ConnectionOptions,
}

/// Connection to the database as the owner of its tables.
#[derive(Debug, Clone, Args)]
pub(crate) struct OwnerOptions {
    /// The database as the owner of its tables: `postgres://owner@host/name`, or `host=.. user=.. dbname=..`
    // Parsed by us: clap's error would repeat the value with its password.
    #[arg(long, env = "PORTICO_OWNER_URL", hide_env_values = true)]
    owner_url: SecretString,
    #[command(flatten)]
    connection: ConnectionOptions,
}

/// Settings of every connection.
#[derive(Debug, Clone, Args)]
struct ConnectionOptions {
    /// The password of Portico's own logins (portico_client and the others)
    #[arg(long, env = "PORTICO_LOGIN_PASSWORD", hide_env_values = true)]
    login_password: Option<SecretString>,
    /// The pooler in front of the database: none, or one that assigns a connection per transaction
    #[arg(long, env = "PORTICO_POOLER", value_enum, default_value_t = Pooler::None)]
    pooler: Pooler,
}

/// Retention of old rows, for commands with a worker.
#[derive(Debug, Clone, Args)]
struct RetentionOptions {
    /// The age at which old rows are deleted, by kind: sessions=30d,mail=90d. Kinds without one have their default
    #[arg(long, env = "PORTICO_RETENTION", value_name = "KIND=AGE", default_value = "")]
    retention: Retention,
}

/// Pooler between a gateway and its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pooler {
    /// No pooler, or one that assigns a connection per session.
    None,
    /// A pooler that assigns a connection per transaction, such as PgBouncer in that mode.
    Transaction,
}

impl ConnectionOptions {
    fn configured(self, database: Database) -> Database {
        let statements = match self.pooler {
            Pooler::None => Statements::Kept,
            Pooler::Transaction => Statements::ForOneTransaction,
        };
        database.with_login_password(self.login_password).with_statements(statements)
    }
}

impl DatabaseOptions {
    fn database(self) -> Result<Database, Failure> {
        let database = Database::parse(self.database_url.expose_secret()).map_err(|reason| {
            Failure::new(format_args!("--database-url or PORTICO_DATABASE_URL is invalid: {reason}"))
        })?;
        if database.has_user() {
            return Err(Failure::new(
                "--database-url or PORTICO_DATABASE_URL names a user or a password: remove both. This command connects with Portico's \
                 logins, whose password is --login-password. Only `portico migrate` and `portico seed` connect as the owner of the \
                 tables, with --owner-url or PORTICO_OWNER_URL",
            ));
        }
        Ok(self.connection.configured(database))
    }

    /// Like `database`, and fails for an unmigrated or earlier database, and for other role views.
    async fn migrated(self) -> Result<Database, Failure> {
        let database = self.database()?;
        check_version(&Store::new(&database, PoolSizes::default())).await?;
        Ok(database)
    }
}

impl OwnerOptions {
    fn database(self) -> Result<Database, Failure> {
        let database = Database::parse(self.owner_url.expose_secret())
            .map_err(|reason| Failure::new(format_args!("--owner-url or PORTICO_OWNER_URL is invalid: {reason}")))?;
        Ok(self.connection.configured(database))
    }

    /// Like `database`, and fails for an unmigrated or earlier database, and for other role views.
    async fn migrated(self) -> Result<Database, Failure> {
        let database = self.database()?;
        let version = DatabaseVersion::of(&database).await.map_err(|error| owner_failure(CANNOT_CHECK, &error))?;
        refuse_other_version(version)?;
        Ok(database)
    }
}

/// Part of the driver's error when a server asks for a password and none is set.
const NO_PASSWORD: &str = "password missing";
const CANNOT_CHECK: &str = "Cannot check whether the database has been migrated";
const NOT_MIGRATED: &str = "The database has not been migrated: run `portico migrate`.";

/// Rejects an unmigrated or earlier database, and other role views; checks that sessions can be read. The error names the remedy.
async fn check_version(store: &Store) -> Result<(), Failure> {
    let (doing, error) = match store.database_version().await {
        Ok(version) => {
            refuse_other_version(version)?;
            match store.ping().await {
                Ok(()) => return Ok(()),
                Err(error) => ("Portico cannot read sessions", error),
            }
        }
        Err(error) => (CANNOT_CHECK, error),
    };
    let remedy = match &error {
        // `migrate` creates the logins, and lets them connect.
        StoreError::Rejected(reason) if ["28000", "42501"].iter().any(|code| reason.contains(code)) => {
            return Err(Failure::new(format_args!(
                "{NOT_MIGRATED} If it has been, PostgreSQL does not let Portico's logins connect ({reason}): check pg_hba.conf."
            )));
        }
        StoreError::Rejected(_) => {
            "; check --login-password or PORTICO_LOGIN_PASSWORD, which `portico migrate` sets, and the name in --database-url or \
             PORTICO_DATABASE_URL"
        }
        StoreError::Unavailable(reason) if reason.contains(NO_PASSWORD) => {
            "; set --login-password or PORTICO_LOGIN_PASSWORD, as for `portico migrate`"
        }
        StoreError::Unavailable(_) => {
            "; check the address in --database-url or PORTICO_DATABASE_URL, and that PostgreSQL accepts connections there"
        }
        StoreError::Failed(text) if text.contains("prepared statement") => {
            "; behind a pooler in transaction mode, use --pooler transaction"
        }
        // Rights that were lost, as after a restore.
        denied if denied.is_denied() => "; run `portico migrate`, which grants the rights of Portico's logins",
        // TLS's own errors name the remedy.
        _ => "",
    };
    Err(Failure::new(format_args!("{doing}: {error}{remedy}")))
}

/// Rejects a database without the tables and role views of this program. A later database is accepted with a warning: gateways
/// that run while it is migrated must be able to restart.
fn refuse_other_version(version: DatabaseVersion) -> Result<(), Failure> {
    match version {
        DatabaseVersion::Current => Ok(()),
        DatabaseVersion::Later(unknown) => {
            tracing::warn!("the database is of a later version of Portico: this version does not know {unknown}");
            Ok(())
        }
        DatabaseVersion::Unmigrated => Err(Failure::new(NOT_MIGRATED)),
        DatabaseVersion::Earlier(missing) => Err(Failure::new(format_args!(
            "The database is of an earlier version of Portico, without {missing}: run `portico migrate`."
        ))),
        DatabaseVersion::OtherRoleViews(files) => Err(Failure::new(format_args!(
            "The database has the role views of another version of Portico ({files} differ): run `portico migrate` of the version that \
             you want to start."
        ))),
    }
}

/// Error of a command that runs as the owner of the tables, with the remedy.
fn owner_failure(doing: &str, error: &StoreError) -> Failure {
    let remedy = match error {
        StoreError::Unavailable(reason) if reason.contains(NO_PASSWORD) => {
            "; put the password into --owner-url or PORTICO_OWNER_URL: postgres://owner:password@host/name"
        }
        StoreError::Unavailable(_) => {
            "; check the address in --owner-url or PORTICO_OWNER_URL, and that PostgreSQL accepts connections there"
        }
        StoreError::Rejected(_) => {
            "; check the user, the password and the database name in --owner-url or PORTICO_OWNER_URL"
        }
        denied if denied.is_denied() => {
            "; the role in --owner-url or PORTICO_OWNER_URL must own the database and its tables and may create roles, as by \
             `create role portico login createrole; create database portico owner portico`"
        }
        // TLS's own errors name the remedy.
        _ => "",
    };
    Failure::new(format_args!("{doing}: {error}{remedy}"))
}

/// Error that ends a command; printed for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Failure {
    text: String,
    status: u8,
}

impl Failure {
    fn new(text: impl std::fmt::Display) -> Self {
        Self { text: text.to_string(), status: 1 }
    }

    /// The same failure, with an exit status that tells its caller what to do.
    fn with_status(self, status: u8) -> Self {
        Self { status, ..self }
    }

    /// Exit status of the process.
    pub(crate) fn status(&self) -> ExitCode {
        ExitCode::from(self.status)
    }
}

impl Cli {
    /// Runs the command.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Demo(options) => demo::run(options).await,
            Command::Serve(options) => serve::run(*options).await,
            Command::Worker(options) => worker::run(options).await,
            Command::Migrate(options) => migrate::run(options).await,
            Command::Schema(options) => schema::run(options),
            Command::Cache(options) => cache::run(options).await,
            Command::Key(options) => key::run(options).await,
            Command::Seed(options) => seed::run(options).await,
            Command::InboundMail(options) => inbound_mail::run(*options).await,
            Command::Support(options) => support::run(options).await,
            Command::Company(options) => company::run(options).await,
        }
    }

    /// Exit status if a setting that all commands share is wrong.
    pub(crate) fn status_of_wrong_settings(&self) -> ExitCode {
        match self.command {
            Command::InboundMail(_) => ExitCode::from(TRY_AGAIN),
            _ => ExitCode::FAILURE,
        }
    }

    /// Whether the log is for people rather than machines.
    pub(crate) const fn is_for_people(&self) -> bool {
        !matches!(self.command, Command::Serve(_) | Command::Worker(_) | Command::InboundMail(_))
    }
}

/// Minimum length of a secret, in bytes.
const MIN_SECRET: usize = 32;

/// Checks the length of an installation's secret.
fn checked_secret(secret: &SecretString) -> Result<&[u8], Failure> {
    let secret = secret.expose_secret();
    if secret.len() < MIN_SECRET {
        let length = secret.len();
        return Err(Failure::new(format_args!(
            "--secret or PORTICO_SECRET has {length} characters; at least {MIN_SECRET} are required"
        )));
    }
    Ok(secret.as_bytes())
}

/// Prints to standard output. Ignores a closed pipe.
fn print_line(text: impl std::fmt::Display) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_print_no_secrets() {
        let url = "postgres://owner:hunter2@localhost/portico";
        let database = ["--database-url", url, "--login-password", "hunter2"];
        let owner = ["--owner-url", url, "--login-password", "hunter2"];
        let serve = ["--secret", "hunter2", "--redis-url", "redis://:hunter2@localhost"];
        let mail = ["--smtp-url", "smtps://user:hunter2@mail.example"];
        let read = |command: &str, options: &[&[&str]]| {
            let options = options.iter().copied().flatten().copied();
            Cli::try_parse_from(["portico", command].into_iter().chain(options)).expect("it can be read")
        };
        let bucket = ["--files-s3-key-id", "hunter2", "--files-s3-secret", "hunter2"];
        let worker = [&database[..], &serve[..2], &mail, &bucket, &["--public-url", "https://portal.example"]];
        let serve = read("serve", &[&database, &serve, &mail, &bucket]);
        for cli in [serve, read("worker", &worker), read("migrate", &[&owner])] {
            let printed = format!("{cli:?}");
            assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
        }
        let Command::Migrate(options) = read("migrate", &[&owner]).command else { panic!("it is another command") };
        let printed = format!("{:?}", options.database().expect("an address"));
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
