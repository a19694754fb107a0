//! How a company gives clients their places, and invites them.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::Action;
use portico_actions::people::{
    CardChange, InvitationRemove, InvitationResend, InvitationSend, PlaceChange, ProjectClientAdd,
    ProjectClientMakePrimary, ProjectClientRemove, ProjectClientReplace, ProjectClientUpdate, SettingsChange,
};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_core::projects::AccessLevel as CoreAccess;
use portico_graphql_macros::gated;
use portico_loader::people::ClientById;
use portico_loader::projects::ProjectById;

use super::project_trade::{ProjectTrade, project_trade};
use super::{ProjectClient, SummaryFrequency};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::{ClientRelationship, Project};
use crate::scalars::changed;

/// Whom to give a place in a project.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientAddInput {
    /// The project.
    project_id: ID,
    /// Your card of the client.
    contact_id: ID,
    /// What they are to the project.
    relationship: ClientRelationship,
    /// Whether they may see the status reports.
    #[graphql(default = true)]
    can_see_status: bool,
    /// Whether they may pay.
    #[graphql(default = true)]
    can_pay: bool,
    /// Whether they are invited at once.
    #[graphql(default = false)]
    invite: bool,
    /// Anything that you have not used before: whoever sends it again gets the first answer, and nothing is done twice.
    idempotency_key: String,
}

/// What is to become of a client's place. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientUpdateInput {
    /// The place.
    id: ID,
    /// What they are to the project.
    relationship: Option<ClientRelationship>,
    /// Whether they may see the status reports.
    can_see_status: Option<bool>,
    /// Whether they may pay.
    can_pay: Option<bool>,
    /// Whether they are told by mail alone, without a portal. Not once they are invited: that is what opens the portal.
    email_only: Option<bool>,
    /// How you tell them apart: for your staff alone. Null takes it away.
    label: MaybeUndefined<String>,
    /// How they are told of news until they say so themselves.
    alert_defaults: Option<AlertDefaultsInput>,
    /// Their name on your card of them. Not once they look after their account themselves, and so for `phone` and `email`.
    name: Option<String>,
    /// Their telephone number on your card of them, E.164. Null takes it away.
    phone: MaybeUndefined<String>,
    /// Their email address. Another address is another person: open invitations end.
    email: Option<String>,
}

/// How a client is told of news until they say so themselves. What is left out stays as it is, and null unsettles it.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AlertDefaultsInput {
    /// Whether they are told at once.
    instant_alerts: MaybeUndefined<bool>,
    /// How often the news is summed up by mail.
    summary_frequency: MaybeUndefined<SummaryFrequency>,
}

/// Who comes in place of whom.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientReplaceInput {
    /// The place of whoever goes.
    id: ID,
    /// Your card of whoever comes.
    contact_id: ID,
    /// Whether they are invited at once.
    #[graphql(default = false)]
    invite: bool,
    /// Anything that you have not used before: whoever sends it again gets the first answer, and nothing is done twice.
    idempotency_key: String,
}

/// Whom to invite.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct InvitationSendInput {
    /// Into which project.
    project_id: ID,
    /// Your card of the client, who has a place in it.
    contact_id: ID,
    /// Anything that you have not used before: whoever sends it again gets the first answer, and nothing is sent twice.
    idempotency_key: String,
}

/// Whom to invite again.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct InvitationResendInput {
    /// The invitation.
    id: ID,
    /// Anything that you have not used before: whoever sends it again gets the first answer, and nothing is sent twice.
    idempotency_key: String,
}

payload! {
    /// What came of changing a client's place.
    ProjectClientPayload for (STAFF) {
        /// The place, as it is now.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `invitationResend` and `invitationRemove`.
    InvitationPayload for (STAFF) {
        /// The client whose invitation it is. Null if it is a trade partner's.
        project_client: ProjectClient,
        /// The trade partner whose invitation it is. Null if it is a client's.
        project_trade: ProjectTrade,
    }
}

payload! {
    /// What came of taking a client's place away.
    ProjectClientRemovePayload for (STAFF) {
        /// The project, with the clients who are left.
        project: Project,
    }
}

/// Does something to a client's place, and shows it.
async fn to_place<A>(ctx: &Context<'_>, action: A) -> Result<ProjectClientPayload, ApiError>
where
    A: Action<Done = ProjectMembershipId>,
{
    Ok(match act(ctx, action).await? {
        Ok(id) => ProjectClientPayload::done(load(ctx, ClientById(id)).await?.map(ProjectClient)),
        Err(refused) => ProjectClientPayload::refused(refused),
    })
}

/// Does something to an invitation, and shows the member whom it invites.
async fn to_invitation<A>(ctx: &Context<'_>, action: A) -> Result<InvitationPayload, ApiError>
where
    A: Action<Done = ProjectMembershipId>,
{
    Ok(match act(ctx, action).await? {
        Ok(id) => {
            let client = load(ctx, ClientById(id)).await?.map(ProjectClient);
            let trade = if client.is_none() { project_trade(ctx, id).await? } else { None };
            InvitationPayload::done(client, trade)
        }
        Err(refused) => InvitationPayload::refused(refused),
    })
}

/// How a company gives clients their places, and invites them.
#[derive(Default)]
pub(crate) struct ProjectClientMutations;

/// How a company gives clients their places, and invites them.
#[gated]
#[Object]
impl ProjectClientMutations {
    /// Gives a client a place in a project. Without an invitation they have no access.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and into which project.")] input: ProjectClientAddInput,
    ) -> Result<ProjectClientPayload, ApiError> {
        let action = ProjectClientAdd {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            relationship: input.relationship.into(),
            can_see_status: input.can_see_status,
            can_pay: input.can_pay,
            invite: input.invite,
            idempotency_key: input.idempotency_key,
        };
        to_place(ctx, action).await
    }

    /// Changes what a client is to a project, and what they may do there.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose place, and what becomes of it.")] input: ProjectClientUpdateInput,
    ) -> Result<ProjectClientPayload, ApiError> {
        let ProjectClientUpdateInput {
            id,
            relationship,
            can_see_status,
            can_pay,
            email_only,
            label,
            alert_defaults,
            ..
        } = input;
        let access_level = email_only.map(|is_it| if is_it { CoreAccess::EmailOnly } else { CoreAccess::None });
        let relationship = relationship.map(Into::into);
        let change = PlaceChange { relationship, can_see_status, can_pay, access_level };
        let (instant_alerts, summary_frequency) =
            alert_defaults.map(|input| (input.instant_alerts, input.summary_frequency)).unwrap_or_default();
        let settings = SettingsChange {
            label: changed(label),
            instant_alerts: changed(instant_alerts),
            summary_frequency: changed(summary_frequency).map(|settled| settled.map(Into::into)),
        };
        let card = CardChange { name: input.name, phone: changed(input.phone), email: input.email };
        to_place(ctx, ProjectClientUpdate { id: place(&id, "input.id")?, change, settings, card }).await
    }

    /// Takes a client's place away. They are out at their next request; what they did stays, and so does their card.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place.")] id: ID,
    ) -> Result<ProjectClientRemovePayload, ApiError> {
        Ok(match act(ctx, ProjectClientRemove { id: place(&id, "id")? }).await? {
            Ok(project) => ProjectClientRemovePayload::done(load(ctx, ProjectById(project)).await?.map(Project)),
            Err(refused) => ProjectClientRemovePayload::refused(refused),
        })
    }

    /// Puts another person in a client's place. What the first one did stays theirs.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_replace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who comes in place of whom.")] input: ProjectClientReplaceInput,
    ) -> Result<ProjectClientPayload, ApiError> {
        let action = ProjectClientReplace {
            id: place(&input.id, "input.id")?,
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            invite: input.invite,
            idempotency_key: input.idempotency_key,
        };
        to_place(ctx, action).await
    }

    /// Makes a client the one who clears updates. Nobody is told.
    #[requires(CLIENTS_INVITE)]
    async fn project_client_make_primary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place.")] id: ID,
    ) -> Result<ProjectClientPayload, ApiError> {
        to_place(ctx, ProjectClientMakePrimary { id: place(&id, "id")? }).await
    }

    /// Invites a client who has a place in a project, and turns their access on. At most three people can be invited into one.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and into which project.")] input: InvitationSendInput,
    ) -> Result<ProjectClientPayload, ApiError> {
        let action = InvitationSend {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        to_place(ctx, action).await
    }

    /// Sends an invitation again, with a fresh link: the old one opens nothing any more.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: InvitationResendInput,
    ) -> Result<InvitationPayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::INVITATION).map(Into::into);
        to_invitation(ctx, InvitationResend { id, idempotency_key: input.idempotency_key }).await
    }

    /// Takes an invitation back that nobody has taken up.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
    ) -> Result<InvitationPayload, ApiError> {
        let id = ids::read(&id, "id")?.of_kind(Tag::INVITATION).map(Into::into);
        to_invitation(ctx, InvitationRemove { id }).await
    }
}

/// The place that an id names, if it is one of a place.
fn place(id: &ID, argument: &str) -> Result<Option<ProjectMembershipId>, ApiError> {
    Ok(ids::read(id, argument)?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into))
}
