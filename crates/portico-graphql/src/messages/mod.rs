//! Threads, their messages, and internal notes.

mod enums;
mod list;
mod message;
mod mutations;
mod note;
mod thread;

pub(crate) use enums::{MessageAuthorKind, ThreadAudience, ThreadKind};
pub(crate) use list::{
    MessageConnection, ThreadConnection, ThreadFilter, messages_page, threads_page, unread_in_project,
};
pub(crate) use message::Message;
pub(crate) use mutations::ThreadMutations;
pub(crate) use note::InternalNote;
pub(crate) use thread::Thread;
