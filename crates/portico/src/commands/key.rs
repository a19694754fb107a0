//! `portico key`

use clap::Args;
use portico_actions::keys::KeyCreate;
use portico_core::access::PermissionSet;
use portico_store::Store;
use secrecy::ExposeSecret;

use super::schema::parse_permissions;
use super::{DatabaseOptions, Failure, print_line};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The company's slug
    #[arg(long)]
    company: String,
    /// Email address of the staff member whose permissions limit the key
    #[arg(long, value_name = "EMAIL")]
    creator: String,
    /// The name, which states the purpose of the key
    #[arg(long)]
    name: String,
    /// A permission of the key, such as COSTS_VIEW; may be repeated
    #[arg(long = "with", value_name = "PERMISSION", required = true, value_parser = parse_permissions)]
    permissions: Vec<PermissionSet>,
    /// The number of a project that the key may read; may be repeated; all projects by default
    #[arg(long = "project", value_name = "NUMBER")]
    projects: Vec<String>,
    /// The lifetime in days
    #[arg(long, default_value_t = 90)]
    days: u32,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let writer = Store::operator(&options.database.migrated().await?);
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
    let key = action.run(&writer, now).await.map_err(Failure::new)?;
    print_line(format_args!(
        "{}\nIt is shown only once, and expires at {}.",
        key.token.expose_secret(),
        key.expires_at.format("%F %R UTC")
    ));
    Ok(())
}
