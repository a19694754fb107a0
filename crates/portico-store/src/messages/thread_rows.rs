//! Rows of threads and their messages.
//!
//! Each row has the audience of its thread, and is checked by it alone.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, IdentityId, MessageId, ProjectId, ProjectMembershipId, StaffMembershipId, ThreadId};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::by_key::rows_by_key;
use crate::visible::Visible;

/// A thread of messages.
#[role_view(threads(id), queried(search_text))]
pub struct ThreadRow {
    /// The thread.
    pub id: ThreadId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its audience, which never changes.
    pub audience: ThreadAudience,
    /// Its kind.
    pub kind: ThreadKind,
    /// The trade partner of a thread with a trade partner; none for clients.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// Kind of the record that it is about.
    pub subject_kind: ThreadSubject,
    /// The record, which its reader may not see.
    pub subject_id: Uuid,
    /// The title; none for comments on a record.
    pub title: Option<String>,
    /// Time of the start.
    pub created_at: DateTime<Utc>,
    /// Time of the last message.
    pub last_message_at: DateTime<Utc>,
    /// Number of messages.
    pub message_count: i32,
}

/// A message of a thread.
#[role_view(messages(id), queried(search_text))]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its thread.
    pub thread_id: ThreadId,
    /// Audience of the thread.
    pub audience: ThreadAudience,
    /// The trade partner of the thread; none for clients.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// Position in the thread, from 1.
    pub position: i32,
    /// The person who wrote it.
    pub author_id: IdentityId,
    /// The capacity in which it was written.
    pub author_kind: AuthorKind,
    /// Name of the author at the time of writing.
    pub author_name: String,
    /// The text.
    pub body: String,
    /// Time of writing.
    pub created_at: DateTime<Utc>,
    /// Time of the last edit.
    pub edited_at: Option<DateTime<Utc>>,
    /// Increases with every edit.
    pub version: i32,
}

/// An earlier text of an edited message.
#[role_view(message_versions(message_id, version))]
pub struct MessageVersionRow {
    /// The message.
    pub message_id: MessageId,
    /// Version of the message that had this text.
    pub version: i32,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Audience of the thread.
    pub audience: ThreadAudience,
    /// The trade partner of the thread; none for clients.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// The text.
    pub body: String,
    /// When this text was written.
    pub written_at: DateTime<Utc>,
}

/// A member of staff whom a message mentions.
#[role_view(message_mentions(message_id, staff_membership_id))]
pub struct MessageMentionRow {
    /// The message.
    pub message_id: MessageId,
    /// The member of staff.
    pub staff_membership_id: StaffMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// Audience of the thread.
    pub audience: ThreadAudience,
    /// Name of the member of staff.
    pub name: String,
}

/// Number of messages of a thread that the reader has not read.
#[role_view(thread_unreads(thread_id))]
pub struct ThreadUnreadRow {
    /// The thread.
    pub thread_id: ThreadId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its audience.
    pub audience: ThreadAudience,
    /// The trade partner of the thread; none for clients.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// Messages of others after the reader's mark.
    pub unread_count: i32,
}

/// Makes rows of a thread visible to its audience.
macro_rules! visible_to_audience {
    ($($row:ty),+ $(,)?) => {$(
        impl Visible for $row {
            fn visible_to(&self, viewer: &Viewer) -> bool {
                self.audience.is_open_to(viewer, self.company_id, self.project_id, self.trade_membership_id)
            }
        }
    )+};
}
visible_to_audience!(ThreadRow, MessageRow, MessageVersionRow, ThreadUnreadRow);

impl Visible for MessageMentionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.is_staff() && self.audience.is_open_to(viewer, self.company_id, self.project_id, None)
    }
}

rows_by_key! {
    /// Threads by id.
    threads_by_id(ThreadId) -> ThreadRow = threads by id;
    /// Messages by id.
    messages_by_id(MessageId) -> MessageRow = messages by id;
    /// Earlier texts of messages, oldest first.
    versions_of_messages(in project, MessageId) -> MessageVersionRow = message_versions by message_id in order of version;
    /// Members of staff whom messages mention, by name.
    mentions_of_messages(in project, MessageId) -> MessageMentionRow
        = message_mentions by message_id in order of name, staff_membership_id;
    /// Unread messages of threads.
    unreads_of_threads(ThreadId) -> ThreadUnreadRow = thread_unreads by thread_id;
}
