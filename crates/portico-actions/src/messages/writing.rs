//! Checks and writes that all actions on messages share.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{
    CompanyId, MessageId, ProjectId, ProjectMembershipId, StaffMembershipId, TeamMemberId, ThreadId,
};
use portico_core::limits::caps;
use portico_core::messages::{AuthorKind, ThreadAudience};
use portico_core::portal::Feature;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::{Author, has_section, trade_membership};
use portico_store::messages::{
    NewMessage, StoredThread, insert_mentions, insert_message, mark_read, mentionable_staff,
};
use serde_json::json;
use uuid::Uuid;

use crate::refusal::ARCHIVED;
use crate::sessions::attempts;
use crate::{ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of a message, in characters.
const BODY: usize = 10_000;

/// Rejects an author who may not write to this audience, or in this project any longer, or who writes too much.
pub(super) async fn check_writing(
    work: &mut Work<'_>,
    author: &Author,
    audience: ThreadAudience,
) -> Result<(), ActionError> {
    if author.kind == AuthorKind::Company {
        work.staff(audience.writing_permission()).await?;
    }
    attempts::count_message(work.actor(), author.id).await?;
    if author.project_status == ProjectStatus::Archived {
        return Err(Refusal::new(RefusalCode::ProjectClosed, ARCHIVED).into());
    }
    Ok(())
}

/// Rejects a message of the company that no one else could read. `member` names the audience in the input.
pub(super) async fn check_readers(
    work: &mut Work<'_>,
    author: &Author,
    (company, project): (CompanyId, ProjectId),
    (audience, partner): (ThreadAudience, Option<ProjectMembershipId>),
    member: &str,
) -> Result<(), ActionError> {
    if author.kind != AuthorKind::Company {
        return Ok(());
    }
    let message = match (audience, partner) {
        (ThreadAudience::Client, _) if !has_section(work.connection(), project, Feature::Messages).await? => {
            "clients could not read the message, since the portal of this project has no section MESSAGES: turn it on \
             with `portalSettingsUpdate`, or contact the clients directly"
        }
        (ThreadAudience::Trade, Some(partner))
            if !trade_membership(work.connection(), company, partner).await?.is_some_and(|known| known.web_access) =>
        {
            "the trade partner has no web access and could not read the message: grant it with `projectTradeUpdate`, or \
             contact the trade partner directly"
        }
        _ => return Ok(()),
    };
    Err(Refusal::of(RefusalCode::InvalidState, member, message).into())
}

/// The text of a message.
pub(super) fn body(text: &str) -> Result<String, Refusal> {
    check::body("body", text, BODY)
}

/// The members of staff whom a message is to mention, by the members of the project's team. Staff mention only those who can
/// read the thread.
pub(super) async fn mentioned(
    work: &mut Work<'_>,
    author: &Author,
    project: ProjectId,
    audience: ThreadAudience,
    members: &[TeamMemberId],
) -> Result<Vec<StaffMembershipId>, ActionError> {
    const MEMBER: &str = "mentionIds";
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let most = caps::MENTIONS;
    if members.len() > most as usize {
        let message = format!("must not have more than {most} IDs");
        return Err(Refusal::of(RefusalCode::TooLong, MEMBER, message).into());
    }
    let is_shown = author.kind != AuthorKind::Company;
    let found = mentionable_staff(work.connection(), project, members, is_shown).await?;
    if members.iter().any(|member| found.iter().all(|known| known.member != *member)) {
        return Err(Refusal::not_found(MEMBER).into());
    }
    // Outsiders do not learn what staff may read.
    if author.kind == AuthorKind::Company
        && let Some(other) = found.iter().find(|staff| !staff.reads(audience))
    {
        let message =
            format!("{} cannot read this thread: omit the mention, or ask an owner for the permission", other.name());
        return Err(Refusal::of(RefusalCode::Invalid, MEMBER, message).into());
    }
    Ok(found.into_iter().map(|known| known.staff).collect())
}

/// Posts a message in a locked thread, and records it.
pub(super) async fn post(
    work: &mut Work<'_>,
    thread: &StoredThread,
    author: &Author,
    body: String,
    mentioned: Vec<StaffMembershipId>,
) -> Result<MessageId, ActionError> {
    let at = work.now();
    let id = insert_message(work.connection(), thread, NewMessage { author, body, at }).await?;
    if !mentioned.is_empty() {
        insert_mentions(work.connection(), thread, id, mentioned).await?;
    }
    Ok(id)
}

/// Marks a thread as read by a person.
pub(super) async fn mark(
    work: &mut Work<'_>,
    thread: &StoredThread,
    reader: &Author,
    position: i32,
) -> Result<ThreadId, ActionError> {
    let now = work.now();
    mark_read(work.connection(), thread, reader.id, position, now).await?;
    Ok(thread.id)
}

/// An event of a thread, for the audit log. Kinds depend on the audience: who may read an entry follows from its kind alone. Trade
/// partners are no audience of it: an entry would be for all of the project.
pub(super) fn event(
    (kind, internal_kind): (ActivityKind, ActivityKind),
    thread: &StoredThread,
    subject: (SubjectKind, impl Into<Uuid>),
) -> ActivityEvent {
    let is_with_clients = thread.audience == ThreadAudience::Client;
    let audiences: &[&'static str] = if is_with_clients { &["CLIENT"] } else { &[] };
    ActivityEvent::new(if is_with_clients { kind } else { internal_kind })
        .in_project(thread.company, thread.project)
        .to(subject.0, subject.1)
        .shared_with(audiences)
        .with(json!({ "audience": thread.audience }))
}
