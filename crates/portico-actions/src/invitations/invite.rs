//! Sends invitations: the limit per project, the row, the mail with its link, and the audit log.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, InvitationId, new_uuid};
use portico_core::invitations::{INVITATION_LIFE, INVITATION_SLOTS, InvitationState};
use portico_core::links::LinkPurpose;
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::projects::{MembershipKind, ProjectStatus};
use portico_core::refusal::RefusalCode;
use portico_store::invitations::{
    NewInvitation, StoredInvitation, insert_invitation, invited_by, lock_invitation_of, reopen_invitation, slots_taken,
};
use portico_store::links::{NewSignInLink, insert_link, void_links_of};
use portico_store::memberships::{Invitee, LockedProject};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use crate::company::region_host;
use crate::refusal::ARCHIVED;
use crate::sessions::attempts;
use crate::{ActionError, ActivityEvent, Refusal, Work};

/// Rejects changes of an archived project's members.
pub(crate) fn refuse_closed(project: &LockedProject) -> Result<(), Refusal> {
    if project.status == ProjectStatus::Archived {
        return Err(Refusal::new(RefusalCode::ProjectClosed, ARCHIVED));
    }
    Ok(())
}

/// Invites a member without a pending or accepted invitation.
pub(crate) async fn send(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    invitee: &Invitee,
) -> Result<InvitationId, ActionError> {
    let now = work.now();
    if let Some(known) = lock_invitation_of(work.connection(), invitee.membership).await? {
        if known.state_at(now) == InvitationState::Expired {
            return resend(work, staff.company, project, invitee, &known).await;
        }
        return Err(wrong_state(known.state_at(now)).into());
    }
    if invitee.kind == MembershipKind::Client {
        check_limit(work, project).await?;
    }
    let template = template_for(work, staff.company, invitee).await?;
    let id = InvitationId::generate();
    let new = NewInvitation {
        id,
        company: staff.company,
        project: project.id,
        membership: invitee.membership,
        template,
        invited_by: staff.membership,
        at: now,
    };
    insert_invitation(work.connection(), &new).await?;
    mail(work, staff.company, project, invitee, id, template).await?;
    record(work, ActivityKind::InvitationSent, staff.company, project, id, template).await?;
    Ok(id)
}

/// Sends an invitation again: the old link expires, and the fourteen days start again (INV-11).
pub(crate) async fn resend(
    work: &mut Work<'_>,
    company: CompanyId,
    project: &LockedProject,
    invitee: &Invitee,
    known: &StoredInvitation,
) -> Result<InvitationId, ActionError> {
    let now = work.now();
    match known.state_at(now) {
        InvitationState::Invited => {}
        // An expired invitation does not count toward the limit, and others may have reached it since.
        InvitationState::Expired if invitee.kind == MembershipKind::Trade => {}
        InvitationState::Expired => check_limit(work, project).await?,
        state => return Err(wrong_state(state).into()),
    }
    // A person who has never used a link still needs one, even if another company has invited them since.
    let is_first = known.template.has_link() && invitee.claimed_at.is_none();
    let template = if is_first { known.template } else { template_for(work, company, invitee).await? };
    void_links_of(work.connection(), known.id, now).await?;
    reopen_invitation(work.connection(), known, template, now).await?;
    mail(work, company, project, invitee, known.id, template).await?;
    record(work, ActivityKind::InvitationResent, company, project, known.id, template).await?;
    Ok(known.id)
}

/// The error for an invitation whose state does not allow the operation.
pub(crate) fn wrong_state(state: InvitationState) -> Refusal {
    let remedy = match state {
        InvitationState::Invited => "use `invitationResend` or `invitationRemove`",
        InvitationState::Accepted => "remove the member to revoke access",
        _ => "send a new one",
    };
    Refusal::new(RefusalCode::InvalidState, format!("the invitation is {state}: {remedy}"))
}

async fn check_limit(work: &mut Work<'_>, project: &LockedProject) -> Result<(), ActionError> {
    let now = work.now();
    if slots_taken(work.connection(), project.id, now).await? >= INVITATION_SLOTS {
        let message = format!("the project has {INVITATION_SLOTS} invitations, the maximum: remove one first");
        return Err(Refusal::new(RefusalCode::InvitationLimit, message).into());
    }
    Ok(())
}

/// The first mail has a link to create a password. A person with an account can sign in already, and a link in an unsolicited mail
/// would only invite phishing (INV-12, INV-15).
async fn template_for(work: &mut Work<'_>, company: CompanyId, invitee: &Invitee) -> Result<MailTemplate, ActionError> {
    if invitee.kind == MembershipKind::Trade {
        // A trade partner with an account can sign in already; the link of an invitation is for others.
        let is_claimed = invitee.claimed_at.is_some();
        return Ok(if is_claimed { MailTemplate::ProjectSharedAgain } else { MailTemplate::TradeInvitation });
    }
    let now = work.now();
    let (by_us, by_others) = invited_by(work.connection(), company, invitee.identity, now).await?;
    Ok(match (invitee.claimed_at.is_some(), by_us, by_others) {
        (true, true, _) => MailTemplate::ProjectSharedAgain,
        (true, false, _) | (false, _, true) => MailTemplate::CustomerInvitationFromAnotherOffice,
        (false, _, false) => MailTemplate::CustomerInvitation,
    })
}

async fn mail(
    work: &mut Work<'_>,
    company: CompanyId,
    project: &LockedProject,
    invitee: &Invitee,
    invitation: InvitationId,
    template: MailTemplate,
) -> Result<(), ActionError> {
    let now = work.now();
    if let Ok(email) = invitee.email.parse() {
        attempts::count_mail(work.actor(), &email).await?;
    }
    let link = if template.has_link() {
        let new = NewSignInLink {
            identity: invitee.identity,
            purpose: LinkPurpose::Invitation,
            invitation: Some(invitation),
            company: Some(company),
            email: None,
            at: now,
            expires_at: now + INVITATION_LIFE,
        };
        Some(insert_link(work.connection(), new).await?)
    } else {
        None
    };
    let values = match template {
        MailTemplate::CustomerInvitation | MailTemplate::TradeInvitation => {
            json!({ "project": project.name, "days": INVITATION_LIFE.num_days() })
        }
        _ => json!({ "project": project.name }),
    };
    let host = region_host(work, company).await?;
    let mail = MailJob {
        key: format!("invitation:{}:{}", invitation.0, new_uuid()),
        company_id: Some(company),
        template,
        to_address: invitee.email.clone(),
        to_name: Some(invitee.name.clone()),
        values,
        link,
        portal_host: Some(host),
    };
    work.enqueue(&mail).await
}

async fn record(
    work: &mut Work<'_>,
    kind: ActivityKind,
    company: CompanyId,
    project: &LockedProject,
    invitation: InvitationId,
    template: MailTemplate,
) -> Result<(), ActionError> {
    let event = ActivityEvent::new(kind)
        .in_project(company, project.id)
        .to(SubjectKind::Invitation, invitation)
        .with(json!({ "template": template.as_str() }));
    work.record(event).await
}
