//! Notes among staff.

text_enum! {
    /// What an internal note is about.
    pub enum NoteSubject {
        /// The project as a whole.
        Project = "PROJECT",
        /// A task of its schedule.
        Task = "TASK",
        /// A selection.
        Selection = "SELECTION",
    }
}
