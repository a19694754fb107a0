//! People who write in projects, and the places of the records that they name.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Audience, Permission};
use portico_core::id::{CompanyId, FileId, IdentityId, MessageId, ProjectId, ProjectMembershipId, ThreadId, UploadId};
use portico_core::messages::{AuthorKind, ThreadAudience};
use portico_core::portal::Feature;
use portico_core::projects::{AccessLevel, MembershipKind, ProjectStatus};
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{
    contacts, files, identities, messages, project_memberships, project_portals, projects, staged_uploads, threads,
};
use crate::sessions::{ActingPerson, ActingStaff};

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
    let own = projects::table.filter(projects::id.eq(project)).filter(projects::company_id.eq(company));
    let status: Option<ProjectStatus> = own.select(projects::status).first(connection).await.optional()?;
    let Some(project_status) = status else { return Ok(None) };
    let own = identities::table.find(person.identity).select((identities::name, identities::claimed_at));
    let (name, claimed_at): (String, Option<DateTime<Utc>>) = own.first(connection).await?;
    let (kind, membership) = match person.role.audience() {
        Audience::Staff => {
            let may_read =
                |staff: &&ActingStaff| staff.company == company && staff.permissions.contains(Permission::ProjectsRead);
            return Ok(person.staff.as_ref().filter(may_read).map(|staff| Author {
                id: person.identity,
                kind: AuthorKind::Company,
                name,
                partner: None,
                features: None,
                reads_internal: staff.permissions.contains(Permission::MessagesInternal),
                project_status,
            }));
        }
        Audience::Client => (AuthorKind::Client, MembershipKind::Client),
        Audience::Trade => (AuthorKind::Trade, MembershipKind::Trade),
        Audience::Public | Audience::Support => return Ok(None),
    };
    let current: Option<(ProjectMembershipId, Uuid, AccessLevel, bool)> = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::identity_id.eq(person.identity))
        .filter(project_memberships::kind.eq(membership))
        .filter(project_memberships::removed_at.is_null())
        .select((
            project_memberships::id,
            project_memberships::contact_id,
            project_memberships::access_level,
            project_memberships::web_access,
        ))
        .for_share()
        .first(connection)
        .await
        .optional()?;
    let Some((id, contact, access, web_access)) = current else { return Ok(None) };
    let is_client = kind == AuthorKind::Client;
    if if is_client { access != AccessLevel::Portal } else { !web_access } {
        return Ok(None);
    }
    let features = if is_client {
        let portal = project_portals::table.find(project).select(project_portals::features);
        Some(portal.first(connection).await.optional()?.unwrap_or_default())
    } else {
        None
    };
    // As other members know them: trade partners, and people without an account, by the company's name for them.
    let name = if is_client && claimed_at.is_some() {
        name
    } else {
        contacts::table.find(contact).select(contacts::name).first(connection).await?
    };
    let partner = (!is_client).then_some(id);
    Ok(Some(Author { id: person.identity, kind, name, partner, features, reads_internal: false, project_status }))
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
