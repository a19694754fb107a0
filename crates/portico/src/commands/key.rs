//! `portico key`

use clap::Args;
use portico_actions::people::KeyCreate;
use portico_core::people::PermissionSet;
use portico_store::{PoolSizes, Store};
use secrecy::ExposeSecret;

use super::schema::parse_permissions;
use super::{DatabaseOptions, Failure, say};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The company's short name
    #[arg(long)]
    company: String,
    /// The address of the member of staff in whose name the key reads
    #[arg(long, value_name = "EMAIL")]
    creator: String,
    /// What the key is for
    #[arg(long)]
    name: String,
    /// A permission of the key, such as COSTS_VIEW; may be repeated
    #[arg(long = "with", value_name = "PERMISSION", required = true, value_parser = parse_permissions)]
    permissions: Vec<PermissionSet>,
    /// The number of a project that it may read; may be repeated; all projects if none is given
    #[arg(long = "project", value_name = "NUMBER")]
    projects: Vec<String>,
    /// How many days it lives
    #[arg(long, default_value_t = 90)]
    days: u32,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let store = Store::new(&options.database.migrated().await?, PoolSizes::default());
    let action = KeyCreate {
        company: options.company,
        creator_email: options.creator,
        name: options.name,
        permissions: options.permissions.iter().flat_map(|set| set.iter()).collect(),
        projects: (!options.projects.is_empty()).then_some(options.projects),
        days: options.days,
    };
    #[expect(clippy::disallowed_methods, reason = "a command has no request whose clock it could ask")]
    let now = chrono::Utc::now();
    let key = action.run(&store.writer(), now).await.map_err(Failure::new)?;
    say(format_args!(
        "{}\nIt is shown this once, and works until {}.",
        key.token.expose_secret(),
        key.expires_at.format("%F %R UTC")
    ));
    Ok(())
}
