//! Write operations on staff.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::company::{StaffInvitationResend, StaffInvite, StaffRemove, StaffUpdate};
use portico_core::id::{StaffMembershipId, Tag};
use portico_graphql_macros::gated;

use super::enums::StaffRole;
use super::people::{StaffMember, staff_member};
use crate::access::Permission;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StaffInviteInput {
    /// Email address for the invitation.
    email: String,
    /// Name. Once the invitation is accepted, the person's own name is shown.
    name: String,
    /// Job title.
    title: String,
    /// Role. Only an owner can invite an owner.
    #[graphql(default_with = "StaffRole::Staff")]
    role: StaffRole,
    /// Permissions to grant; each must be one of your own.
    #[graphql(default)]
    permissions: Vec<Permission>,
    idempotency_key: String,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StaffInvitationResendInput {
    /// ID of the membership.
    id: ID,
    idempotency_key: String,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StaffUpdateInput {
    /// ID of the membership.
    id: ID,
    /// Job title.
    title: Option<String>,
    /// Role. Only an owner can grant or revoke the role of owner; at least one owner must remain.
    role: Option<StaffRole>,
    /// All permissions; added ones must be among your own.
    permissions: Option<Vec<Permission>>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StaffRemoveInput {
    /// ID of the membership.
    id: ID,
}

payload! {
    StaffInvitePayload for (STAFF) {
        /// The invited member.
        staff_member: StaffMember,
    }
}

payload! {
    StaffInvitationResendPayload for (STAFF) {
        /// The invited member.
        staff_member: StaffMember,
    }
}

payload! {
    StaffUpdatePayload for (STAFF) {
        /// The member. Null on rejection, and if you removed your own permission to see it.
        staff_member: StaffMember,
    }
}

payload! {
    StaffRemovePayload for (STAFF) {
        /// ID of the removed membership.
        removed_id: ID,
    }
}

fn read(id: &ID) -> Result<StaffMembershipId, ApiError> {
    ids::read_as(id, "input.id", Tag::STAFF_MEMBERSHIP)
}

#[derive(Default)]
pub(crate) struct StaffMutations;

/// Write operations on staff.
#[gated]
#[Object]
impl StaffMutations {
    /// Invites a person to the staff by email. The result does not tell whether they have an account.
    #[requires(STAFF_MANAGE)]
    async fn staff_invite(&self, ctx: &Context<'_>, input: StaffInviteInput) -> Result<StaffInvitePayload, ApiError> {
        let StaffInviteInput { email, name, title, role, permissions, idempotency_key } = input;
        let permissions = permissions.into_iter().map(Into::into).collect();
        let invite = StaffInvite { email, name, title, role: role.into(), permissions, idempotency_key };
        Ok(match act(ctx, invite).await? {
            Ok(id) => StaffInvitePayload::done(staff_member(ctx, id).await?),
            Err(refused) => StaffInvitePayload::refused(refused),
        })
    }

    /// Sends a staff invitation again. The link in the earlier email is revoked.
    #[requires(STAFF_MANAGE)]
    async fn staff_invitation_resend(
        &self,
        ctx: &Context<'_>,
        input: StaffInvitationResendInput,
    ) -> Result<StaffInvitationResendPayload, ApiError> {
        let StaffInvitationResendInput { id, idempotency_key } = input;
        let resend = StaffInvitationResend { membership: read(&id)?, idempotency_key };
        Ok(match act(ctx, resend).await? {
            Ok(id) => StaffInvitationResendPayload::done(staff_member(ctx, id).await?),
            Err(refused) => StaffInvitationResendPayload::refused(refused),
        })
    }

    /// Changes a member of staff. Takes effect with the member's next request.
    #[requires(STAFF_MANAGE)]
    async fn staff_update(&self, ctx: &Context<'_>, input: StaffUpdateInput) -> Result<StaffUpdatePayload, ApiError> {
        let StaffUpdateInput { id, title, role, permissions } = input;
        let update = StaffUpdate {
            membership: read(&id)?,
            title,
            role: role.map(Into::into),
            permissions: permissions.map(|list| list.into_iter().map(Into::into).collect()),
        };
        let id = update.membership;
        Ok(match act(ctx, update).await? {
            Ok(()) => StaffUpdatePayload::done(staff_member(ctx, id).await?),
            Err(refused) => StaffUpdatePayload::refused(refused),
        })
    }

    /// Removes a member of staff, or withdraws a pending invitation. Access ends at once: sessions, keys and links. The
    /// member leaves the teams of all projects that are not archived.
    #[requires(STAFF_MANAGE)]
    async fn staff_remove(&self, ctx: &Context<'_>, input: StaffRemoveInput) -> Result<StaffRemovePayload, ApiError> {
        Ok(match act(ctx, StaffRemove { membership: read(&input.id)? }).await? {
            Ok(()) => StaffRemovePayload::done(input.id),
            Err(refused) => StaffRemovePayload::refused(refused),
        })
    }
}
