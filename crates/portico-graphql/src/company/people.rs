//! Staff of the company.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use portico_core::access::Permission as CorePermission;
use portico_core::clock::Clock;
use portico_core::company::StaffList;
use portico_core::id::{StaffMembershipId, Tag};
use portico_core::page::{Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::company::{StaffCount, StaffMemberById, StaffMemberRow, StaffPage};

use super::enums::StaffRole;
use crate::access::Permission;
use crate::error::ApiError;
use crate::ids;
use crate::invitations::InvitationState;
use crate::load::load;
use crate::mail::MailDelivery;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::scalars::{DateTime, EmailAddress};

connection! {
    /// Page of members of staff.
    StaffConnection, StaffEdge of StaffMember(StaffMemberRow), counted by StaffCount, shared with (STAFF)
}

/// Filter by role.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StaffRoleFilter {
    #[graphql(name = "in")]
    one_of: Vec<StaffRole>,
}

/// Filter of members of staff. Conditions are combined with AND.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct StaffFilter {
    /// Role.
    #[shared(STAFF)]
    role: Option<StaffRoleFilter>,
    /// `true` returns removed members only. Omit for current ones.
    #[requires(STAFF_MANAGE)]
    is_removed: Option<bool>,
}

/// Invitation of a member of staff.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct StaffInvitation {
    /// State of the invitation.
    state: InvitationState,
    /// Time when it was last sent. Null if it never was.
    sent_at: Option<DateTime>,
    /// Expiry time. Null if it was never sent.
    expires_at: Option<DateTime>,
    /// Time of acceptance. Null until then.
    accepted_at: Option<DateTime>,
    /// Whether it can be sent again: until it is accepted or withdrawn.
    can_resend: bool,
}

impl StaffInvitation {
    fn of(row: &StaffMemberRow, clock: &Clock) -> Self {
        let is_late = row.expires_at.is_some_and(|expires_at| expires_at <= clock.now());
        let state = match (row.accepted_at.is_some(), row.removed_at.is_some()) {
            (true, true) => InvitationState::Revoked,
            (true, false) => InvitationState::Accepted,
            (false, true) => InvitationState::Removed,
            (false, false) if is_late => InvitationState::Expired,
            (false, false) => InvitationState::Invited,
        };
        Self {
            state,
            sent_at: row.sent_at.map(DateTime),
            expires_at: row.expires_at.map(DateTime),
            accepted_at: row.accepted_at.map(DateTime),
            can_resend: matches!(state, InvitationState::Invited | InvitationState::Expired),
        }
    }
}

pub(crate) struct StaffMember(pub(crate) Arc<StaffMemberRow>);

/// Member of the company's staff, current, invited or removed.
#[gated]
#[Object]
impl StaffMember {
    /// Membership ID; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::STAFF_MEMBERSHIP, self.0.id)
    }

    /// Name: the company's spelling until the invitation is accepted, then the person's own.
    #[shared(STAFF)]
    async fn name(&self) -> &str;

    /// Job title.
    #[shared(STAFF)]
    async fn title(&self) -> &str;

    /// Role.
    #[shared(STAFF)]
    async fn role(&self) -> StaffRole {
        StaffRole::of(self.0.role)
    }

    /// Email address: as invited until the invitation is accepted, then the account's.
    #[requires(STAFF_MANAGE)]
    async fn email(&self) -> EmailAddress;

    /// Granted permissions, in the order of the enum. An owner has all permissions.
    #[requires(STAFF_MANAGE)]
    #[list_size(NAMES)]
    async fn permissions(&self) -> Vec<Permission> {
        let is_given = |permission: &CorePermission| self.0.permissions.iter().any(|name| name == permission.as_str());
        CorePermission::ALL.iter().copied().filter(is_given).map(Into::into).collect()
    }

    /// Invitation. Null if the membership began without one.
    #[requires(STAFF_MANAGE)]
    async fn invitation(&self, ctx: &Context<'_>) -> Option<StaffInvitation> {
        let clock = ctx.data_unchecked::<Arc<Clock>>();
        self.0.is_invited.then(|| StaffInvitation::of(&self.0, clock))
    }

    /// Delivery status of the invitation's latest email. Null if none was sent in the last 180 days.
    #[requires(STAFF_MANAGE)]
    async fn invitation_delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        match self.0.invitation_id {
            Some(id) => MailDelivery::about(ctx, id.0).await,
            None => Ok(None),
        }
    }

    /// Time of creation.
    #[requires(STAFF_MANAGE)]
    async fn created_at(&self) -> DateTime;

    /// Time of removal. Null while current.
    #[requires(STAFF_MANAGE)]
    async fn removed_at(&self) -> Option<DateTime>;
}

/// A member of staff.
pub(super) async fn staff_member(ctx: &Context<'_>, id: StaffMembershipId) -> Result<Option<StaffMember>, ApiError> {
    Ok(load(ctx, StaffMemberById(id)).await?.map(StaffMember))
}

/// A page of the company's staff.
pub(super) async fn staff_page(
    ctx: &Context<'_>,
    page: PageArguments,
    filter: Option<StaffFilter>,
) -> Result<StaffConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let StaffFilter { role, is_removed } = filter.unwrap_or_default();
    let role_in = role.map(|role| role.one_of.into_iter().map(Into::into).collect());
    let list = StaffList { role_in, is_removed: is_removed.unwrap_or_default() };
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("staff|{list:?}"));
    let slice = page.slice(&cursors)?;
    let page = loader.load(StaffPage { list: list.clone(), slice }).await?;
    let position = |row: &StaffMemberRow| Position { value: SortValue::Text(row.name.clone()), id: row.id.0 };
    Ok(StaffConnection::new(page, StaffCount(list), cursors, position))
}
