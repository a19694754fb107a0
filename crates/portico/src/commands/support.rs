//! `portico support`

use clap::{Args, Subcommand};
use portico_actions::support::{AgentBegin, AgentEnd, AgentList};
use portico_store::{PoolSizes, Store};

use super::{DatabaseOptions, Failure, say};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Let somebody sign in as support: by a link that they ask for, or by the password of their account
    Begin {
        /// Their address
        #[arg(long)]
        email: String,
        /// How they are called, if nobody with this address is known yet
        #[arg(long)]
        name: String,
        /// The host to which their links lead: the platform's own, and no company's
        #[arg(long)]
        host: String,
    },
    /// Say who is of the support
    List,
    /// Put somebody out of the support, at once
    End {
        /// Their address
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let store = Store::new(&options.database.migrated().await?, PoolSizes::default());
    #[expect(clippy::disallowed_methods, reason = "a command has no request whose clock it could ask")]
    let now = chrono::Utc::now();
    match options.what {
        What::Begin { email, name, host } => {
            let action = AgentBegin { email: email.clone(), name, host };
            let is_new = action.run(&store.writer(), now).await.map_err(Failure::new)?;
            let of = if is_new { "is of the support now" } else { "was of the support before, and has this host now" };
            say(format_args!("{email} {of}; they ask for a link to sign in."));
        }
        What::List => {
            for agent in AgentList.run(&store.writer()).await.map_err(Failure::new)? {
                say(format_args!("{}  at {}, since {}", agent.email, agent.host, agent.since.format("%F")));
            }
        }
        What::End { email } => {
            AgentEnd { email: email.clone() }.run(&store.writer(), now).await.map_err(Failure::new)?;
            say(format_args!("{email} is not of the support any more, and is signed out of it."));
        }
    }
    Ok(())
}
