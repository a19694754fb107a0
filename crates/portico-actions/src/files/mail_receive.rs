//! Receives files by mail (FIL-2, docs/decisions/0042).
//!
//! The caller reads the mail and verifies its sender, and stores the bytes between [`MailBegin`] and [`MailEnd`]. A mail is received
//! as a whole or not at all; one that is delivered again adds nothing.

use chrono::{DateTime, Utc};
use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::files::limits::{FileLimits, PROJECT_FILES, UNATTRIBUTED_FILES, shown_size};
use portico_core::files::sniff::{Content, sniff};
use portico_core::files::{FileAuthorKind, FileSource, name};
use portico_core::id::{CompanyId, FileId, FileObjectId, IdentityId};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::messages::AuthorKind;
use portico_core::portal::Feature;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::accounts::lock_identity;
use portico_store::files::{
    FileAuthor, NewFile, Quota, begin_objects, end_objects, insert_file, is_mail_known, places_of_mail_keys,
    record_mail, reserve, settle, unattributed_files,
};
use portico_store::memberships::{LockedProject, RecordPlace, author_by_mail, lock_project, place_status};
use serde_json::json;

use super::checks::{enqueue_work, event, limits};
use crate::refusal::ARCHIVED;
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope};

/// The sender of a mail.
#[derive(Debug, Clone)]
pub struct MailSender {
    /// The address that the mail gives, as it is shown.
    pub shown: String,
    /// The same in its canonical form, if it is verified that the mail comes from it.
    pub verified: Option<String>,
}

/// A file of a mail.
#[derive(Debug, Clone)]
pub struct MailedFile {
    /// The name.
    pub name: String,
    /// The type of its content.
    pub content: Content,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Size in bytes.
    pub size: i64,
    /// Positions and sizes of its objects.
    pub parts: Vec<(i64, i64)>,
}

/// Name and type of an attachment that can be a file.
#[derive(Debug, Clone)]
pub struct NamedAttachment {
    /// The name that the file gets.
    pub name: String,
    /// The type of its content.
    pub content: Content,
}

/// Checks an attachment like an upload: its name, size and content.
///
/// # Errors
///
/// The reason why it cannot be a file, for its sender.
pub fn named_attachment(sent: &str, size: usize, head: &[u8], limits: &FileLimits) -> Result<NamedAttachment, String> {
    if size == 0 {
        return Err("is empty".to_owned());
    }
    if i64::try_from(size).is_ok_and(|size| size > limits.max_size) {
        return Err(format!("is larger than {}", shown_size(limits.max_size)));
    }
    let name = name::repaired(sent);
    if name::is_program(&name) {
        return Err("is a program".to_owned());
    }
    let content = sniff(head, &name).map_err(|error| error.to_string())?;
    Ok(NamedAttachment { name, content })
}

/// An attachment that cannot be a file.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// The reason.
    pub reason: String,
}

/// Finds the projects to which a mail is addressed.
#[derive(Debug, Clone)]
pub struct MailPlaces {
    /// Keys in the addresses of its recipients.
    pub keys: Vec<String>,
}

impl MailPlaces {
    /// Finds the projects, each with its key, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`ActionError`] if the database does not answer.
    pub async fn run(self, actor: &Actor) -> Result<Vec<(String, RecordPlace)>, ActionError> {
        actor.perform(&self).await
    }
}

impl Action for MailPlaces {
    type Done = Vec<(String, RecordPlace)>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        Ok(places_of_mail_keys(work.connection(), &self.keys).await?)
    }
}

/// Registers the objects of a mail's files, before their bytes are stored.
#[derive(Debug, Clone)]
pub struct MailBegin<'a> {
    /// The project.
    pub place: RecordPlace,
    /// SHA-256 of the mail.
    pub sha256: &'a str,
    /// Its files.
    pub files: &'a [MailedFile],
}

impl MailBegin<'_> {
    /// Registers the objects, those of each file in turn. None if the project has received the mail already.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<Option<Vec<Vec<FileObjectId>>>, ActionError> {
        actor.perform(&self).await
    }
}

impl Action for MailBegin<'_> {
    type Done = Option<Vec<Vec<FileObjectId>>>;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.place.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        if is_mail_known(work.connection(), self.place.project, self.sha256).await? {
            return Ok(None);
        }
        if place_status(work.connection(), self.place).await? == Some(ProjectStatus::Archived) {
            return Err(Refusal::new(RefusalCode::ProjectClosed, ARCHIVED).into());
        }
        let place = (self.place.company, self.place.project);
        let parts: Vec<_> = self.files.iter().flat_map(|file| file.parts.iter().copied()).collect();
        let now = work.now();
        let mut ids = begin_objects(work.connection(), place, &parts, now).await?.into_iter();
        Ok(Some(self.files.iter().map(|file| ids.by_ref().take(file.parts.len()).collect()).collect()))
    }
}

/// Adds the files of a mail, whose bytes are stored, to the project.
#[derive(Debug, Clone)]
pub struct MailEnd<'a> {
    /// The project.
    pub place: RecordPlace,
    /// SHA-256 of the mail.
    pub sha256: &'a str,
    /// The sender.
    pub sender: &'a MailSender,
    /// Its files.
    pub files: &'a [MailedFile],
    /// Their objects, registered by [`MailBegin`] of the same actor.
    pub objects: &'a [Vec<FileObjectId>],
    /// Attachments that cannot be files.
    pub left_out: &'a [LeftOut],
}

/// What a mail has added.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The files.
    pub files: Vec<FileId>,
    /// The member who sent them; none if they are quarantined.
    pub author: Option<IdentityId>,
}

impl MailEnd<'_> {
    /// Adds the files. None if another delivery of the same mail was faster.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written. A refusal says that the project has no space left, or has had too many mails.
    pub async fn run(self, actor: &Actor) -> Result<Option<ReceivedMail>, ActionError> {
        actor.perform(&self).await
    }

    /// The member who sent the mail and may add files; otherwise the address, and no person.
    async fn author(&self, work: &mut Work<'_>) -> Result<(FileAuthor, Option<(IdentityId, Role)>), ActionError> {
        let known = match &self.sender.verified {
            Some(canonical) => author_by_mail(work.connection(), canonical, self.place).await?,
            None => None,
        };
        // Who may not upload in the portal may not by mail.
        let member = known.filter(|author| author.kind != AuthorKind::Client || author.has(Feature::Documents));
        Ok(match member {
            Some(author) => {
                let role = if author.kind == AuthorKind::Client { Role::Client } else { Role::Staff };
                let by = (author.id, role);
                (FileAuthor { id: Some(author.id), kind: author.kind.into(), name: author.name }, Some(by))
            }
            None => {
                // Staff must look through them.
                let waiting = unattributed_files(work.connection(), self.place.project).await?;
                if waiting + i64::try_from(self.files.len()).unwrap_or(i64::MAX) > UNATTRIBUTED_FILES {
                    let message =
                        "too many files of unverified senders wait until the company releases or deletes them";
                    return Err(Refusal::new(RefusalCode::InvalidState, message).into());
                }
                (FileAuthor { id: None, kind: FileAuthorKind::Sender, name: self.sender.shown.clone() }, None)
            }
        })
    }

    /// Tells a member which attachments did not become files. Senders who are not proven get no answer: the address may be another's.
    async fn mail_left_out(
        &self,
        work: &mut Work<'_>,
        (member, name): (IdentityId, &str),
        project: &LockedProject,
    ) -> Result<(), ActionError> {
        if self.left_out.is_empty() {
            return Ok(());
        }
        let (_, to_address) = lock_identity(work.connection(), member).await?;
        let attachments: Vec<_> = self.left_out.iter().map(|one| format!("{}: {}", one.name, one.reason)).collect();
        let mail = MailJob {
            key: format!("attachments-left-out:{}:{}", project.id.0, self.sha256),
            company_id: Some(self.place.company),
            template: MailTemplate::AttachmentsLeftOut,
            to_address,
            to_name: Some(name.to_owned()),
            values: json!({
                "project": project.name, "attachments": attachments.join("\n"), "added": self.files.len(),
            }),
            link: None,
            portal_host: None,
        };
        work.enqueue(&mail).await
    }

    async fn add(
        &self,
        work: &mut Work<'_>,
        author: &FileAuthor,
        (file, objects): (&MailedFile, &[FileObjectId]),
        at: DateTime<Utc>,
    ) -> Result<FileId, ActionError> {
        let RecordPlace { company, project } = self.place;
        let quota = Quota { bytes: limits(work)?.project_quota, files: PROJECT_FILES };
        if !reserve(work.connection(), (company, project), file.size, quota).await? {
            return Err(Refusal::new(RefusalCode::InvalidState, "the project has no space left").into());
        }
        let new = NewFile {
            company,
            project,
            author,
            source: FileSource::Mail,
            name: &file.name,
            size: file.size,
            content: file.content,
            sha256: &file.sha256,
            // Files mailed by staff start unshared: a mail has no box to uncheck (FIL-8).
            shared_with_clients: author.kind == FileAuthorKind::Client,
            is_scanned: work.actor().installation.scans_files,
            at,
        };
        let inserted = insert_file(work.connection(), new).await?;
        end_objects(work.connection(), inserted.original, (objects, at)).await?;
        settle(work.connection(), project, file.size).await?;
        enqueue_work(work, company, inserted, author.kind != FileAuthorKind::Sender).await?;
        Ok(inserted.file)
    }
}

impl Action for MailEnd<'_> {
    type Done = Option<ReceivedMail>;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.place.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let (at, RecordPlace { company, project }) = (work.now(), self.place);
        let locked = lock_project(work.connection(), company, project).await?;
        let locked = locked.ok_or_else(|| Refusal::new(RefusalCode::NotFound, "the project is gone"))?;
        if !record_mail(work.connection(), self.place, self.sha256, at).await? {
            return Ok(None);
        }
        let (author, member) = self.author(work).await?;
        let mut files = Vec::with_capacity(self.files.len());
        for (file, objects) in self.files.iter().zip(self.objects) {
            files.push(self.add(work, &author, (file, objects), at).await?);
        }
        let by = |event: ActivityEvent| match member {
            Some((person, role)) => event.by(person, role),
            None => event,
        };
        let details = json!({
            "from": self.sender.shown, "isMember": member.is_some(), "files": files.len(), "leftOut": self.left_out,
        });
        let received = ActivityEvent::new(ActivityKind::MailReceived).in_project(company, project);
        work.record(by(received.to(SubjectKind::Project, project).with(details))).await?;
        if let Some((member, _)) = member {
            self.mail_left_out(work, (member, &author.name), &locked).await?;
        }
        let is_shared = author.kind == FileAuthorKind::Client;
        let kind = if is_shared { ActivityKind::FileUploaded } else { ActivityKind::InternalFileUploaded };
        for file in &files {
            work.record(by(event(kind, company, project, *file))).await?;
        }
        Ok(Some(ReceivedMail { files, author: member.map(|(person, _)| person) }))
    }
}
