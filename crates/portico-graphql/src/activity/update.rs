//! An entry of the audit log as a project's clients read it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::activity::{ActivityKind, ActorKind, SubjectKind};
use portico_core::id::{GlobalId, Tag};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::activity::ActivityRow;
use portico_loader::selections::SelectionById;

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::{Node, node_by_id};
use crate::scalars::DateTime;

/// Kind of an update. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum UpdateKind {
    /// The project was changed.
    #[shared(CLIENT, STAFF)]
    ProjectChanged,
    /// A client was added to the project.
    #[shared(CLIENT, STAFF)]
    ClientAdded,
    /// A client was removed from the project.
    #[shared(CLIENT, STAFF)]
    ClientRemoved,
    /// A client became the primary client.
    #[shared(CLIENT, STAFF)]
    PrimaryClientChanged,
    /// A client's access to the project was changed: as a client, you read about your own only.
    #[shared(CLIENT, STAFF)]
    AccessChanged,
    /// A client approved a selection.
    #[shared(CLIENT, STAFF)]
    SelectionApproved,
    /// A new version of the schedule was published, in which something changed for clients.
    #[shared(CLIENT, STAFF)]
    SchedulePublished,
    /// A client accepted the invitation to the project: as a client, you read about your own only.
    #[shared(CLIENT, STAFF)]
    InvitationAccepted,
}

pub(crate) struct Update(pub(crate) Arc<ActivityRow>);

/// Update of a project: what happened, for its clients. Updates are never removed; `text` and `record` follow current names and
/// access.
#[gated]
#[Object]
impl Update {
    /// Cache key; cannot be fetched with `node`.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::ACTIVITY, self.0.id)
    }

    /// Time of the action.
    #[shared(CLIENT, STAFF)]
    async fn at(&self) -> DateTime;

    /// What happened.
    #[shared(CLIENT, STAFF)]
    async fn kind(&self, ctx: &Context<'_>) -> Result<UpdateKind, ApiError> {
        Ok(self.described(ctx, None)?.0)
    }

    /// What happened, as a sentence in English, with current names and titles: `Ben Whitlock became the primary client.`
    #[shared(CLIENT, STAFF)]
    async fn text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let title = match (self.0.subject_kind, self.0.subject_id) {
            (Some(SubjectKind::Selection), Some(id)) => {
                load(ctx, SelectionById(id.into())).await?.map(|selection| selection.title.clone())
            }
            _ => None,
        };
        Ok(self.described(ctx, title.as_deref())?.1)
    }

    /// Project or selection that the update is about; of the schedule the project. Null for updates about clients, and if you have no
    /// access to it.
    #[shared(CLIENT, STAFF)]
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        let tag = match self.0.subject_kind {
            Some(SubjectKind::Project) => Tag::PROJECT,
            Some(SubjectKind::Selection) => Tag::SELECTION,
            Some(SubjectKind::ScheduleVersion) => {
                let Some(project) = self.0.project_id else { return Ok(None) };
                return node_by_id(ctx, GlobalId::new(Tag::PROJECT, project.0)).await;
            }
            _ => return Ok(None),
        };
        let Some(id) = self.0.subject_id else { return Ok(None) };
        node_by_id(ctx, GlobalId::new(tag, id)).await
    }

    /// Whether you did it, or it concerns your own access.
    #[shared(CLIENT, STAFF)]
    async fn is_own(&self) -> bool {
        self.0.is_by_viewer || self.0.is_about_viewer
    }

    /// Name of the client who did it. Null if it was the company.
    #[shared(CLIENT, STAFF)]
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref().filter(|_| self.0.actor_kind == ActorKind::Client)
    }
}

impl Update {
    /// The kind and the sentence, with the current title of the record.
    fn described(&self, ctx: &Context<'_>, title: Option<&str>) -> Result<(UpdateKind, String), ApiError> {
        let (row, viewer) = (&self.0, ctx.data_unchecked::<Loader>().viewer());
        let fields: Vec<&str> = row.fields_for(&viewer).map(name_of).collect();
        let verb = if fields.len() == 1 && !PLURAL.contains(&fields[0]) { "was" } else { "were" };
        let who = if row.is_about_viewer { "You" } else { row.subject_name.as_deref().unwrap_or("A client") };
        let was = if row.is_about_viewer { "were" } else { "was" };
        Ok(match row.kind {
            ActivityKind::ProjectChanged => {
                (UpdateKind::ProjectChanged, format!("The project\u{2019}s {} {verb} changed.", listed(&fields)))
            }
            ActivityKind::ProjectClientAdded => (UpdateKind::ClientAdded, format!("{who} {was} added to the project.")),
            ActivityKind::ProjectClientRemoved => {
                (UpdateKind::ClientRemoved, format!("{who} {was} removed from the project."))
            }
            ActivityKind::PrimaryClientChanged => {
                (UpdateKind::PrimaryClientChanged, format!("{who} became the primary client."))
            }
            ActivityKind::ProjectClientChanged => {
                let whose = match (row.is_about_viewer, &row.subject_name) {
                    (true, _) => "Your".to_owned(),
                    (false, Some(name)) => format!("{name}\u{2019}s"),
                    (false, None) => "A client\u{2019}s".to_owned(),
                };
                (UpdateKind::AccessChanged, format!("{whose} {} {verb} changed.", listed(&fields)))
            }
            ActivityKind::InvitationAccepted => {
                let who = if row.is_by_viewer { "You" } else { row.actor_name.as_deref().unwrap_or("A client") };
                (UpdateKind::InvitationAccepted, format!("{who} accepted the invitation to the project."))
            }
            ActivityKind::SelectionApproved => {
                let who = if row.is_by_viewer { "You" } else { row.actor_name.as_deref().unwrap_or("A client") };
                let what = title.map_or_else(|| "a selection".to_owned(), |title| format!("\u{201c}{title}\u{201d}"));
                (UpdateKind::SelectionApproved, format!("{who} approved {what}."))
            }
            ActivityKind::SchedulePublished => {
                (UpdateKind::SchedulePublished, "The schedule of the project was updated.".to_owned())
            }
            _ => return Err(ApiError::Internal(format!("a client has an entry of the kind {}", row.kind))),
        })
    }
}

/// A changed field in plain words, also one that only staff read.
fn name_of(field: &str) -> &str {
    match field {
        "timeZone" => "time zone",
        "startedOn" => "start date",
        "contractTotal" => "contract total",
        "canPay" => "right to make payments",
        "canApprove" => "right to approve",
        "canSeeStatus" => "right to see status reports",
        "accessLevel" => "access to the portal",
        "internalStatus" => "internal status",
        "riskNotes" => "risk notes",
        "leadSource" => "lead source",
        "targetMargin" => "target margin",
        "instantAlerts" => "instant alerts",
        "summaryFrequency" => "summary frequency",
        other => other,
    }
}

/// Names of fields that take a verb in the plural.
const PLURAL: [&str; 2] = ["risk notes", "instant alerts"];

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        // Staff also read about changes of which no field was recorded.
        [] => "details".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(listed(&["name"]), "name");
        assert_eq!(listed(&["name", "stage"]), "name and stage");
        assert_eq!(listed(&["name", "stage", "address"]), "name, stage and address");
    }
}
