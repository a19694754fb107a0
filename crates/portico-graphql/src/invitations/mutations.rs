//! Mutations of invitations.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::Action;
use portico_actions::invitations::{InvitationRemove, InvitationResend, InvitationSend};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_graphql_macros::gated;
use portico_loader::memberships::ClientById;

use crate::act::{Outcome, act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectClient, ProjectTrade, perform_on_client, project_trade};

/// Input of `invitationSend`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct InvitationSendInput {
    /// The project.
    project_id: ID,
    /// Contact of a client of the project.
    contact_id: ID,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

/// Input of `invitationResend`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct InvitationResendInput {
    /// The invitation.
    id: ID,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

/// Input of `invitationRemove`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct InvitationRemoveInput {
    /// The invitation.
    id: ID,
}

payload! {
    /// Result of `invitationSend`.
    InvitationSendPayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_client: ProjectClient,
    }
}

payload! {
    /// Result of `invitationResend`.
    InvitationResendPayload for (STAFF) {
        /// Membership of the invited client. Null for a trade partner's invitation.
        project_client: ProjectClient,
        /// Membership of the invited trade partner. Null for a client's invitation.
        project_trade: ProjectTrade,
    }
}

payload! {
    /// Result of `invitationRemove`.
    InvitationRemovePayload for (STAFF) {
        /// Membership of the invited client. Null for a trade partner's invitation.
        project_client: ProjectClient,
        /// Membership of the invited trade partner. Null for a client's invitation.
        project_trade: ProjectTrade,
    }
}

/// The invited member: a client or a trade partner.
type Invited = (Option<ProjectClient>, Option<ProjectTrade>);

/// Performs an action on an invitation, and reads the membership of the invited member.
async fn perform_on_invitation<A>(ctx: &Context<'_>, action: A) -> Result<Outcome<Invited>, ApiError>
where
    A: Action<Done = ProjectMembershipId>,
{
    Ok(match act(ctx, action).await? {
        Ok(id) => {
            let client = load(ctx, ClientById(id)).await?.map(ProjectClient);
            let trade = if client.is_none() { project_trade(ctx, id).await? } else { None };
            Ok((client, trade))
        }
        Err(refused) => Err(refused),
    })
}

/// Mutations of invitations.
#[derive(Default)]
pub(crate) struct InvitationMutations;

/// Mutations of invitations.
#[gated]
#[Object]
impl InvitationMutations {
    /// Invites a client of a project by email, and grants access.
    /// At most three clients of a project can have a pending or accepted invitation.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `invitationSend`.")] input: InvitationSendInput,
    ) -> Result<InvitationSendPayload, ApiError> {
        let action = InvitationSend {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        let outcome = perform_on_client(ctx, action).await?;
        Ok(outcome.map_or_else(InvitationSendPayload::refused, InvitationSendPayload::done))
    }

    /// Sends an invitation again with a new link. The old link expires.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `invitationResend`.")] input: InvitationResendInput,
    ) -> Result<InvitationResendPayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::INVITATION).map(Into::into);
        let outcome =
            perform_on_invitation(ctx, InvitationResend { id, idempotency_key: input.idempotency_key }).await?;
        Ok(outcome.map_or_else(InvitationResendPayload::refused, |(client, trade)| {
            InvitationResendPayload::done(client, trade)
        }))
    }

    /// Withdraws a pending invitation.
    #[requires(CLIENTS_INVITE)]
    async fn invitation_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `invitationRemove`.")] input: InvitationRemoveInput,
    ) -> Result<InvitationRemovePayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::INVITATION).map(Into::into);
        let outcome = perform_on_invitation(ctx, InvitationRemove { id }).await?;
        Ok(outcome.map_or_else(InvitationRemovePayload::refused, |(client, trade)| {
            InvitationRemovePayload::done(client, trade)
        }))
    }
}
