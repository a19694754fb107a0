//! Albums and covers of projects, as they are read and as actions write them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Audience, Viewer};
use portico_core::files::{FileSharing, FileState};
use portico_core::id::{AlbumId, CompanyId, FileId, ProjectId, ProjectMembershipId};
use portico_store_macros::{role_view, row_change};

use crate::by_key::rows_by_key;
use crate::fragment::lower;
use crate::schema::base;
use crate::visible::Visible;
use crate::{Differences, StoreError};

/// An album of files.
#[role_view(albums(id))]
pub struct AlbumRow {
    /// The album.
    pub id: AlbumId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The name.
    pub name: String,
    /// Whether clients see it.
    pub shared_with_clients: bool,
    /// Sort order in the project.
    pub sort: i32,
}

/// The photo that stands for a project.
#[role_view(project_covers(project_id))]
pub struct ProjectCoverRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The photo.
    pub file_id: FileId,
    /// State of the file.
    pub file_state: FileState,
    /// Whether clients see the file; none for trade partners.
    pub shared_with_clients: Option<bool>,
    /// The trade partner who reads; none for others.
    pub trade_membership_id: Option<ProjectMembershipId>,
}

impl Visible for AlbumRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && match viewer.audience() {
                Audience::Staff => true,
                Audience::Client => self.shared_with_clients,
                _ => false,
            }
    }
}

impl Visible for ProjectCoverRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let sharing = FileSharing {
            company: self.company_id,
            project: self.project_id,
            state: self.file_state,
            with_clients: self.shared_with_clients,
            partner: self.trade_membership_id,
        };
        sharing.is_open_to(viewer)
    }
}

rows_by_key! {
    /// Albums by id.
    albums_by_id(AlbumId) -> AlbumRow = albums by id;
    /// Albums of projects.
    albums_of_projects(ProjectId) -> AlbumRow = albums by project_id in order of sort, id;
    /// Albums of known projects.
    albums_in_projects(in project, AlbumId) -> AlbumRow = albums by id;
    /// Covers of projects.
    covers_of_projects(ProjectId) -> ProjectCoverRow = project_covers by project_id;
}

/// Changes of an album; none keeps the current value.
#[row_change(albums, AlbumId)]
pub struct AlbumChange {
    /// The name.
    pub name: Option<String>,
    /// Whether clients see it.
    pub shared_with_clients: Option<bool>,
    /// The sort order among the project's albums.
    pub sort: Option<i32>,
}

/// The project of a company's album, which is locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn project_of_album(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: AlbumId,
) -> Result<Option<ProjectId>, StoreError> {
    use base::albums;
    let own = albums::table.filter(albums::company_id.eq(company)).filter(albums::id.eq(id));
    Ok(own.select(albums::project_id).for_update().first(connection).await.optional()?)
}

/// The number of a project's albums, and whether one other than `but` has this name, ignoring case.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn albums_like(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    name: &str,
    but: Option<AlbumId>,
) -> Result<(usize, bool), StoreError> {
    use base::albums;
    let all = albums::table.filter(albums::project_id.eq(project));
    // Compared by PostgreSQL, as by the index: other rules for letters differ.
    let is_same = lower(albums::name).eq(lower(name));
    let all: Vec<(AlbumId, bool)> = all.select((albums::id, is_same)).load(connection).await?;
    let is_taken = all.iter().any(|(id, is_same)| Some(*id) != but && *is_same);
    Ok((all.len(), is_taken))
}

/// Adds an album to a project, last unless a sort order is given.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_album(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    new: AlbumChange,
) -> Result<AlbumId, StoreError> {
    use base::albums;
    let sort = match new.sort {
        Some(sort) => sort,
        None => {
            let all = albums::table.filter(albums::project_id.eq(project));
            let last: Option<i32> = all.select(diesel::dsl::max(albums::sort)).first(connection).await?;
            last.map_or(1, |last| last.saturating_add(1))
        }
    };
    let id = AlbumId::generate();
    let row = (
        albums::id.eq(id),
        albums::company_id.eq(company),
        albums::project_id.eq(project),
        albums::name.eq(new.name.unwrap_or_default()),
        albums::shared_with_clients.eq(new.shared_with_clients.unwrap_or(true)),
        albums::sort.eq(sort),
    );
    diesel::insert_into(albums::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Changes an album. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_album(
    connection: &mut AsyncPgConnection,
    id: AlbumId,
    change: AlbumChange,
) -> Result<Differences<AlbumChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(base::albums::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Deletes an album. Its files remain, without an album.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_album(connection: &mut AsyncPgConnection, id: AlbumId) -> Result<(), StoreError> {
    diesel::delete(base::albums::table.find(id)).execute(connection).await?;
    Ok(())
}

/// Puts a file into an album of its project, or into none.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn move_to_album(
    connection: &mut AsyncPgConnection,
    file: FileId,
    album: Option<AlbumId>,
) -> Result<(), StoreError> {
    use base::files;
    diesel::update(files::table.find(file)).set(files::album_id.eq(album)).execute(connection).await?;
    Ok(())
}

/// The photo that stands for a project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn cover_of(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<Option<FileId>, StoreError> {
    let cover = base::project_covers::table.find(project).select(base::project_covers::file_id);
    Ok(cover.first(connection).await.optional()?)
}

/// Sets the photo that stands for a project; none removes it.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_cover(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    file: Option<FileId>,
) -> Result<(), StoreError> {
    use base::project_covers as covers;
    diesel::delete(covers::table.find(project)).execute(connection).await?;
    if let Some(file) = file {
        let row = (covers::project_id.eq(project), covers::company_id.eq(company), covers::file_id.eq(file));
        diesel::insert_into(covers::table).values(row).execute(connection).await?;
    }
    Ok(())
}
