//! Checks that all actions on files share.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::files::images::FileImagesJob;
use portico_core::files::limits::FileLimits;
use portico_core::files::scan::FileScanJob;
use portico_core::files::{FileState, RenditionState, hash, name};
use portico_core::id::{CompanyId, FileId, ProjectId, UploadId};
use portico_core::messages::AuthorKind;
use portico_core::portal::Feature;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::files::{InsertedFile, LockedFile, StoredUpload, lock_file, lock_upload};
use portico_store::memberships::Author;

use crate::member_action::{Named, author};
use crate::refusal::ARCHIVED;
use crate::{ActionError, ActivityEvent, Refusal, Work};

/// The acting person as one who may upload files to a project: a client whose portal has the section for files, or staff with
/// the permission. For others, the record that was named does not exist.
pub(super) async fn uploader(
    work: &mut Work<'_>,
    company: CompanyId,
    project: ProjectId,
    named: Named,
) -> Result<Author, ActionError> {
    let author = author(work, company, project, named).await?;
    match author.kind {
        AuthorKind::Company => {
            work.staff(Permission::DocumentsManage).await?;
        }
        AuthorKind::Client if author.has(Feature::Documents) => {}
        AuthorKind::Client => {
            let message = "the portal of this project has no section DOCUMENTS: contact the company directly";
            return Err(Refusal::new(RefusalCode::InvalidState, message).into());
        }
        AuthorKind::Trade => return Err(named.not_found().into()),
    }
    Ok(author)
}

/// Rejects changes of an archived project.
pub(super) fn check_open(author: &Author) -> Result<(), Refusal> {
    if author.project_status == ProjectStatus::Archived {
        return Err(Refusal::new(RefusalCode::ProjectClosed, ARCHIVED));
    }
    Ok(())
}

/// The limits of files. Without a store, nothing can be uploaded.
pub(super) fn limits(work: &Work<'_>) -> Result<FileLimits, Refusal> {
    work.actor().installation.files.ok_or_else(|| {
        Refusal::new(RefusalCode::InvalidState, "this installation does not store files: contact the operator")
    })
}

/// A SHA-256 of the input, in its canonical form.
pub(super) fn sha256(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let read = |text| {
        hash::canonical(text)
            .ok_or_else(|| Refusal::of(RefusalCode::Invalid, "sha256", "must be 64 hexadecimal digits"))
    };
    text.map(read).transpose()
}

/// The name that a file gets.
pub(super) fn checked_name(sent: &str) -> Result<String, Refusal> {
    if sent.trim().is_empty() {
        return Err(Refusal::blank("name"));
    }
    let name = name::repaired(sent);
    if name::is_program(&name) {
        let extension = name::extension(&name).unwrap_or_default();
        let message = format!("has the extension of a program, `.{extension}`: choose another");
        return Err(Refusal::of(RefusalCode::Invalid, "name", message));
    }
    Ok(name)
}

/// The caller's own upload, locked, with the caller. One that is not theirs, has expired, or belongs to a project to which they have no
/// access any longer, does not exist. A finished one does until it expires.
pub(super) async fn own_upload(
    work: &mut Work<'_>,
    company: CompanyId,
    id: UploadId,
    named: Named,
) -> Result<(Author, StoredUpload), ActionError> {
    let upload = lock_upload(work.connection(), company, id).await?.ok_or_else(|| named.not_found())?;
    let author = uploader(work, company, upload.project, named).await?;
    let is_own = (author.id, author.kind) == (upload.author, upload.author_kind);
    if !is_own || upload.expires_at <= work.now() {
        return Err(named.not_found().into());
    }
    Ok((author, upload))
}

/// A file that staff manage, locked, with the company.
pub(super) async fn managed_file(
    work: &mut Work<'_>,
    company: CompanyId,
    id: FileId,
    named: Named,
) -> Result<LockedFile, ActionError> {
    work.staff(Permission::DocumentsManage).await?;
    let file = lock_file(work.connection(), company, id).await?.ok_or_else(|| named.not_found())?;
    let author = author(work, company, file.project, named).await?;
    check_open(&author)?;
    Ok(file)
}

/// Queues what a worker does with a new file: scan it, or make its images at once. Of a file that is withheld none are made.
pub(super) async fn enqueue_work(
    work: &mut Work<'_>,
    company: CompanyId,
    new: InsertedFile,
    is_attributed: bool,
) -> Result<(), ActionError> {
    if work.actor().installation.scans_files {
        work.enqueue(&FileScanJob::new(company, new.content)).await?;
    } else if is_attributed && new.images == RenditionState::Pending {
        work.enqueue(&FileImagesJob::new(company, new.content)).await?;
    }
    Ok(())
}

/// Rejects changes of a deleted file.
pub(super) fn check_present(file: &LockedFile) -> Result<(), Refusal> {
    if file.state == FileState::Deleted {
        return Err(Refusal::of(RefusalCode::InvalidState, "id", "is deleted: restore it with `fileRestore` first"));
    }
    Ok(())
}

/// An event of a file, for the audit log. Only staff read it.
pub(super) fn event(kind: ActivityKind, company: CompanyId, project: ProjectId, file: FileId) -> ActivityEvent {
    ActivityEvent::new(kind).in_project(company, project).to(SubjectKind::File, file)
}
