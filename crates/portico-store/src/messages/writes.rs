//! Threads and messages, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, Role};
use portico_core::id::{
    CompanyId, IdentityId, MessageId, ProjectId, ProjectMembershipId, StaffMembershipId, TeamMemberId, ThreadId,
};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use uuid::Uuid;

use crate::StoreError;
use crate::memberships::Author;
use crate::schema::base::{
    identities, message_mentions, message_versions, messages, staff_invitations, staff_memberships, team_members,
    thread_reads, threads,
};

/// Whether a record has comments for an audience already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commented {
    /// The project has no such record.
    NoRecord,
    /// It has none yet.
    No,
    /// It has a thread of comments.
    Yes,
}

/// The record of a project that comments are to be about, which this transaction then holds: the comments for an audience, with a
/// trade partner if there is one, are one thread.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn commented_record(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    (subject, id): (ThreadSubject, Uuid),
    (audience, partner): (ThreadAudience, Option<ProjectMembershipId>),
) -> Result<Commented, StoreError> {
    // The name of the table is a constant of the registration.
    let query = format!(
        "select id from {} where id = $1 and company_id = $2 and project_id = $3 for no key update",
        subject.table()
    );
    let query = diesel::sql_query(query);
    let query = query.bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(company.0).bind::<SqlUuid, _>(project.0);
    if query.execute(connection).await? == 0 {
        return Ok(Commented::NoRecord);
    }
    let same = threads::table
        .filter(threads::project_id.eq(project))
        .filter(threads::subject_id.eq(id))
        .filter(threads::title.is_null())
        .filter(threads::audience.eq(audience))
        .filter(threads::trade_membership_id.is_not_distinct_from(partner));
    let is_there: bool = diesel::select(diesel::dsl::exists(same)).get_result(connection).await?;
    Ok(if is_there { Commented::Yes } else { Commented::No })
}

/// A thread to insert, without messages.
#[derive(Debug, Clone)]
pub struct NewThread {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The audience.
    pub audience: ThreadAudience,
    /// The kind.
    pub kind: ThreadKind,
    /// The trade partner of a thread with a trade partner.
    pub partner: Option<ProjectMembershipId>,
    /// The record that it is about.
    pub subject: (ThreadSubject, Uuid),
    /// The title; none for comments on a record, and for feedback.
    pub title: Option<String>,
}

/// Inserts a thread, which this transaction then holds.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_thread(
    connection: &mut AsyncPgConnection,
    new: NewThread,
    now: DateTime<Utc>,
) -> Result<StoredThread, StoreError> {
    let NewThread { company, project, audience, kind, partner, subject, title } = new;
    let id = ThreadId::generate();
    let row = (
        threads::id.eq(id),
        threads::company_id.eq(company),
        threads::project_id.eq(project),
        threads::audience.eq(audience),
        threads::kind.eq(kind),
        threads::trade_membership_id.eq(partner),
        threads::subject_kind.eq(subject.0),
        threads::subject_id.eq(subject.1),
        threads::title.eq(title),
        threads::created_at.eq(now),
        threads::last_message_at.eq(now),
        threads::message_count.eq(0),
    );
    diesel::insert_into(threads::table).values(row).execute(connection).await?;
    Ok(StoredThread { id, company, project, audience, partner, message_count: 0 })
}

/// A thread, as actions read it.
#[derive(Debug, Clone, Queryable)]
pub struct StoredThread {
    /// The thread.
    pub id: ThreadId,
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The audience.
    pub audience: ThreadAudience,
    /// The trade partner of a thread with a trade partner.
    pub partner: Option<ProjectMembershipId>,
    /// The number of messages.
    pub message_count: i32,
}

type ThreadColumns = (
    threads::id,
    threads::company_id,
    threads::project_id,
    threads::audience,
    threads::trade_membership_id,
    threads::message_count,
);
const THREAD: ThreadColumns = (
    threads::id,
    threads::company_id,
    threads::project_id,
    threads::audience,
    threads::trade_membership_id,
    threads::message_count,
);

/// A company's thread.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_thread(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ThreadId,
) -> Result<Option<StoredThread>, StoreError> {
    let own = threads::table.filter(threads::id.eq(id)).filter(threads::company_id.eq(company));
    Ok(own.select(THREAD).first(connection).await.optional()?)
}

/// A company's thread, locked, so that its messages are posted one after the other.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_thread(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ThreadId,
) -> Result<Option<StoredThread>, StoreError> {
    let own = threads::table.filter(threads::id.eq(id)).filter(threads::company_id.eq(company));
    Ok(own.select(THREAD).for_no_key_update().first(connection).await.optional()?)
}

/// A message to insert.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// The author.
    pub author: &'a Author,
    /// The text.
    pub body: String,
    /// The time.
    pub at: DateTime<Utc>,
}

/// Inserts the next message of a locked thread. The thread then counts it.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_message(
    connection: &mut AsyncPgConnection,
    thread: &StoredThread,
    new: NewMessage<'_>,
) -> Result<MessageId, StoreError> {
    let (id, position) = (MessageId::generate(), thread.message_count.saturating_add(1));
    let row = (
        messages::id.eq(id),
        messages::company_id.eq(thread.company),
        messages::project_id.eq(thread.project),
        messages::thread_id.eq(thread.id),
        messages::audience.eq(thread.audience),
        messages::position.eq(position),
        messages::author_id.eq(new.author.id),
        messages::author_kind.eq(new.author.kind),
        messages::author_name.eq(&new.author.name),
        messages::body.eq(new.body),
        messages::created_at.eq(new.at),
        messages::version.eq(1),
    );
    diesel::insert_into(messages::table).values(row).execute(connection).await?;
    let counted = (threads::message_count.eq(position), threads::last_message_at.eq(new.at));
    diesel::update(threads::table.find(thread.id)).set(counted).execute(connection).await?;
    Ok(id)
}

/// A message, locked.
#[derive(Debug, Clone, Queryable)]
pub struct LockedMessage {
    /// The message.
    pub id: MessageId,
    /// The thread.
    pub thread: ThreadId,
    /// The author.
    pub author: IdentityId,
    /// The capacity in which it was written.
    pub author_kind: AuthorKind,
    /// The text.
    pub body: String,
    /// Time of writing.
    pub created_at: DateTime<Utc>,
    /// Time of the last edit.
    pub edited_at: Option<DateTime<Utc>>,
    /// Increases with every edit.
    pub version: i32,
}

/// A company's message, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_message(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: MessageId,
) -> Result<Option<LockedMessage>, StoreError> {
    let own = messages::table.filter(messages::id.eq(id)).filter(messages::company_id.eq(company));
    let columns = (
        messages::id,
        messages::thread_id,
        messages::author_id,
        messages::author_kind,
        messages::body,
        messages::created_at,
        messages::edited_at,
        messages::version,
    );
    Ok(own.select(columns).for_no_key_update().first(connection).await.optional()?)
}

/// Replaces the text of a locked message, and keeps the former one as a version.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_message(
    connection: &mut AsyncPgConnection,
    thread: &StoredThread,
    message: &LockedMessage,
    body: String,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        message_versions::message_id.eq(message.id),
        message_versions::version.eq(message.version),
        message_versions::company_id.eq(thread.company),
        message_versions::project_id.eq(thread.project),
        message_versions::audience.eq(thread.audience),
        message_versions::body.eq(&message.body),
        message_versions::written_at.eq(message.edited_at.unwrap_or(message.created_at)),
    );
    diesel::insert_into(message_versions::table).values(row).execute(connection).await?;
    let change = (messages::body.eq(body), messages::edited_at.eq(now), messages::version.eq(message.version + 1));
    diesel::update(messages::table.find(message.id)).set(change).execute(connection).await?;
    Ok(())
}

/// A member of a project's team who is staff, as messages mention them.
#[derive(Debug, Clone, Queryable)]
pub struct MentionableStaff {
    /// The member of the team.
    pub member: TeamMemberId,
    /// The membership in the company's staff.
    pub staff: StaffMembershipId,
    role: Role,
    permissions: Vec<String>,
    name: String,
    /// The name in the invitation, and whether it was accepted.
    invited: Option<(String, Option<DateTime<Utc>>)>,
}

impl MentionableStaff {
    /// Whether this person reads threads of the audience.
    pub fn reads(&self, audience: ThreadAudience) -> bool {
        let has = |wanted: Permission| {
            self.role == Role::Owner || self.permissions.iter().any(|permission| permission == wanted.as_str())
        };
        has(Permission::ProjectsRead) && (audience == ThreadAudience::Client || has(Permission::MessagesInternal))
    }

    /// The name, as staff know it: as invited, until the person has accepted.
    pub fn name(&self) -> &str {
        match &self.invited {
            Some((name, None)) => name,
            _ => &self.name,
        }
    }
}

/// Members of a project's team who are present staff; with `is_shown`, those whom outsiders see.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn mentionable_staff(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    members: &[TeamMemberId],
    is_shown: bool,
) -> Result<Vec<MentionableStaff>, StoreError> {
    let current = staff_memberships::id.nullable().eq(team_members::staff_membership_id);
    let mut of_project = team_members::table
        .inner_join(staff_memberships::table.on(current))
        .inner_join(identities::table.on(identities::id.eq(staff_memberships::identity_id)))
        .left_join(staff_invitations::table.on(staff_invitations::membership_id.eq(staff_memberships::id)))
        .filter(staff_memberships::removed_at.is_null())
        .filter(team_members::project_id.eq(project))
        .filter(team_members::id.eq_any(members))
        .select((
            team_members::id,
            staff_memberships::id,
            staff_memberships::role,
            staff_memberships::permissions,
            identities::name,
            (staff_invitations::name, staff_invitations::accepted_at).nullable(),
        ))
        .into_boxed();
    if is_shown {
        of_project = of_project.filter(team_members::is_shown.eq(true));
    }
    Ok(of_project.load(connection).await?)
}

/// Stores the members of staff whom a message mentions.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_mentions(
    connection: &mut AsyncPgConnection,
    thread: &StoredThread,
    message: MessageId,
    staff: impl IntoIterator<Item = StaffMembershipId>,
) -> Result<(), StoreError> {
    let row = |staff| {
        (
            message_mentions::message_id.eq(message),
            message_mentions::staff_membership_id.eq(staff),
            message_mentions::company_id.eq(thread.company),
            message_mentions::project_id.eq(thread.project),
        )
    };
    let rows: Vec<_> = staff.into_iter().map(row).collect();
    diesel::insert_into(message_mentions::table).values(rows).on_conflict_do_nothing().execute(connection).await?;
    Ok(())
}

/// The position of a message in its thread; none for a message of another thread.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn position_of_message(
    connection: &mut AsyncPgConnection,
    thread: ThreadId,
    id: MessageId,
) -> Result<Option<i32>, StoreError> {
    let own = messages::table.filter(messages::id.eq(id)).filter(messages::thread_id.eq(thread));
    Ok(own.select(messages::position).first(connection).await.optional()?)
}

/// Marks a thread as read up to a position. A mark never moves back.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn mark_read(
    connection: &mut AsyncPgConnection,
    thread: &StoredThread,
    reader: IdentityId,
    position: i32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        thread_reads::thread_id.eq(thread.id),
        thread_reads::identity_id.eq(reader),
        thread_reads::company_id.eq(thread.company),
        thread_reads::project_id.eq(thread.project),
        thread_reads::position.eq(position),
        thread_reads::read_at.eq(now),
    );
    let marked = diesel::insert_into(thread_reads::table)
        .values(row)
        .on_conflict((thread_reads::thread_id, thread_reads::identity_id))
        .do_update()
        .set((thread_reads::position.eq(position), thread_reads::read_at.eq(now)));
    diesel::query_dsl::methods::FilterDsl::filter(marked, thread_reads::position.lt(position))
        .execute(connection)
        .await?;
    Ok(())
}
