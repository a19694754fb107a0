//! Work on content that strangers send, in a process of its own: whatever a codec can be made to do, it has no database, no network,
//! no files and a limit of memory and time.
//!
//! The library does the work; the binary limits itself first. What it answers is in `portico_core::files::content`.

mod encode;
mod facts;
pub mod limits;
mod photo;
#[cfg(feature = "samples")]
pub mod samples;

pub use photo::{Unfit, Upright, images_of};
