//! Invites a member of staff, and sends an invitation again.

use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::id::{CompanyId, IdentityId, InvitationId, StaffMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::accounts::{find_or_create_identity, lock_identity};
use portico_store::company::{
    CurrentStaff, CurrentStaffInvitation, NewStaff, NewStaffInvitation, find_staff, insert_staff,
    insert_staff_invitation, membership_of_invitation, reopen_staff_invitation,
};
use portico_store::links::void_links_of;
use serde_json::json;

use super::host::region_host;
use super::staff_access::Manager;
use super::staff_invitation::StaffMail;
use crate::sessions::attempts;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Invites a person to a company's staff. The answer, and what the company sees until the invitation is accepted, is the same
/// with and without an account of the address.
#[derive(Debug, Clone, serde::Serialize)]
pub struct StaffInvite {
    /// The address.
    pub email: String,
    /// The name, as the company writes it.
    pub name: String,
    /// The job title.
    pub title: String,
    /// Owner or staff.
    pub role: Role,
    /// The permissions to grant.
    pub permissions: Vec<Permission>,
    /// The idempotency key.
    pub idempotency_key: String,
}

impl StaffInvite {
    fn given(&self) -> PermissionSet {
        self.permissions.iter().copied().collect()
    }

    fn checked(&self, manager: &Manager) -> Result<(Email, String, String), ActionError> {
        let (mut email, mut name, mut title) = (None, String::new(), String::new());
        check::all([
            check::email("email", &self.email).map(|address| email = Some(address)),
            check::person_name("name", &self.name).map(|text| name = text),
            check::text("title", &self.title, check::NAME).map(|text| title = text),
            manager.may_give_role(self.role),
            manager.may_give(self.given()),
        ])?;
        let email = email.ok_or_else(|| Refusal::blank("email"))?;
        Ok((email, name, title))
    }
}

impl Action for StaffInvite {
    type Done = StaffMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<StaffMembershipId, ActionError> {
        work.staff(Permission::StaffManage).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let manager = Manager::of(work).await?;
        let (email, name, title) = self.checked(&manager)?;
        let (company, now) = (manager.staff.company, work.now());
        let found = find_or_create_identity(work.connection(), &email, &name).await?;
        let new = NewStaff { company, identity: found.id, role: self.role, title, permissions: self.given() };
        let membership = match insert_staff(work.connection(), &new).await {
            Err(StoreError::Taken(_)) => {
                let message = "belongs to a member of the staff or to a pending invitation: change or resend that one";
                return Err(Refusal::of(RefusalCode::Taken, "email", message).into());
            }
            written => written?,
        };
        let new = NewStaffInvitation {
            company,
            membership,
            name: name.clone(),
            email: email.written().to_owned(),
            invited_by: Some(manager.staff.membership),
            at: now,
        };
        let invitation = insert_staff_invitation(work.connection(), &new).await?;
        mail(work, company, found.id, invitation, name).await?;
        let permissions: Vec<_> = self.given().iter().map(Permission::as_str).collect();
        let event = ActivityEvent::new(ActivityKind::StaffInvited)
            .in_company(company)
            .to(SubjectKind::StaffMembership, membership)
            .with(json!({ "role": self.role.as_str(), "permissions": permissions }));
        work.record(event).await?;
        work.answer(&self.idempotency_key, &membership).await?;
        Ok(membership)
    }
}

async fn mail(
    work: &mut Work<'_>,
    company: CompanyId,
    identity: IdentityId,
    invitation: InvitationId,
    name: String,
) -> Result<(), ActionError> {
    let (is_claimed, address) = lock_identity(work.connection(), identity).await?;
    if let Ok(email) = address.parse() {
        attempts::count_mail(work.actor(), &email).await?;
    }
    let at = work.now();
    let host = region_host(work, company).await?;
    let mail = StaffMail { company, host, identity, is_claimed, invitation, name, address, at };
    let job = mail.prepare(work.connection()).await?;
    work.enqueue(&job).await
}

/// Sends a staff invitation again. The link in the earlier mail is revoked, and the invitation expires later.
#[derive(Debug, Clone, serde::Serialize)]
pub struct StaffInvitationResend {
    /// The membership.
    pub membership: StaffMembershipId,
    /// The idempotency key.
    pub idempotency_key: String,
}

impl Action for StaffInvitationResend {
    type Done = StaffMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<StaffMembershipId, ActionError> {
        work.staff(Permission::StaffManage).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let manager = Manager::of(work).await?;
        let now = work.now();
        let member = found(work, &manager, self.membership).await?;
        let state = member.state_at(now);
        let open = member.invitation.clone().filter(|_| state != InvitationState::Accepted);
        let sent = open.ok_or_else(|| {
            Refusal::of(
                RefusalCode::InvalidState,
                "id",
                format!("is {state} and cannot be sent again: use `staffInvite` to send a new invitation"),
            )
        })?;
        resend(work, manager.staff.company, &member, sent).await?;
        work.answer(&self.idempotency_key, &self.membership).await?;
        Ok(self.membership)
    }
}

async fn resend(
    work: &mut Work<'_>,
    company: CompanyId,
    member: &CurrentStaff,
    sent: CurrentStaffInvitation,
) -> Result<(), ActionError> {
    let now = work.now();
    void_links_of(work.connection(), sent.id, now).await?;
    reopen_staff_invitation(work.connection(), sent.id, now).await?;
    mail(work, company, member.identity, sent.id, sent.name).await?;
    let event = ActivityEvent::new(ActivityKind::StaffInvitationResent).in_company(company);
    work.record(event.to(SubjectKind::StaffMembership, member.id)).await
}

/// Sends a pending or expired invitation again at the request of its recipient, who has no account yet. Returns whether it was sent.
pub(crate) async fn resend_to_staff(
    work: &mut Work<'_>,
    company: CompanyId,
    id: InvitationId,
) -> Result<bool, ActionError> {
    let Some(membership) = membership_of_invitation(work.connection(), id).await? else { return Ok(false) };
    let Some(member) = find_staff(work.connection(), company, membership).await? else { return Ok(false) };
    let sent = member.invitation.clone().filter(|sent| sent.id == id && sent.accepted_at.is_none());
    let Some(sent) = sent else { return Ok(false) };
    // A person with an account can sign in, which accepts the invitation as well.
    if lock_identity(work.connection(), member.identity).await?.0 {
        return Ok(false);
    }
    resend(work, company, &member, sent).await?;
    Ok(true)
}

/// A member of the company's staff whom the manager may change.
pub(super) async fn found(
    work: &mut Work<'_>,
    manager: &Manager,
    id: StaffMembershipId,
) -> Result<CurrentStaff, ActionError> {
    let member = find_staff(work.connection(), manager.staff.company, id).await?;
    let member = member.ok_or_else(|| Refusal::not_found("id"))?;
    manager.may_change(&member)?;
    Ok(member)
}
