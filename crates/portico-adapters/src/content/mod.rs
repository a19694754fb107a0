//! The program for untrusted content, `portico-content`: the worker starts one process for each photo.

mod folder;
mod program;

pub use program::{ContentError, ContentProgram, ContentProgramError};
