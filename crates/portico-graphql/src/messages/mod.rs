//! Threads and their messages.

mod enums;
mod list;
mod message;
mod mutations;
mod thread;

pub(crate) use enums::{MessageAuthorKind, ThreadAudience, ThreadKind};
pub(crate) use list::{
    MessageConnection, ThreadConnection, ThreadFilter, messages_page, threads_about, threads_page, unread_in_project,
};
pub(crate) use message::Message;
pub(crate) use mutations::ThreadMutations;
pub(crate) use thread::Thread;
