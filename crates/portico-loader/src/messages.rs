//! Threads and their messages.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{MessageId, ProjectId, ThreadId};
use portico_core::messages::{ThreadAudience, ThreadList};
use portico_core::page::{Paged, Slice};
pub use portico_store::messages::{MessageMentionRow, MessageRow, MessageVersionRow, ThreadRow, ThreadUnreadRow};
use portico_store::messages::{
    count_messages_of_threads, count_threads_of_projects, mentions_of_messages, messages_by_id, messages_of_threads,
    threads_by_id, threads_of_projects, threads_of_records, unreads_in_projects, unreads_of_threads,
    versions_of_messages,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;
use uuid::Uuid;

use crate::gather::{loads_many, loads_one, page_each};
use crate::pages::loads_pages;
use crate::uncached::loads_uncached;
use crate::{CachePolicy, Key};

loads_one! {
    /// A thread.
    ThreadById(ThreadId) => ThreadRow, threads_by_id, by id
}
loads_many! {
    /// Threads about a record, oldest first.
    ThreadsOfRecord(in project, Uuid) => ThreadRow, threads_of_records, by subject_id
}
loads_one! {
    /// A message.
    MessageById(MessageId) => MessageRow, messages_by_id, by id
}
loads_many! {
    /// Earlier texts of a message, oldest first.
    VersionsOfMessage(in project, MessageId) => MessageVersionRow, versions_of_messages, by message_id
}
loads_many! {
    /// Members of staff whom a message mentions, by name.
    MentionsOfMessage(in project, MessageId) => MessageMentionRow, mentions_of_messages, by message_id
}
loads_uncached! {
    /// The viewer's unread messages of a thread. Not cached: each reader has their own mark, without a generation.
    UnreadOfThread(ThreadId) => ThreadUnreadRow, unreads_of_threads, by thread_id
}

loads_pages! {
    by ThreadList;
    /// A page of a project's threads, by their last message, newest first.
    ThreadsOfProject => ThreadRow, threads_of_projects;
    /// The number of threads of a project in a list.
    ThreadCount, count_threads_of_projects;
}

/// A page of a thread's messages, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MessagesOfThread {
    /// The project.
    pub project: ProjectId,
    /// The thread.
    pub thread: ThreadId,
    /// The slice.
    pub slice: Slice,
}

impl Key for MessagesOfThread {
    type Value = Arc<Paged<Arc<MessageRow>>>;

    const KIND: &'static str = "MessagesOfThread";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<(ProjectId, ThreadId)>> = HashMap::new();
        for key in keys {
            by_slice.entry(key.slice).or_default().push((key.project, key.thread));
        }
        let mut pages = HashMap::new();
        for (slice, threads) in by_slice {
            let rows = messages_of_threads(session, threads, &slice).await?;
            let key = |row: &MessageRow| Self { project: row.project_id, thread: row.thread_id, slice: slice.clone() };
            pages.extend(page_each(rows, session.viewer(), &slice, key));
        }
        Ok(pages)
    }
}

/// The number of messages of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct MessageCount(pub ProjectId, pub ThreadId);

impl Key for MessageCount {
    type Value = i64;

    const KIND: &'static str = "MessageCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.0))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let of = keys.into_iter().map(|key| (key.0, key.1)).collect();
        let counts = count_messages_of_threads(session, of).await?;
        Ok(counts.into_iter().map(|(project, thread, count)| (Self(project, thread), count)).collect())
    }
}

/// The viewer's unread messages in a project, of one audience or of all that the viewer reads. Not cached, as
/// [`UnreadOfThread`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct UnreadInProject {
    /// The project.
    pub project: ProjectId,
    /// The audience.
    pub audience: Option<ThreadAudience>,
}

impl Key for UnreadInProject {
    type Value = i64;

    const KIND: &'static str = "UnreadInProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut projects: Vec<_> = keys.into_iter().map(|key| key.project).collect();
        projects.sort();
        projects.dedup();
        let mut counts: HashMap<Self, i64> = HashMap::new();
        for (project, audience, unread) in unreads_in_projects(session, projects).await? {
            let unread = unread.unwrap_or_default();
            for audience in [None, Some(audience)] {
                *counts.entry(Self { project, audience }).or_default() += unread;
            }
        }
        Ok(counts)
    }
}
