//! Notes among staff.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, InternalNoteId, ProjectId};
use portico_core::messages::NoteSubject;
use uuid::Uuid;

use crate::schema::internal_notes;
use crate::visible::visible_to_staff_alone;
use crate::{SeenBy, StoreError};

/// A note among staff.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = internal_notes, check_for_backend(diesel::pg::Pg))]
pub struct InternalNoteRow {
    /// The note.
    pub id: InternalNoteId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// What kind of thing it is about.
    pub subject_kind: NoteSubject,
    /// Which one.
    pub subject_id: Uuid,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Who wrote it.
    pub author_name: String,
}
visible_to_staff_alone!(InternalNoteRow);

/// Notes by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn notes_by_id(seen: &SeenBy, ids: Vec<InternalNoteId>) -> Result<Vec<InternalNoteRow>, StoreError> {
    seen.load(internal_notes::table.filter(internal_notes::id.eq_any(ids)).select(InternalNoteRow::as_select())).await
}

/// The notes about things of any kind, oldest first.
///
/// # Errors
///
/// As [`notes_by_id`].
pub async fn notes_of_subjects(seen: &SeenBy, subjects: Vec<Uuid>) -> Result<Vec<InternalNoteRow>, StoreError> {
    seen.load(
        internal_notes::table
            .filter(internal_notes::subject_id.eq_any(subjects))
            .order((internal_notes::created_at, internal_notes::id))
            .select(InternalNoteRow::as_select()),
    )
    .await
}
