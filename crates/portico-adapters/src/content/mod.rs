//! The program for untrusted content, `portico-content`: the worker starts one process for each photo, and some for each video.

mod clean;
mod folder;
mod probe;
mod program;
mod video;

pub use program::{ContentError, ContentProgram, ContentProgramError, MadeContent};
pub use video::VideoCopy;
