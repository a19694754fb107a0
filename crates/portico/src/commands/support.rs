//! `portico support`

use clap::{Args, Subcommand};
use portico_actions::support::{AgentAdd, AgentList, AgentRemove};
use portico_store::Store;

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
    /// Grant support access: the agent signs in with a link or the password of their account
    Begin {
        /// Email address of the agent
        #[arg(long)]
        email: String,
        /// Name of the agent, for an address without an account
        #[arg(long)]
        name: String,
        /// Host of the sign-in links: one of the platform's own
        #[arg(long)]
        host: String,
    },
    /// List support agents
    List,
    /// Revoke support access at once
    End {
        /// Email address of the agent
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let writer = Store::operator(&options.database.migrated().await?);
    #[expect(clippy::disallowed_methods, reason = "a command has no request whose clock it could ask")]
    let now = chrono::Utc::now();
    match options.what {
        What::Begin { email, name, host } => {
            let action = AgentAdd { email: email.clone(), name, host };
            let is_new = action.run(&writer, now).await.map_err(Failure::new)?;
            let of =
                if is_new { "is a support agent now" } else { "was a support agent already; the host was changed" };
            print_line(format_args!("{email} {of}. Request a link to sign in."));
        }
        What::List => {
            for agent in AgentList.run(&writer).await.map_err(Failure::new)? {
                print_line(format_args!("{}  at {}, since {}", agent.email, agent.host, agent.since.format("%F")));
            }
        }
        What::End { email } => {
            AgentRemove { email: email.clone() }.run(&writer, now).await.map_err(Failure::new)?;
            print_line(format_args!("{email} is not a support agent any more. Their support sessions have ended."));
        }
    }
    Ok(())
}
