//! Mutations of a project's clients.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::Action;
use portico_actions::memberships::{
    ContactDetails, MembershipChange, ProjectClientAdd, ProjectClientMakePrimary, ProjectClientRemove,
    ProjectClientReplace, ProjectClientUpdate, SettingsChange,
};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_core::projects::AccessLevel as CoreAccess;
use portico_graphql_macros::gated;
use portico_loader::memberships::ClientById;
use portico_loader::projects::ProjectById;

use super::ProjectClient;
use crate::accounts::SummaryFrequency;
use crate::act::{Outcome, act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::{ClientRelationship, Project};
use crate::scalars::changed;

/// Input of `projectClientAdd`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientAddInput {
    /// The project.
    project_id: ID,
    /// Contact of the client, of the kind `CLIENT`.
    contact_id: ID,
    /// Relationship of the client to the project.
    relationship: ClientRelationship,
    /// Whether the client may see status reports.
    #[graphql(default = true)]
    can_see_status: bool,
    /// Whether the client may make payments.
    #[graphql(default = true)]
    can_pay: bool,
    /// Whether the client may approve. Omit for the default: on for owners and partners, off for representatives.
    can_approve: Option<bool>,
    /// Whether to send an invitation.
    #[graphql(default = false)]
    invite: bool,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

/// Input of `projectClientUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientUpdateInput {
    /// The membership.
    id: ID,
    /// Relationship of the client to the project. Omit to keep the current value.
    relationship: Option<ClientRelationship>,
    /// Whether the client may see status reports. Omit to keep the current value.
    can_see_status: Option<bool>,
    /// Whether the client may make payments. Omit to keep the current value.
    can_pay: Option<bool>,
    /// Whether the client may approve. Omit to keep the current value; if `relationship` changes, it is then reset: on for owners
    /// and partners, off for representatives.
    can_approve: Option<bool>,
    /// Whether the client gets emails only, without a portal. Omit to keep the current value.
    /// Rejected while an invitation is pending or accepted, since that grants the portal.
    email_only: Option<bool>,
    /// Label for staff, to tell clients apart. Omit to keep the current value; `null` clears it.
    label: MaybeUndefined<String>,
    /// Notification defaults. Omit to keep the current value.
    alert_defaults: Option<AlertDefaultsInput>,
    /// Name of the contact. Omit to keep the current value.
    /// `name`, `phone` and `email` are rejected once the client manages the account.
    name: Option<String>,
    /// Telephone number of the contact. Omit to keep the current value; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Email address of the contact. Omit to keep the current value.
    /// A different address means a different person: pending invitations are withdrawn.
    email: Option<String>,
}

/// Notification defaults of a client, effective until the client changes them.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AlertDefaultsInput {
    /// Whether to send alerts immediately. Omit to keep the current value; `null` clears it.
    instant_alerts: MaybeUndefined<bool>,
    /// Frequency of summary emails. Omit to keep the current value; `null` clears it.
    summary_frequency: MaybeUndefined<SummaryFrequency>,
}

/// Input of `projectClientRemove`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientRemoveInput {
    /// The membership.
    id: ID,
}

/// Input of `projectClientMakePrimary`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientMakePrimaryInput {
    /// The membership.
    id: ID,
}

/// Input of `projectClientReplace`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientReplaceInput {
    /// Membership of the client to be replaced.
    id: ID,
    /// Contact of the new client, of the kind `CLIENT`.
    contact_id: ID,
    /// Whether to invite the new client.
    #[graphql(default = false)]
    invite: bool,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

payload! {
    /// Result of `projectClientAdd`.
    ProjectClientAddPayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `projectClientUpdate`.
    ProjectClientUpdatePayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `projectClientReplace`.
    ProjectClientReplacePayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `projectClientMakePrimary`.
    ProjectClientMakePrimaryPayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `projectClientRemove`.
    ProjectClientRemovePayload for (STAFF) {
        /// The project, with the remaining clients. Null without `PROJECTS_READ`.
        project: Project,
    }
}

/// Performs an action on a client's membership, and reads the membership.
pub(crate) async fn perform_on_client<A>(
    ctx: &Context<'_>,
    action: A,
) -> Result<Outcome<Option<ProjectClient>>, ApiError>
where
    A: Action<Done = ProjectMembershipId>,
{
    Ok(match act(ctx, action).await? {
        Ok(id) => Ok(load(ctx, ClientById(id)).await?.map(ProjectClient)),
        Err(refused) => Err(refused),
    })
}

/// Mutations of a project's clients.
#[derive(Default)]
pub(crate) struct ProjectClientMutations;

/// Mutations of a project's clients.
#[gated]
#[Object]
impl ProjectClientMutations {
    /// Adds a client to a project, without access until invited.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectClientAdd`.")] input: ProjectClientAddInput,
    ) -> Result<ProjectClientAddPayload, ApiError> {
        let action = ProjectClientAdd {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            relationship: input.relationship.into(),
            can_see_status: input.can_see_status,
            can_pay: input.can_pay,
            can_approve: input.can_approve,
            invite: input.invite,
            idempotency_key: input.idempotency_key,
        };
        let outcome = perform_on_client(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectClientAddPayload::refused, ProjectClientAddPayload::done))
    }

    /// Changes a client's membership in a project, and the contact.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectClientUpdate`.")] input: ProjectClientUpdateInput,
    ) -> Result<ProjectClientUpdatePayload, ApiError> {
        let ProjectClientUpdateInput {
            id,
            relationship,
            can_see_status,
            can_pay,
            can_approve,
            email_only,
            label,
            alert_defaults,
            ..
        } = input;
        let access_level = email_only.map(|is_it| if is_it { CoreAccess::EmailOnly } else { CoreAccess::None });
        let relationship = relationship.map(Into::into);
        let change = MembershipChange { relationship, can_see_status, can_pay, can_approve, access_level };
        let (instant_alerts, summary_frequency) =
            alert_defaults.map(|input| (input.instant_alerts, input.summary_frequency)).unwrap_or_default();
        let settings = SettingsChange {
            label: changed(label),
            instant_alerts: changed(instant_alerts),
            summary_frequency: changed(summary_frequency).map(|settled| settled.map(Into::into)),
        };
        let contact = ContactDetails { name: input.name, phone: changed(input.phone), email: input.email };
        let action = ProjectClientUpdate { id: membership_id(&id)?, change, settings, contact };
        let outcome = perform_on_client(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectClientUpdatePayload::refused, ProjectClientUpdatePayload::done))
    }

    /// Removes a client from a project and revokes access at once.
    /// The contact and the client's past activity stay.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectClientRemove`.")] input: ProjectClientRemoveInput,
    ) -> Result<ProjectClientRemovePayload, ApiError> {
        Ok(match act(ctx, ProjectClientRemove { id: membership_id(&input.id)? }).await? {
            Ok(project) => ProjectClientRemovePayload::done(load(ctx, ProjectById(project)).await?.map(Project)),
            Err(refused) => ProjectClientRemovePayload::refused(refused),
        })
    }

    /// Replaces a client by another one, who takes over the relationship.
    /// Past activity stays with the first client.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_replace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectClientReplace`.")] input: ProjectClientReplaceInput,
    ) -> Result<ProjectClientReplacePayload, ApiError> {
        let action = ProjectClientReplace {
            id: membership_id(&input.id)?,
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            invite: input.invite,
            idempotency_key: input.idempotency_key,
        };
        let outcome = perform_on_client(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectClientReplacePayload::refused, ProjectClientReplacePayload::done))
    }

    /// Makes this the primary client. Sends no notification.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_make_primary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectClientMakePrimary`.")] input: ProjectClientMakePrimaryInput,
    ) -> Result<ProjectClientMakePrimaryPayload, ApiError> {
        let action = ProjectClientMakePrimary { id: membership_id(&input.id)? };
        let outcome = perform_on_client(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectClientMakePrimaryPayload::refused, ProjectClientMakePrimaryPayload::done))
    }
}

/// Parses the global id of a membership. An id of another type answers like an unknown one.
fn membership_id(id: &ID) -> Result<Option<ProjectMembershipId>, ApiError> {
    Ok(ids::read(id, "input.id")?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into))
}
