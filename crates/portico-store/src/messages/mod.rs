//! Internal notes.

mod rows;

pub use rows::{InternalNoteRow, notes_by_id, notes_of_subjects};
