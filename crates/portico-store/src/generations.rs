//! Generations of projects, and the digest of row layouts.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use portico_core::generations::{Generation, Owner};
use portico_core::id::{CompanyId, ProjectId};
use uuid::Uuid;

use crate::migrate::{GENERATIONS, ROLE_VIEWS};
use crate::schema::generations;
use crate::{Database, ReadSession, Store, StoreError, role_view};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = generations, check_for_backend(diesel::pg::Pg))]
struct GenerationRow {
    project_id: ProjectId,
    company_id: CompanyId,
    project_generation: Uuid,
    company_generation: Uuid,
}

/// The generations of these projects and of their companies, in the snapshot of `session`. A project that is not
/// visible to the viewer, or no longer, has none: so rows under a generation were read for a viewer who may see them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn generations_of(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<(Owner, Generation)>, StoreError> {
    let wanted = generations::table.filter(generations::project_id.eq_any(projects));
    let rows: Vec<GenerationRow> = session.load(wanted.select(GenerationRow::as_select())).await?;
    let of_row = |row: GenerationRow| {
        let project = Generation::of_project(row.project_generation, row.company_generation);
        let company = Generation::of_company(row.company_generation);
        [(Owner::Project(row.project_id), project), (Owner::Company(row.company_id), company)]
    };
    Ok(rows.into_iter().flat_map(of_row).collect())
}

/// Invalidates all caches: for use after a restore or a promotion, when generations have gone back in time.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or the database has not been migrated.
pub async fn reset_caches(database: &Database) -> Result<(), StoreError> {
    let reset = async |operator: &mut AsyncPgConnection| {
        operator.batch_execute("update caching.epoch set value = gen_random_uuid()").await.map_err(StoreError::from)
    };
    Store::operator(database).connection().await?.transaction(reset).await
}

/// A digest of how rows are read and laid out. Gateways with different digests do not share cached rows.
pub fn shape() -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    let declarations = role_view::STAFF.iter().chain(role_view::SUPPORT).map(|view| view.declaration);
    let files = ROLE_VIEWS.into_iter().chain([GENERATIONS]).map(|(_, text)| text);
    for text in files.chain(declarations) {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    let mut shape = [0; 8];
    hasher.finalize_xof().fill(&mut shape);
    shape
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn cached_rows_count_for_row_shape() {
        let mut count = 0;
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = fs::read_to_string(&path).unwrap();
            let derives =
                text.lines().find(|line| line.contains("Selectable") && line.trim_end().ends_with("Deserialize)]"));
            assert!(derives.is_none(), "{path:?}: a cached row is declared by `role_view`");
            count += text.lines().filter(|line| line.starts_with("#[role_view(")).count();
        }
        assert_eq!(count, super::role_view::STAFF.len() + super::role_view::SUPPORT.len());
    }
}
