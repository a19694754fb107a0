//! People who write in projects, and the places of the records that they name.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Audience, Permission, PermissionSet, Role};
use portico_core::id::{
    CompanyId, FileId, IdentityId, MessageId, ProjectId, ProjectMembershipId, TaskId, ThreadId, UploadId,
};
use portico_core::messages::{AuthorKind, ThreadAudience};
use portico_core::portal::Feature;
use portico_core::projects::{AccessLevel, MembershipKind, ProjectStatus};
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{
    contacts, files, identities, messages, project_memberships, project_portals, projects, staff_memberships,
    staged_uploads, tasks, threads,
};
use crate::sessions::{ActingPerson, ActingStaff, permissions_of};

/// The company and project of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct RecordPlace {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
}

/// Defines the queries that find the company of a record, also for the login of accounts.
macro_rules! places {
    ($($(#[$meta:meta])* $name:ident($id:ty) = $table:ident by ($company:ident, $project:ident);)+) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// [`StoreError`] if the query fails.
        pub async fn $name(connection: &mut AsyncPgConnection, id: $id) -> Result<Option<RecordPlace>, StoreError> {
            let found = $table::table.filter($table::id.eq(id)).select(($table::$company, $table::$project));
            Ok(found.first(connection).await.optional()?)
        }
    )+};
}
places! {
    /// The company of a project.
    place_of_project(ProjectId) = projects by (company_id, id);
    /// The company and project of a thread.
    place_of_thread(ThreadId) = threads by (company_id, project_id);
    /// The company and project of a message.
    place_of_message(MessageId) = messages by (company_id, project_id);
    /// The company and project of a file.
    place_of_file(FileId) = files by (company_id, project_id);
    /// The company and project of an upload.
    place_of_upload(UploadId) = staged_uploads by (company_id, project_id);
    /// The company and project of a published task.
    place_of_task(TaskId) = tasks by (company_id, project_id);
}

/// A person who may write in a project, in the capacity of their session.
#[derive(Debug, Clone)]
pub struct Author {
    /// The person.
    pub id: IdentityId,
    /// The capacity.
    pub kind: AuthorKind,
    /// The name, as readers know it.
    pub name: String,
    /// The membership of a trade partner.
    pub partner: Option<ProjectMembershipId>,
    /// Sections of the portal; none for staff and trade partners, whom sections do not concern.
    pub features: Option<Vec<String>>,
    /// Whether staff may read internal threads and those with trade partners.
    pub reads_internal: bool,
    /// The status of the project.
    pub project_status: ProjectStatus,
}

impl Author {
    /// Whether the author sees threads of this audience, with this trade partner.
    pub fn sees(&self, audience: ThreadAudience, partner: Option<ProjectMembershipId>) -> bool {
        match self.kind {
            AuthorKind::Client => audience == ThreadAudience::Client && self.has(Feature::Messages),
            AuthorKind::Trade => audience == ThreadAudience::Trade && partner.is_some() && partner == self.partner,
            AuthorKind::Company => audience == ThreadAudience::Client || self.reads_internal,
        }
    }

    /// Whether the portal has a section; sections concern clients only.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.as_ref().is_none_or(|features| features.iter().any(|one| one == feature.as_str()))
    }
}

/// The acting person as an author in a project; none without access to it. A membership is locked until the transaction ends,
/// so that a removal waits for the message or prevents it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn author_of(
    connection: &mut AsyncPgConnection,
    person: &ActingPerson,
    company: CompanyId,
    project: ProjectId,
) -> Result<Option<Author>, StoreError> {
    let place = RecordPlace { company, project };
    let Some(project_status) = place_status(connection, place).await? else { return Ok(None) };
    let id = person.identity;
    match person.role.audience() {
        Audience::Staff => {
            let may_read =
                |staff: &&ActingStaff| staff.company == company && staff.permissions.contains(Permission::ProjectsRead);
            let Some(staff) = person.staff.as_ref().filter(may_read) else { return Ok(None) };
            staff_author(connection, id, staff.permissions, project_status).await.map(Some)
        }
        Audience::Client => {
            let has_portal = |member: &Member| member.access == AccessLevel::Portal;
            member_author(connection, (id, AuthorKind::Client), place, project_status, has_portal).await
        }
        Audience::Trade => {
            let has_web_access = |member: &Member| member.web_access;
            member_author(connection, (id, AuthorKind::Trade), place, project_status, has_web_access).await
        }
        Audience::Public | Audience::Support => Ok(None),
    }
}

/// The person with an email address as an author of files by mail (FIL-2): staff of the company who may manage files, or a client of the
/// project, for whom mail is enough. None for others. A membership is locked as for [`author_of`].
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn author_by_mail(
    connection: &mut AsyncPgConnection,
    canonical: &str,
    place: RecordPlace,
) -> Result<Option<Author>, StoreError> {
    let Some(project_status) = place_status(connection, place).await? else { return Ok(None) };
    let person = identities::table
        .filter(identities::email_canonical.eq(canonical))
        .filter(identities::disabled_at.is_null())
        .select(identities::id);
    let Some(id) = person.first::<IdentityId>(connection).await.optional()? else { return Ok(None) };
    let staff: Option<(Role, Vec<String>)> = staff_memberships::table
        .filter(staff_memberships::company_id.eq(place.company))
        .filter(staff_memberships::identity_id.eq(id))
        .filter(staff_memberships::removed_at.is_null())
        .select((staff_memberships::role, staff_memberships::permissions))
        .for_share()
        .first(connection)
        .await
        .optional()?;
    let permissions = staff.map(|(role, names)| permissions_of(role, &names)).unwrap_or_default();
    if permissions.contains(Permission::ProjectsRead) && permissions.contains(Permission::DocumentsManage) {
        return staff_author(connection, id, permissions, project_status).await.map(Some);
    }
    let gets_mail = |member: &Member| member.access != AccessLevel::None;
    member_author(connection, (id, AuthorKind::Client), place, project_status, gets_mail).await
}

/// The status of a project; none if the company has no such project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn place_status(
    connection: &mut AsyncPgConnection,
    RecordPlace { company, project }: RecordPlace,
) -> Result<Option<ProjectStatus>, StoreError> {
    let own = projects::table.filter(projects::id.eq(project)).filter(projects::company_id.eq(company));
    Ok(own.select(projects::status).first(connection).await.optional()?)
}

async fn staff_author(
    connection: &mut AsyncPgConnection,
    id: IdentityId,
    permissions: PermissionSet,
    project_status: ProjectStatus,
) -> Result<Author, StoreError> {
    let name = identities::table.find(id).select(identities::name).first(connection).await?;
    Ok(Author {
        id,
        kind: AuthorKind::Company,
        name,
        partner: None,
        features: None,
        reads_internal: permissions.contains(Permission::MessagesInternal),
        project_status,
    })
}

/// A membership in a project.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = project_memberships)]
struct Member {
    id: ProjectMembershipId,
    #[diesel(column_name = contact_id)]
    contact: Uuid,
    #[diesel(column_name = access_level)]
    access: AccessLevel,
    web_access: bool,
}

/// A client or trade partner as an author, if the membership allows it.
async fn member_author(
    connection: &mut AsyncPgConnection,
    (id, kind): (IdentityId, AuthorKind),
    RecordPlace { company, project }: RecordPlace,
    project_status: ProjectStatus,
    may_write: impl Fn(&Member) -> bool,
) -> Result<Option<Author>, StoreError> {
    let is_client = kind == AuthorKind::Client;
    let current: Option<Member> = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::identity_id.eq(id))
        .filter(project_memberships::kind.eq(if is_client { MembershipKind::Client } else { MembershipKind::Trade }))
        .filter(project_memberships::removed_at.is_null())
        .select(Member::as_select())
        .for_share()
        .first(connection)
        .await
        .optional()?;
    let Some(member) = current.filter(may_write) else { return Ok(None) };
    let features = if is_client {
        let portal = project_portals::table.find(project).select(project_portals::features);
        Some(portal.first(connection).await.optional()?.unwrap_or_default())
    } else {
        None
    };
    // As other members know them: trade partners, and people without an account, by the company's name for them.
    let own = identities::table.find(id).select((identities::name, identities::claimed_at));
    let (name, claimed_at): (String, Option<DateTime<Utc>>) = own.first(connection).await?;
    let name = if is_client && claimed_at.is_some() {
        name
    } else {
        contacts::table.find(member.contact).select(contacts::name).first(connection).await?
    };
    let partner = (!is_client).then_some(member.id);
    Ok(Some(Author { id, kind, name, partner, features, reads_internal: false, project_status }))
}

/// Whether a project's portal has a section.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn has_section(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    section: Feature,
) -> Result<bool, StoreError> {
    let portal = project_portals::table.find(project).select(project_portals::features);
    let features: Option<Vec<String>> = portal.first(connection).await.optional()?;
    Ok(features.unwrap_or_default().iter().any(|feature| feature == section.as_str()))
}
