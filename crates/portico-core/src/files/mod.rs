//! Files and photos: names, types, limits, hashes and links. Without bytes: the store is in `portico-adapters`.

mod attachment;
pub mod content;
pub mod hash;
pub mod head;
pub mod images;
pub mod kinds;
pub mod limits;
pub mod link;
pub mod mail;
pub mod name;
pub mod scan;
pub mod sniff;

pub use attachment::{AttachmentRecord, AttachmentSharing, RecordState};
pub use kinds::*;
