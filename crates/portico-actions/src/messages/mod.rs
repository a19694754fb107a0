//! Threads and messages of projects (docs/decisions/0032-threads.md).

mod feedback_send;
mod files;
mod message_edit;
mod message_mark_read;
mod message_post;
mod thread_start;
mod writing;

pub use feedback_send::FeedbackSend;
pub use files::MessageFiles;
pub use message_edit::{EDIT_LIFE, MessageEdit};
pub use message_mark_read::MessageMarkRead;
pub use message_post::MessagePost;
pub use thread_start::ThreadStart;
