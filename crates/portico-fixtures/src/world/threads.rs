//! Rows of a project's threads.

use std::collections::BTreeMap;

use portico_core::files::AttachmentRecord;
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_store::rows::Text;
use uuid::Uuid;

use super::Result;
use super::builder::add_row;
use super::files::attachment_row;
use super::project::Site;
use super::section::{Day, Section};
use crate::add;

/// A thread whose messages are being read.
struct Open {
    id: Uuid,
    audience: ThreadAudience,
    messages: i32,
    /// Of the first and the last message.
    days: Option<(Day, Day)>,
}

/// Adds a thread with its messages. Its project's file order is the order of threads.
pub(super) fn thread_rows(site: &mut Site<'_, '_>, thread: &mut Section) -> Result {
    let path = format!("thread/{}", thread.position);
    let id = site.name_section(thread, &path)?;
    let mut open = Open { id, audience: thread.require("audience")?, messages: 0, days: None };
    let partner: Option<Text> = thread.get("trade")?;
    let trade_membership_id = partner.map(|slug| site.find(&format!("trade/{slug}"))).transpose()?;
    let (subject_kind, subject_id) = subject(site, thread)?;
    thread.each("messages", |message| message_rows(site, &path, &mut open, message))?;
    let Some((first, last)) = open.days else { return Err(thread.error("a thread has at least one message")) };
    let reads: BTreeMap<String, i32> = thread.get("read")?.unwrap_or_default();
    for (slug, position) in reads {
        let identity_id = site.build.find(&format!("people/{slug}"))?;
        add!(site => ThreadRead { thread_id: id, identity_id, position, read_at: last.at_minute(59) });
    }
    add_row!(site, thread => Thread {
        id, kind: ThreadKind::Discussion, trade_membership_id, subject_kind, subject_id, created_at: first.at_minute(0),
        last_message_at: last.at_minute(open.messages - 1), message_count: open.messages,
    })
}

/// Adds the notes of staff in a section about its record: a thread at this path.
pub(super) fn note_rows(
    site: &mut Site<'_, '_>,
    (subject_kind, subject_id): (ThreadSubject, Uuid),
    path: &str,
    section: &mut Section,
) -> Result {
    let mut open: Option<Open> = None;
    section.each("notes", |note| {
        let thread = match &mut open {
            Some(thread) => thread,
            None => {
                let id = site.name(path)?;
                open.insert(Open { id, audience: ThreadAudience::Internal, messages: 0, days: None })
            }
        };
        message_rows(site, path, thread, note)
    })?;
    let Some((thread, (first, last))) = open.and_then(|thread| Some((thread.messages, thread.id)).zip(thread.days))
    else {
        return Ok(());
    };
    let (message_count, id) = thread;
    add!(site => Thread {
        id, audience: ThreadAudience::Internal, kind: ThreadKind::Discussion, subject_kind, subject_id,
        title: (subject_kind == ThreadSubject::Project).then_some("Notes of the team"), created_at: first.at_minute(0),
        last_message_at: last.at_minute(message_count - 1), message_count,
    });
    Ok(())
}

/// The record that a thread is about: the path of a task or selection in the project, or the project.
fn subject(site: &Site<'_, '_>, thread: &mut Section) -> Result<(ThreadSubject, Uuid)> {
    let about: Option<Text> = thread.get("about")?;
    let Some(about) = about else { return Ok((ThreadSubject::Project, site.ids.1)) };
    let kind = match about.split('/').next() {
        Some("task") => ThreadSubject::Task,
        Some("selection") => ThreadSubject::Selection,
        _ => return Err(thread.error("`about` is a path such as `task/Framing` or `selection/Countertops`")),
    };
    Ok((kind, site.find(&about)?))
}

/// Adds a message by a client, by the trade partner of the thread, or by staff, with earlier texts and mentions.
fn message_rows(site: &mut Site<'_, '_>, thread: &str, open: &mut Open, message: &mut Section) -> Result {
    let id = site.name_section(message, &format!("{thread}/message/{}", message.position))?;
    let (by, on): (Text, Day) = (message.require("by")?, message.require("on")?);
    let member = match open.audience {
        ThreadAudience::Client => Some(("client", AuthorKind::Client)),
        ThreadAudience::Trade => Some(("trade", AuthorKind::Trade)),
        ThreadAudience::Internal => None,
    };
    let member = member.filter(|(kind, _)| site.find(&format!("{kind}/{by}")).is_ok());
    if member.is_none() {
        site.find_in_company(&format!("staff/{by}"))?;
    }
    let author_kind = member.map_or(AuthorKind::Company, |(_, kind)| kind);
    let author_id = site.build.find(&format!("people/{by}"))?;
    let author_name = site.build.people.get(&*by).map(|person| person.name.clone()).unwrap_or_default();
    let (position, audience, created_at) = (message.position, open.audience, on.at_minute(message.position - 1));
    let mut version = 1;
    message.each("earlier", |earlier| {
        add_row!(site, earlier => MessageVersion { message_id: id, version, audience, written_at: created_at })?;
        version += 1;
        Ok(())
    })?;
    for slug in message.get::<Vec<Text>>("mentions")?.unwrap_or_default() {
        let staff_membership_id = site.find_in_company(&format!("staff/{slug}"))?;
        add!(site => MessageMention { message_id: id, staff_membership_id });
    }
    for file in message.get::<Vec<Text>>("files")?.unwrap_or_default() {
        let path = format!("{thread}/message/{position}");
        attachment_row(site, (AttachmentRecord::Message, &path), (&file, false), created_at)?;
    }
    let edited_at = (version > 1).then(|| on.at_minute(message.position));
    open.messages = position;
    open.days = Some((open.days.map_or(on, |(first, _)| first), on));
    add_row!(site, message => Message {
        id, thread_id: open.id, audience, position, author_id, author_kind, author_name, created_at, edited_at, version,
    })
}
