//! `portico company`

use clap::{Args, Subcommand};
use portico_actions::company::{CompanyCreate, CompanyList};
use portico_store::Store;

use super::hosts::HostOptions;
use super::{DatabaseOptions, Failure, print_line};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Create a company and invite its first owner by email; safe to repeat with the same values
    Create {
        #[command(flatten)]
        hosts: HostOptions,
        /// The slug: lowercase letters, digits and hyphens, such as alderbrook; immutable
        #[arg(long)]
        slug: String,
        /// The name, as clients read it
        #[arg(long)]
        name: String,
        /// The region, whose host serves its invitations: US, CA, AU, NZ, EU or GB
        #[arg(long)]
        region: String,
        /// The email address of the first owner
        #[arg(long, value_name = "ADDRESS")]
        owner_email: String,
        /// The name of the first owner; by default the part of the address before the @
        #[arg(long, value_name = "NAME")]
        owner_name: Option<String>,
    },
    /// List all companies: slug, region, portal host, name
    List,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    match options.what {
        What::Create { hosts, slug, name, region, owner_email, owner_name } => {
            let hosts = hosts.hosts()?.ok_or_else(|| {
                Failure::new(
                    "--config or PORTICO_CONFIG is needed, or for a trial --public-url or PORTICO_PUBLIC_URL: it defines the host of the invitation link",
                )
            })?;
            let writer = Store::operator(&options.database.migrated().await?);
            #[expect(clippy::disallowed_methods, reason = "a command has no request whose clock it could ask")]
            let now = chrono::Utc::now();
            let email = owner_email.clone();
            let action = CompanyCreate { slug, name, region, owner_email, owner_name };
            let created = action.run(&writer, &hosts, now).await.map_err(Failure::new)?;
            let slug = created.company.slug;
            if created.is_new {
                print_line(format_args!("{slug} created. The worker will email the invitation to {email}."));
            } else {
                print_line(format_args!("{slug} already exists with these values; nothing changed."));
            }
        }
        What::List => {
            let writer = Store::operator(&options.database.migrated().await?);
            for company in CompanyList.run(&writer).await.map_err(Failure::new)? {
                let host = company.portal_host.as_deref().unwrap_or("-");
                print_line(format_args!("{}  {}  {host}  {}", company.slug, company.region, company.name));
            }
        }
    }
    Ok(())
}
