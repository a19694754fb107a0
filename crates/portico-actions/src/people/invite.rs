//! What sending an invitation takes, whoever sends it: a slot, a mail, and an open door.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{InvitationId, new_uuid};
use portico_core::mail::MailTemplate;
use portico_core::people::{INVITATION_LIFE, INVITATION_SLOTS, InvitationState, LinkPurpose};
use portico_core::projects::{MembershipKind, ProjectStatus};
use portico_core::refusal::RefusalCode;
use portico_store::mail::NewDelivery;
use portico_store::people::{
    ActingStaff, Invitee, KeptInvitation, LockedProject, NewInvitation, NewSignInLink, insert_invitation, insert_link,
    invited_by, lock_invitation_of, reopen_invitation, slots_taken, void_links_of,
};
use serde_json::json;

use super::tries;
use crate::company::region_host;
use crate::{ActionError, Happened, Refusal, Work};

/// Projects that are closed take no more clients.
pub(crate) fn refuse_closed(project: &LockedProject) -> Result<(), Refusal> {
    if project.status == ProjectStatus::Archived {
        return Err(Refusal::new(RefusalCode::ProjectClosed, "the project is archived"));
    }
    Ok(())
}

/// Invites somebody who has a place, and has not been invited to it.
pub(crate) async fn send(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    invitee: &Invitee,
) -> Result<InvitationId, ActionError> {
    let now = work.now();
    if let Some(known) = lock_invitation_of(work.connection(), invitee.membership).await? {
        if known.state_at(now) == InvitationState::Expired {
            return resend(work, staff, project, invitee, &known).await;
        }
        return Err(in_state(known.state_at(now)).into());
    }
    if invitee.kind == MembershipKind::Client {
        take_slot(work, project).await?;
    }
    let template = template_for(work, staff, invitee).await?;
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
    mail(work, staff, project, invitee, id, template).await?;
    record(work, ActivityKind::InvitationSent, staff, project, id, template).await?;
    Ok(id)
}

/// Invites somebody again: the mail that they have loses its link, and the fourteen days begin anew (INV-11).
pub(crate) async fn resend(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    invitee: &Invitee,
    known: &KeptInvitation,
) -> Result<InvitationId, ActionError> {
    let now = work.now();
    match known.state_at(now) {
        InvitationState::Invited => {}
        // Its slot was free, and others may have taken it.
        InvitationState::Expired if invitee.kind == MembershipKind::Trade => {}
        InvitationState::Expired => take_slot(work, project).await?,
        state => return Err(in_state(state).into()),
    }
    // Whoever has come by none of our links yet still needs one, whoever else has invited them since.
    let is_first = known.template.has_link() && invitee.claimed_at.is_none();
    let template = if is_first { known.template } else { template_for(work, staff, invitee).await? };
    void_links_of(work.connection(), known.id, now).await?;
    reopen_invitation(work.connection(), known, template, now).await?;
    mail(work, staff, project, invitee, known.id, template).await?;
    record(work, ActivityKind::InvitationResent, staff, project, known.id, template).await?;
    Ok(known.id)
}

/// An invitation that cannot be sent, or taken back, as it stands.
pub(crate) fn in_state(state: InvitationState) -> Refusal {
    Refusal::new(RefusalCode::InvalidState, format!("the invitation is {state}"))
}

async fn take_slot(work: &mut Work<'_>, project: &LockedProject) -> Result<(), ActionError> {
    let now = work.now();
    if slots_taken(work.connection(), project.id, now).await? >= INVITATION_SLOTS {
        let message = format!("a project has {INVITATION_SLOTS} invitations at most; remove one first");
        return Err(Refusal::new(RefusalCode::InvitationLimit, message).into());
    }
    Ok(())
}

/// The first mail holds the link to create a password. Whoever is known already, here or elsewhere, has a way in, and a
/// link in a mail that they did not ask for would only be one more way to be deceived (INV-12, INV-15).
async fn template_for(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    invitee: &Invitee,
) -> Result<MailTemplate, ActionError> {
    if invitee.kind == MembershipKind::Trade {
        // A trade partner with an account knows the way; the link of an invitation is for those who have none.
        let is_claimed = invitee.claimed_at.is_some();
        return Ok(if is_claimed { MailTemplate::ProjectSharedAgain } else { MailTemplate::TradeInvitation });
    }
    let now = work.now();
    let (by_us, by_others) = invited_by(work.connection(), staff.company, invitee.identity, now).await?;
    Ok(match (invitee.claimed_at.is_some(), by_us, by_others) {
        (true, true, _) => MailTemplate::ProjectSharedAgain,
        (true, false, _) | (false, _, true) => MailTemplate::CustomerInvitationFromAnotherOffice,
        (false, _, false) => MailTemplate::CustomerInvitation,
    })
}

async fn mail(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    invitee: &Invitee,
    invitation: InvitationId,
    template: MailTemplate,
) -> Result<(), ActionError> {
    let now = work.now();
    if let Ok(email) = invitee.email.parse() {
        tries::count_mail(work.actor(), &email).await?;
    }
    let link = if template.has_link() {
        let new = NewSignInLink {
            identity: invitee.identity,
            purpose: LinkPurpose::Invitation,
            invitation: Some(invitation),
            company: Some(staff.company),
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
    let host = region_host(work, staff.company).await?;
    let delivery = NewDelivery {
        key: format!("invitation:{}:{}", invitation.0, new_uuid()),
        company_id: Some(staff.company),
        template,
        to_address: invitee.email.clone(),
        to_name: Some(invitee.name.clone()),
        values,
        link,
        portal_host: Some(host),
        at: now,
    };
    work.post(&delivery).await
}

async fn record(
    work: &mut Work<'_>,
    kind: ActivityKind,
    staff: &ActingStaff,
    project: &LockedProject,
    invitation: InvitationId,
    template: MailTemplate,
) -> Result<(), ActionError> {
    let happened = Happened::new(kind)
        .in_project(staff.company, project.id)
        .to(SubjectKind::Invitation, invitation)
        .with(json!({ "template": template.as_str() }));
    work.record(happened).await
}
