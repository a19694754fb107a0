//! Threads and their messages.

mod list;
mod rows;
mod writes;

pub use list::{
    count_messages_of_threads, count_threads_of_projects, messages_of_threads, threads_of_projects, unreads_in_projects,
};
pub use rows::{
    MessageMentionRow, MessageRow, MessageVersionRow, ThreadRow, ThreadUnreadRow, mentions_of_messages, messages_by_id,
    threads_by_id, threads_of_records, unreads_of_threads, versions_of_messages,
};
pub use writes::{
    Commented, LockedMessage, NewMessage, NewThread, StoredThread, change_message, commented_record, find_thread,
    insert_mentions, insert_message, insert_thread, lock_message, lock_thread, mark_read, mentionable_staff,
    position_of_message,
};
