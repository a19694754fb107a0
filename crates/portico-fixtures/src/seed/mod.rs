//! Worlds of any size, generated from a seed.
//!
//! [`seed`] writes the same rows, including ids and times, for the same [`Plan`], on any machine. A project does not
//! depend on the number of projects: the first ten of a world of a thousand are those of a world of ten. Sizes are
//! realistic: a few huge and many small ones (see `size.rs`); today is always the first day of 2026.

mod chance;
mod company;
mod decisions;
mod files;
mod people;
mod project;
mod schedule;
mod selections;
mod size;
mod threads;
mod tokens;
mod words;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use portico_store::{Database, StoreError};
use tokio::sync::mpsc;

pub use tokens::SeedToken;

use crate::Rows;
use crate::load::{Load, LoadError};
use chance::Seed;
use company::Company;
use project::Site;

/// Today in every seeded world: a clock would make two worlds of one seed differ.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date of the calendar");

/// Rows per batch: enough to make the statements per table negligible, few enough for any memory. A project is never
/// split; the largest have a few times as many.
const BATCH: usize = 20_000;

/// Options of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Number of projects; there is a company per forty projects, and at least two.
    pub projects: u32,
    /// The seed.
    pub seed: u64,
    /// Whether to create tokens, which are derived from the seed: see [`SeedToken`].
    pub with_tokens: bool,
}

/// Progress of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Projects whose rows have been copied; they become visible when all have been.
    pub projects: u32,
    /// Rows that have been copied.
    pub rows: u64,
}

/// A seeded world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// Number of rows per table, in the order of references.
    pub rows: Vec<(&'static str, u64)>,
    /// One per role, if the plan asked for them.
    pub tokens: Vec<SeedToken>,
}

/// Rows of some consecutive projects, and the number of projects up to the last one.
type Batch = (Rows, u32);

/// Fills a migrated, empty database. Runs as the owner of its tables, and gathers statistics for the planner.
///
/// All rows are written in one transaction: an interrupted or killed seed leaves only disk space, which the next vacuum
/// frees. Memory is bounded, whatever the number of projects.
///
/// # Errors
///
/// [`LoadError`]; the database is unchanged.
pub async fn seed(database: &Database, plan: Plan, mut on_progress: impl FnMut(Progress)) -> Result<Seeded, LoadError> {
    let mut load = Load::begin(database).await?;
    // A batch is generated while the previous one is copied.
    let (sender, mut batches) = mpsc::channel(1);
    let maker = tokio::task::spawn_blocking(move || make(plan, &sender));
    while let Some((rows, projects)) = batches.recv().await {
        load.copy(&rows).await?;
        on_progress(Progress { projects, rows: load.rows() });
    }
    // The channel also closes when the generator panics, and then the world is incomplete.
    let tokens = maker.await.map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(Seeded { rows: load.finish().await?, tokens })
}

/// Generates the world in batches, until it is complete or the receiver is dropped. Returns its tokens.
fn make(plan: Plan, batches: &mpsc::Sender<Batch>) -> Vec<SeedToken> {
    let seed = Seed::new(plan.seed);
    let mut rows = Rows::default();
    for index in 0..plan.projects {
        let known = if index == 0 { 0 } else { size::companies(index) };
        for company in known..size::companies(index + 1) {
            Company::of(&seed, company).put(&seed, &mut rows);
        }
        Site::new(&seed, index, &mut rows).put();
        if rows.len() >= BATCH && batches.blocking_send((std::mem::take(&mut rows), index + 1)).is_err() {
            return Vec::new();
        }
    }
    let tokens = tokens::put(&seed, plan.with_tokens, &mut rows);
    // The receiver reports why it has stopped.
    let _ = batches.blocking_send((rows, plan.projects));
    tokens
}

/// The day at this offset from today.
fn day(offset: i32) -> NaiveDate {
    TODAY + TimeDelta::days(offset.into())
}

/// A time on that day, within working hours on the Pacific coast.
fn moment(offset: i32) -> DateTime<Utc> {
    let minutes = TimeDelta::minutes((offset.unsigned_abs() % 480).into());
    (day(offset).and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(16) + minutes).and_utc()
}
