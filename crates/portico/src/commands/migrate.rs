//! `portico migrate`

use super::{DatabaseOptions, Failure, say};

pub(super) async fn run(options: DatabaseOptions) -> Result<(), Failure> {
    portico_store::migrate::migrate(&options.database()?).await.map_err(Failure::new)?;
    say("the tables and windows are up to date");
    Ok(())
}
