//! Rows of internal notes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, InternalNoteId, ProjectId};
use portico_core::messages::NoteSubject;
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::by_key::rows_by_key;
use crate::visible::visible_to_staff_alone;

/// An internal note.
#[role_view(internal_notes(id))]
pub struct InternalNoteRow {
    /// The note.
    pub id: InternalNoteId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Kind of the subject.
    pub subject_kind: NoteSubject,
    /// The subject.
    pub subject_id: Uuid,
    /// The text.
    pub body: String,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Name of the author.
    pub author_name: String,
}
visible_to_staff_alone!(InternalNoteRow);

rows_by_key! {
    /// Notes by id.
    notes_by_id(InternalNoteId) -> InternalNoteRow = internal_notes by id;
    /// Notes on subjects of any kind, oldest first.
    notes_of_subjects(in project, Uuid) -> InternalNoteRow = internal_notes by subject_id in order of created_at, id;
}
