//! Worlds of any size, drawn from a number.
//!
//! [`seed`] writes the same rows, ids and times included, for the same [`Plan`], on any machine. A project does not
//! depend on how many follow it: the first ten of a world of a thousand are those of a world of ten. Sizes are as in
//! life, a few huge and many small (see `size.rs`); today is always the first day of 2026.

mod chance;
mod company;
mod people;
mod project;
mod schedule;
mod selections;
mod size;
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

/// Rows of a batch: enough that a statement for each table costs nothing, few enough for any memory. A project is never
/// divided; the largest have a few times as many.
const BATCH: usize = 20_000;

/// The world to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many projects; there is a company for about forty of them, and there are two at least.
    pub projects: u32,
    /// The number that the world is drawn from.
    pub seed: u64,
    /// Whether tokens open it, which follow from the seed: see [`SeedToken`].
    pub with_tokens: bool,
}

/// Progress of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Projects whose rows have been copied; they are visible once all have been.
    pub projects: u32,
    /// Rows that have been copied.
    pub rows: u64,
}

/// A world that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// Each table and its number of rows, in the order in which tables refer to each other.
    pub rows: Vec<(&'static str, u64)>,
    /// One for each role, if the plan asked for them.
    pub tokens: Vec<SeedToken>,
}

/// Rows of some projects in sequence.
#[derive(Default)]
struct Batch {
    rows: Rows,
    /// How many projects there are up to the end of this batch.
    projects: u32,
}

/// Fills a migrated, empty database as the owner of its tables, and gathers statistics for the planner.
///
/// All rows come in one transaction: a seed that is interrupted, even by a kill, leaves nothing but space on the disk,
/// which the next vacuum gives back. Memory is bounded, whatever the number of projects.
///
/// # Errors
///
/// [`LoadError`]; then the database is as it was.
pub async fn seed(database: &Database, plan: Plan, mut on_progress: impl FnMut(Progress)) -> Result<Seeded, LoadError> {
    let mut load = Load::begin(database).await?;
    // One batch is made while the one before it is copied.
    let (sender, mut batches) = mpsc::channel(1);
    let maker = tokio::task::spawn_blocking(move || make(plan, &sender));
    while let Some(Batch { rows, projects }) = batches.recv().await {
        load.copy(&rows).await?;
        on_progress(Progress { projects, rows: load.rows() });
    }
    // The channel also closes when the maker panics, and then this is not the whole.
    let tokens = maker.await.map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(Seeded { rows: load.finish().await?, tokens })
}

/// Makes the world batch by batch, until it is whole or the receiver is gone. Returns its tokens.
fn make(plan: Plan, batches: &mpsc::Sender<Batch>) -> Vec<SeedToken> {
    let seed = Seed::new(plan.seed);
    let mut batch = Batch::default();
    for index in 0..plan.projects {
        let known = if index == 0 { 0 } else { size::companies(index) };
        for company in known..size::companies(index + 1) {
            Company::of(&seed, company).put(&seed, &mut batch.rows);
        }
        Site::new(&seed, index, &mut batch.rows).put();
        batch.projects = index + 1;
        if batch.rows.len() >= BATCH && batches.blocking_send(std::mem::take(&mut batch)).is_err() {
            return Vec::new();
        }
    }
    let tokens = tokens::put(&seed, plan.with_tokens, &mut batch.rows);
    batch.projects = plan.projects;
    // The receiver reports why it has stopped.
    let _ = batches.blocking_send(batch);
    tokens
}

/// The day so many days after today, or before it.
fn day(offset: i32) -> NaiveDate {
    TODAY + TimeDelta::days(offset.into())
}

/// A time of that day, within working hours on the Pacific coast.
fn moment(offset: i32) -> DateTime<Utc> {
    let minutes = TimeDelta::minutes((offset.unsigned_abs() % 480).into());
    (day(offset).and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(16) + minutes).and_utc()
}
