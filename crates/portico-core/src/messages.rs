//! Internal notes.

text_enum! {
    /// Subject of an internal note.
    pub enum NoteSubject {
        /// The project as a whole.
        Project = "PROJECT",
        /// A task of its schedule.
        Task = "TASK",
        /// A selection.
        Selection = "SELECTION",
    }
}
