//! Internal notes.

use portico_core::id::InternalNoteId;
pub use portico_store::messages::InternalNoteRow;
use portico_store::messages::{notes_by_id, notes_of_subjects};
use uuid::Uuid;

use crate::gather::{loads_many, loads_one};

loads_one! {
    /// A note.
    NoteById(InternalNoteId) => InternalNoteRow, notes_by_id, by id
}
loads_many! {
    /// Notes on a subject, oldest first.
    NotesOfSubject(in project, Uuid) => InternalNoteRow, notes_of_subjects, by subject_id
}
