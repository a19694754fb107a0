//! A world of any size, made up from a number: companies, projects and people by chance that falls the same way each time.
//!
//! [`seed`] writes the same rows, ids and instants included, for the same [`Plan`], on any machine. A project does not
//! depend on how many follow it: the first ten of a world of a thousand are those of a world of ten. Sizes are as they
//! are in life, a few huge and many small (see `size.rs`); today is always the first day of 2026.

mod batch;
mod calendar;
mod chance;
mod company;
mod copy;
mod leads;
mod load;
mod markets;
mod members;
mod notes;
mod people;
mod portal;
mod project;
mod schedule;
mod selections;
mod size;
mod tables;
mod tokens;
mod words;

use tokio::sync::mpsc;

pub use tokens::SeedToken;

use crate::{Database, StoreError, migrate};
use batch::Batch;
use chance::Seed;
use company::Company;
use load::Load;
use project::Site;

/// What world is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many projects; there is a company for about forty of them, and there are two at least.
    pub projects: u32,
    /// From what number chance is drawn.
    pub seed: u64,
    /// Whether tokens open it, which follow from the seed: see [`SeedToken`].
    pub with_tokens: bool,
}

/// How far a seed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Projects whose rows the database has taken, though none of them is to be seen before the end.
    pub projects: u32,
    /// All rows that it has taken.
    pub rows: u64,
}

/// What has been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// Each table of the business and its number of rows, in the order in which they refer to each other.
    pub rows: Vec<(&'static str, u64)>,
    /// One for each role, if the plan asked for them.
    pub tokens: Vec<SeedToken>,
}

/// Why there is no new world.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database lacks tables, or columns of them.
    #[error("the database is not up to date: run `portico migrate` first")]
    NotMigrated,
    /// Made-up rows and real ones could not be told apart again.
    #[error("the database has companies already, and a seed is for an empty one")]
    NotEmpty,
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills a migrated, empty database as the owner of its tables, and gathers statistics for the planner.
///
/// All rows come in one transaction: nobody sees a part of the world, and of a seed that is cut short, even by a kill,
/// nothing remains but the space on the disk, which the next vacuum gives back. Memory is bounded, whatever the number of
/// projects. `on_progress` is called now and then.
///
/// # Errors
///
/// [`SeedError`]; then the database is as it was.
pub async fn seed(database: &Database, plan: Plan, mut on_progress: impl FnMut(Progress)) -> Result<Seeded, SeedError> {
    if !migrate::is_current(database).await? {
        return Err(SeedError::NotMigrated);
    }
    let mut load = Load::begin(database).await?.ok_or(SeedError::NotEmpty)?;
    // One batch is made while the one before it is copied.
    let (sender, mut batches) = mpsc::channel(1);
    let maker = tokio::task::spawn_blocking(move || make(plan, &sender));
    while let Some(batch) = batches.recv().await {
        let batch: Batch = batch;
        let projects = batch.projects;
        load.copy(batch).await?;
        on_progress(Progress { projects, rows: load.rows() });
    }
    // The channel also closes when making them fails, and then this is not the whole.
    maker.await.map_err(|error| StoreError::Failed(error.to_string()))?;
    let rows = load.finish().await?;
    let tokens = if plan.with_tokens { tokens::tokens(&Seed::new(plan.seed)) } else { Vec::new() };
    Ok(Seeded { rows, tokens })
}

/// Makes the world batch by batch, until it is whole or nobody takes any more.
fn make(plan: Plan, batches: &mpsc::Sender<Batch>) {
    let seed = Seed::new(plan.seed);
    let mut batch = Batch::new();
    let mut known = 0;
    for index in 0..plan.projects {
        let companies = size::companies(index + 1);
        for company in known..companies {
            Company::of(&seed, company).put(&seed, &mut batch);
        }
        known = companies;
        put_project(&mut Site::new(&seed, index, &mut batch));
        batch.projects = index + 1;
        if batch.is_full() && batches.blocking_send(std::mem::replace(&mut batch, Batch::new())).is_err() {
            return;
        }
    }
    if plan.projects > 0 {
        tokens::put_agent(&seed, &mut batch);
    }
    if plan.with_tokens && plan.projects > 0 {
        tokens::put(&seed, &mut batch);
    }
    batch.projects = plan.projects;
    // Whoever takes them says himself why he has stopped.
    let _ = batches.blocking_send(batch);
}

fn put_project(site: &mut Site<'_>) {
    site.put();
    members::put(site);
    let published = schedule::put(site);
    selections::put(site);
    notes::put(site, published);
}
