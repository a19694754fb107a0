//! What can be wrong with the files of a world.

/// Why a world could not be read. Each names the file and the thing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WorldError {
    /// The file is not TOML, has a key that nobody knows, or lacks one that is needed.
    #[error("{file}: {message}")]
    Unreadable {
        /// The file, as it is called in its folder.
        file: String,
        /// What is wrong, with the line.
        message: String,
    },
    /// The file stands where no file of a world does.
    #[error("{file}: a world has no such file")]
    Misplaced {
        /// The file.
        file: String,
    },
    /// A file that a world cannot do without.
    #[error("{file}: this file is missing")]
    Missing {
        /// The file.
        file: String,
    },
    /// Something refers to a thing that there is not.
    #[error("{file}: nothing is called `{path}`")]
    Unknown {
        /// The file with the reference.
        file: String,
        /// The path that the thing would have.
        path: String,
    },
    /// Two things have the same name.
    #[error("{file}: `{path}` is there twice")]
    Duplicate {
        /// The file with the second of them.
        file: String,
        /// The path of both.
        path: String,
    },
    /// A value that does not fit with others.
    #[error("{file}: `{path}`: {message}")]
    Unfit {
        /// The file.
        file: String,
        /// The thing that has the value.
        path: String,
        /// What does not fit.
        message: String,
    },
}
