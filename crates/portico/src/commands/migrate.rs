//! `portico migrate`

use super::{DatabaseOptions, Failure, database_failure, say};

pub(super) async fn run(options: DatabaseOptions) -> Result<(), Failure> {
    let migrated = portico_store::migrate::migrate(&options.database()?).await;
    migrated.map_err(|error| database_failure("Cannot migrate the database", &error))?;
    say("the tables and role views are up to date");
    Ok(())
}
