//! Files on records, as they are read and as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::Viewer;
use portico_core::files::{AttachmentRecord, AttachmentSharing, FilePurpose, FileSharing, FileState, RecordState};
use portico_core::id::{CompanyId, FileAttachmentId, FileId, ProjectId, ProjectMembershipId, SelectionId, TaskId};
use portico_core::messages::ThreadAudience;
use portico_core::schedule::VersionState;
use portico_core::selections::SelectionStatus;
use portico_store_macros::{role_view, row_change};
use uuid::Uuid;

use crate::by_key::rows_by_key;
use crate::schema::base;
use crate::visible::Visible;
use crate::{Differences, StoreError};

/// A file on a record, with what decides who sees it.
#[role_view(file_attachments(id))]
pub struct FileAttachmentRow {
    /// The attachment.
    pub id: FileAttachmentId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The file.
    pub file_id: FileId,
    /// Kind of the record.
    pub record_kind: AttachmentRecord,
    /// The record.
    pub record_id: Uuid,
    /// Whether clients do not see the file on this record; none for trade partners.
    pub hidden_from_clients: Option<bool>,
    /// Time at which the file was attached.
    pub created_at: DateTime<Utc>,
    /// Status of the selection, also of an option's; none for other records.
    pub selection_status: Option<SelectionStatus>,
    /// Audience of the message; none for other records.
    pub message_audience: Option<ThreadAudience>,
    /// State of the task's schedule version; none for other records.
    pub version_state: Option<VersionState>,
    /// State of the file.
    pub file_state: FileState,
    /// Whether clients see the file; none for trade partners.
    pub shared_with_clients: Option<bool>,
    /// The trade partner who reads; none for others.
    pub trade_membership_id: Option<ProjectMembershipId>,
}

impl Visible for FileAttachmentRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let file = FileSharing {
            company: self.company_id,
            project: self.project_id,
            state: self.file_state,
            with_clients: self.shared_with_clients,
            partner: self.trade_membership_id,
        };
        let record = RecordState {
            kind: self.record_kind,
            selection: self.selection_status,
            message: self.message_audience,
            version: self.version_state,
        };
        AttachmentSharing { file, record, hidden_from_clients: self.hidden_from_clients }.is_open_to(viewer)
    }
}

rows_by_key! {
    /// Files on records, by id.
    attachments_by_id(FileAttachmentId) -> FileAttachmentRow = file_attachments by id;
    /// The records of files.
    attachments_of_files(in project, FileId) -> FileAttachmentRow = file_attachments by file_id in order of created_at, id;
    /// The files of records.
    attachments_of_records(in project, Uuid) -> FileAttachmentRow = file_attachments by record_id in order of created_at, id;
}

/// Changes of a file on a record; none keeps the current value.
#[row_change(file_attachments, FileAttachmentId)]
pub struct AttachmentChange {
    /// Whether clients do not see the file on this record.
    pub hidden_from_clients: Option<bool>,
}

/// A company's file on a record, as actions read it.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct OwnAttachment {
    /// The attachment.
    pub id: FileAttachmentId,
    /// Its project.
    pub project: ProjectId,
    /// The file.
    pub file: FileId,
}

/// A company's file on a record, by id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_attachment(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: FileAttachmentId,
) -> Result<Option<OwnAttachment>, StoreError> {
    use base::file_attachments as of;
    let own = of::table.filter(of::company_id.eq(company)).filter(of::id.eq(id));
    Ok(own.select((of::id, of::project_id, of::file_id)).first(connection).await.optional()?)
}

/// A record to which files are attached.
#[derive(Debug, Clone, Copy)]
pub struct RecordOfFiles {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// Its kind.
    pub kind: AttachmentRecord,
    /// Its id.
    pub id: Uuid,
}

/// Locks a record of the project, so that its files can be counted. Returns whether it is there.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_record(connection: &mut AsyncPgConnection, record: RecordOfFiles) -> Result<bool, StoreError> {
    // The name of the table is a constant of the registration.
    let query = format!(
        "select id from {} where id = $1 and company_id = $2 and project_id = $3 for no key update",
        record.kind.table()
    );
    let query = diesel::sql_query(query)
        .bind::<SqlUuid, _>(record.id)
        .bind::<SqlUuid, _>(record.company.0)
        .bind::<SqlUuid, _>(record.project.0);
    Ok(query.execute(connection).await? == 1)
}

/// Locks a task in the draft of the project's schedule, so that its files can be counted. Returns whether the draft has it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_drafted_task(connection: &mut AsyncPgConnection, record: RecordOfFiles) -> Result<bool, StoreError> {
    let query = "select t.id from planned_tasks t join schedule_versions v on v.id = t.version_id \
        where t.task_id = $1 and t.company_id = $2 and t.project_id = $3 and v.state = 'DRAFT' for no key update of t";
    let query = diesel::sql_query(query)
        .bind::<SqlUuid, _>(record.id)
        .bind::<SqlUuid, _>(record.company.0)
        .bind::<SqlUuid, _>(record.project.0);
    Ok(query.execute(connection).await? == 1)
}

/// Whether a selection is shared, and no draft.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_shared_selection(connection: &mut AsyncPgConnection, id: SelectionId) -> Result<bool, StoreError> {
    let status = base::selections::table.find(id).select(base::selections::status);
    let status: Option<SelectionStatus> = status.first(connection).await.optional()?;
    Ok(status.is_some_and(|status| status != SelectionStatus::Draft))
}

/// The attachment of a file to a record, with whether clients do not see it, and two numbers: of files of the record that are not
/// deleted, and of records of the file.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn attachments_like(
    connection: &mut AsyncPgConnection,
    file: FileId,
    record: Uuid,
) -> Result<(Option<(FileAttachmentId, bool)>, usize, usize), StoreError> {
    use base::{file_attachments as of, files};
    // Few rows: actions limit their number.
    let all = of::table.filter(of::file_id.eq(file).or(of::record_id.eq(record)));
    let all: Vec<(FileAttachmentId, FileId, Uuid, bool)> =
        all.select((of::id, of::file_id, of::record_id, of::hidden_from_clients)).load(connection).await?;
    let deleted = files::table
        .filter(files::id.eq_any(all.iter().map(|(_, of_file, ..)| *of_file)))
        .filter(files::state.eq(FileState::Deleted));
    let deleted: Vec<FileId> = deleted.select(files::id).load(connection).await?;
    let known = all.iter().find(|(_, of_file, of_record, _)| (*of_file, *of_record) == (file, record));
    let of_file = all.iter().filter(|(_, of_file, ..)| *of_file == file).count();
    let is_on_record = |of_file: &FileId, of_record: Uuid| of_record == record && !deleted.contains(of_file);
    let of_record = all.iter().filter(|(_, of_file, of_record, _)| is_on_record(of_file, *of_record)).count();
    Ok((known.map(|(id, .., is_hidden)| (*id, *is_hidden)), of_record, of_file))
}

/// The largest number of files, deleted ones apart, of one of the records to which a file is attached.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn most_files_beside(connection: &mut AsyncPgConnection, file: FileId) -> Result<usize, StoreError> {
    use base::{file_attachments as of, files};
    let records: Vec<Uuid> = of::table.filter(of::file_id.eq(file)).select(of::record_id).load(connection).await?;
    // Few rows: actions limit their number.
    let beside: Vec<(Uuid, FileId)> =
        of::table.filter(of::record_id.eq_any(&records)).select((of::record_id, of::file_id)).load(connection).await?;
    let deleted = files::table
        .filter(files::id.eq_any(beside.iter().map(|(_, file)| *file)))
        .filter(files::state.eq(FileState::Deleted));
    let deleted: Vec<FileId> = deleted.select(files::id).load(connection).await?;
    let present = |record: &Uuid| {
        beside.iter().filter(|(of_record, file)| of_record == record && !deleted.contains(file)).count()
    };
    Ok(records.iter().map(present).max().unwrap_or_default())
}

/// Attaches a file to a record.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_attachment(
    connection: &mut AsyncPgConnection,
    record: RecordOfFiles,
    file: FileId,
    hidden_from_clients: bool,
    at: DateTime<Utc>,
) -> Result<FileAttachmentId, StoreError> {
    use base::file_attachments as of;
    let id = FileAttachmentId::generate();
    let row = (
        of::id.eq(id),
        of::company_id.eq(record.company),
        of::project_id.eq(record.project),
        of::file_id.eq(file),
        of::record_kind.eq(record.kind),
        of::record_id.eq(record.id),
        of::hidden_from_clients.eq(hidden_from_clients),
        of::created_at.eq(at),
    );
    diesel::insert_into(of::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Changes a file on a record. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_attachment(
    connection: &mut AsyncPgConnection,
    id: FileAttachmentId,
    change: AttachmentChange,
) -> Result<Differences<AttachmentChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(base::file_attachments::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Detaches a file from a record.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_attachment(connection: &mut AsyncPgConnection, id: FileAttachmentId) -> Result<(), StoreError> {
    diesel::delete(base::file_attachments::table.find(id)).execute(connection).await?;
    Ok(())
}

/// Detaches all files from records of a project, after the records were deleted: the deletion waits for files that are just being
/// attached. The files remain.
pub(crate) async fn detach_all(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    records: &[Uuid],
) -> Result<(), StoreError> {
    use base::file_attachments as of;
    let of_records = of::table.filter(of::project_id.eq(project)).filter(of::record_id.eq_any(records));
    diesel::delete(of_records).execute(connection).await?;
    Ok(())
}

/// Trade partners to whom a task is assigned, and who have web access.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn assigned_partners(
    connection: &mut AsyncPgConnection,
    task: TaskId,
) -> Result<Vec<ProjectMembershipId>, StoreError> {
    use base::{project_memberships, task_assignees};
    let assigned =
        task_assignees::table.filter(task_assignees::task_id.eq(task)).select(task_assignees::project_membership_id);
    let assigned: Vec<Option<ProjectMembershipId>> = assigned.load(connection).await?;
    let with_access = project_memberships::table
        .filter(project_memberships::id.eq_any(assigned.into_iter().flatten()))
        .filter(project_memberships::web_access)
        .filter(project_memberships::removed_at.is_null());
    Ok(with_access.order(project_memberships::id).select(project_memberships::id).load(connection).await?)
}

/// A file to attach to a message.
#[derive(Debug, Clone)]
pub struct FileForMessage {
    /// The file.
    pub id: FileId,
    /// The name.
    pub name: String,
    /// Whether all readers of the thread see it.
    pub is_shared: bool,
    /// The number of records to which it is attached.
    pub records: usize,
}

/// Available files of a project, locked in the order of their ids, for a message to this audience.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn files_for(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    wanted: &[FileId],
    (audience, partner): (ThreadAudience, Option<ProjectMembershipId>),
) -> Result<Vec<FileForMessage>, StoreError> {
    use base::{file_attachments as of, file_trades, files};
    let found: Vec<(FileId, String, bool)> = files::table
        .filter(files::id.eq_any(wanted))
        .filter(files::company_id.eq(company))
        .filter(files::project_id.eq(project))
        .filter(files::purpose.eq(FilePurpose::Project))
        .filter(files::state.eq(FileState::Available))
        .order(files::id)
        .select((files::id, files::name, files::shared_with_clients))
        .for_no_key_update()
        .load(connection)
        .await?;
    // Few rows: actions limit their number.
    let attached: Vec<FileId> =
        of::table.filter(of::file_id.eq_any(wanted)).select(of::file_id).load(connection).await?;
    let shared: Vec<FileId> = match partner {
        Some(partner) => {
            let shares = file_trades::table
                .filter(file_trades::project_membership_id.eq(partner))
                .filter(file_trades::file_id.eq_any(wanted));
            shares.select(file_trades::file_id).load(connection).await?
        }
        None => Vec::new(),
    };
    let file = |(id, name, with_clients)| FileForMessage {
        id,
        name,
        is_shared: match audience {
            ThreadAudience::Client => with_clients,
            ThreadAudience::Trade => shared.contains(&id),
            ThreadAudience::Internal => true,
        },
        records: attached.iter().filter(|file| **file == id).count(),
    };
    Ok(found.into_iter().map(file).collect())
}
