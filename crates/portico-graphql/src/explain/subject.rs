//! The object to explain.

use async_graphql::Context;
use portico_core::explain::{Kind, kind_of_tag};
use portico_core::id::{GlobalId, ProjectId, Tag};
use portico_loader::portal::PortalOfProject;
use portico_loader::schedule::PublishedVersion;
use uuid::Uuid;

use crate::error::ApiError;
use crate::load::load;
use crate::node::node_by_id;

/// An object of a project that is visible to the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) kind: &'static Kind,
    /// Its row in the views of the kind.
    pub(super) record: Uuid,
}

/// Looks an id up with the caller's own rights: an object that is not visible to the caller in this project is not explained.
pub(super) async fn subject(ctx: &Context<'_>, project: ProjectId, id: GlobalId) -> Result<Option<Subject>, ApiError> {
    let Some(kind) = kind_of_tag(id.tag) else { return Ok(None) };
    let record = match id.tag {
        Tag::PORTAL | Tag::SCHEDULE if id.uuid != project.0 => None,
        Tag::PORTAL => load(ctx, PortalOfProject(project)).await?.map(|row| row.project_id.0),
        Tag::SCHEDULE => load(ctx, PublishedVersion(project)).await?.map(|row| row.id.0),
        _ => node_by_id(ctx, id).await?.filter(|node| node.project() == Some(project)).map(|_| id.uuid),
    };
    Ok(record.map(|record| Subject { kind, record }))
}
