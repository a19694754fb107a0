//! `portico migrate`

use super::{Failure, OwnerOptions, owner_failure, print_line};

pub(super) async fn run(options: OwnerOptions) -> Result<(), Failure> {
    let migrated = portico_store::migrate::migrate(&options.database()?).await;
    migrated.map_err(|error| owner_failure("Cannot migrate the database", &error))?;
    print_line("the tables and role views are up to date");
    Ok(())
}
