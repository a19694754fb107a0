//! The states of projects, as a window shows them, and what else kept rows depend on.

use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection;
use portico_core::generations::{Generation, Owner};
use portico_core::id::{CompanyId, ProjectId};
use uuid::Uuid;

use crate::migrate::WINDOWS;
use crate::schema::generations;
use crate::{Database, SeenBy, StoreError};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = generations, check_for_backend(diesel::pg::Pg))]
struct GenerationRow {
    project_id: ProjectId,
    company_id: CompanyId,
    project_generation: Uuid,
    company_generation: Uuid,
}

/// The generations of these projects and of their companies, in the moment in which `seen` reads. A project that is not
/// the viewer's, or no longer, has none: so whatever has one was read for somebody who may see it.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn generations_of(seen: &SeenBy, projects: Vec<ProjectId>) -> Result<Vec<(Owner, Generation)>, StoreError> {
    let wanted = generations::table.filter(generations::project_id.eq_any(projects));
    let rows: Vec<GenerationRow> = seen.load(wanted.select(GenerationRow::as_select())).await?;
    let of_row = |row: GenerationRow| {
        let project = Generation::of_project(row.project_generation, row.company_generation);
        let company = Generation::of_company(row.company_generation);
        [(Owner::Project(row.project_id), project), (Owner::Company(row.company_id), company)]
    };
    Ok(rows.into_iter().flat_map(of_row).collect())
}

/// Forgets all that is kept anywhere: for after a restore or a promotion, when generations have gone back in time.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or has not been migrated.
pub async fn reset_caches(database: &Database) -> Result<(), StoreError> {
    let mut owner = database.connect_as_owner().await?;
    Ok(owner.batch_execute("update caching.epoch set value = gen_random_uuid()").await?)
}

/// A digest of how rows are read and laid out. Two versions of the gateway that differ in it do not share what they keep.
pub fn shape() -> [u8; 8] {
    /// Where rows are declared; a test holds that none is missing.
    const ROWS: [&str; 5] = [
        include_str!("projects/rows.rs"),
        include_str!("portal.rs"),
        include_str!("schedule/rows.rs"),
        include_str!("selections/rows.rs"),
        include_str!("messages.rs"),
    ];
    let mut hasher = blake3::Hasher::new();
    for text in WINDOWS.iter().chain(&ROWS) {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    let mut shape = [0; 8];
    hasher.finalize_xof().fill(&mut shape);
    shape
}
