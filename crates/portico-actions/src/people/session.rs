//! How a session comes to be, whatever it was that proved who somebody is.

use chrono::{DateTime, Utc};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, IdentityId, ProjectId, StaffMembershipId};
use portico_core::people::{Role, SESSION_LIFE, SUPPORT_SESSION_LIFE, TOKEN_BYTES, TokenHash, token_of};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::company::accept_staff_invitation;
use portico_store::people::{
    Account, NewSession, SignInPlace, insert_session, places_of, settle_invitations, void_links_of,
};
use serde_json::json;

use crate::{ActionError, Happened, Refusal, Work};

/// What came of signing in.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A session is open.
    Open(OpenSession),
    /// Several places are open to them: one has to be chosen. Nothing was used up.
    Choose(Vec<SignInPlace>),
}

/// A session that was opened just now.
#[derive(Clone)]
pub struct OpenSession {
    /// The token, which is told this once.
    pub token: String,
    /// As what.
    pub role: Role,
    /// When it ends unless it is used.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSession").field("role", &self.role).finish_non_exhaustive()
    }
}

/// The one sentence for a link that lets nobody in, whatever the reason.
pub(crate) fn refused() -> Refusal {
    Refusal::new(RefusalCode::SignInRefused, "this link does not work; ask for a fresh one")
}

/// Says why sign-in was refused in the words of another way in than a link.
pub(crate) fn in_words<T>(outcome: Result<T, ActionError>, refusal: &Refusal) -> Result<T, ActionError> {
    outcome.map_err(|error| match error {
        ActionError::Refused(refusals) => ActionError::Refused(
            refusals
                .into_iter()
                .map(|given| if given.code == RefusalCode::SignInRefused { refusal.clone() } else { given })
                .collect(),
        ),
        other => other,
    })
}

/// How far what somebody came by reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To all their places.
    Anywhere,
    /// To what may be opened at the host of a company's portal, which is not the platform's to guard: their places in projects,
    /// and theirs among that company's staff.
    At(CompanyId),
    /// To their projects, as the client or as the trade partner that an invitation is for: it is open for long, and mails are
    /// forwarded.
    Invited(MembershipKind),
    /// To the membership among a company's staff that an invitation is for, for the same reason.
    Staff(StaffMembershipId),
}

impl Reach {
    /// That of a link which leads to a company's portal, or to the platform's own host.
    pub(crate) fn of_link(company: Option<CompanyId>) -> Self {
        company.map_or(Self::Anywhere, Self::At)
    }

    /// Whether a place can be opened.
    pub(crate) fn includes(self, place: &SignInPlace) -> bool {
        match (self, place) {
            (Self::Anywhere, _) | (Self::At(_), SignInPlace::Client | SignInPlace::Trade) => true,
            (Self::Invited(kind), SignInPlace::Client) => kind == MembershipKind::Client,
            (Self::Invited(kind), SignInPlace::Trade) => kind == MembershipKind::Trade,
            (Self::At(host), SignInPlace::Staff { company, .. }) => host == *company,
            (Self::Staff(invited), SignInPlace::Staff { membership, .. }) => invited == *membership,
            (Self::At(_), SignInPlace::Support) | (Self::Invited(_) | Self::Staff(_), _) => false,
        }
    }
}

/// The place that somebody signs in to: the only one, or the one that they chose.
pub(crate) async fn choose(
    work: &mut Work<'_>,
    account: &Account,
    choice: Option<&str>,
    reach: Reach,
) -> Result<Result<SignInPlace, Vec<SignInPlace>>, ActionError> {
    let mut places = places_of(work.connection(), account.id).await?;
    places.retain(|place| reach.includes(place));
    match choice {
        Some(choice) => {
            let chosen = places.into_iter().find(|place| place.name() == choice);
            Ok(Ok(chosen.ok_or_else(|| Refusal::not_found("as"))?))
        }
        None if places.len() > 1 => Ok(Err(places)),
        None => Ok(Ok(places.pop().ok_or_else(refused)?)),
    }
}

/// Whether all that a person can sign in to can be opened so. Where it cannot, a password must not be set on the way: it would open the
/// rest. To be invited by another company is nobody's choice, and keeps nobody from it.
pub(crate) async fn reaches_all(work: &mut Work<'_>, whose: IdentityId, reach: Reach) -> Result<bool, ActionError> {
    let places = places_of(work.connection(), whose).await?;
    let is_invited = |place: &SignInPlace| matches!(place, SignInPlace::Staff { is_invited: true, .. });
    Ok(places.iter().all(|place| reach.includes(place) || is_invited(place)))
}

/// Accepts a person's open invitations to be what they have come in as: into all projects, or into some. Staff and support are
/// invited to no project.
pub(crate) async fn accept_invitations(
    work: &mut Work<'_>,
    person: IdentityId,
    role: Role,
    into: Option<&[ProjectId]>,
) -> Result<(), ActionError> {
    let kind = match role {
        Role::Client => MembershipKind::Client,
        Role::Trade => MembershipKind::Trade,
        _ => return Ok(()),
    };
    let now = work.now();
    for invitation in settle_invitations(work.connection(), person, kind, into, now).await? {
        let happened = Happened::new(ActivityKind::InvitationAccepted)
            .in_project(invitation.company, invitation.project)
            .to(SubjectKind::Invitation, invitation.id)
            .by(person, role);
        work.record(happened).await?;
    }
    Ok(())
}

/// Opens a session, and accepts whatever invitations the person had open.
pub(crate) async fn open(
    work: &mut Work<'_>,
    account: &Account,
    place: SignInPlace,
    host_of: Option<CompanyId>,
    by: &'static str,
) -> Result<OpenSession, ActionError> {
    let (now, device) = (work.now(), work.actor().origin.device.clone());
    let mut random = [0; TOKEN_BYTES];
    getrandom::fill(&mut random)?;
    let token = token_of("ps", &random);
    let role = place.role();
    accept_invitations(work, account.id, role, None).await?;
    if let SignInPlace::Staff { membership, company, is_invited: true, .. } = &place
        && let Some(invitation) = accept_staff_invitation(work.connection(), *membership, now).await?
    {
        void_links_of(work.connection(), invitation, now).await?;
        let happened = Happened::new(ActivityKind::StaffJoined).in_company(*company);
        work.record(happened.to(SubjectKind::StaffMembership, *membership).by(account.id, role)).await?;
    }
    let expires_at = now + if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    let (identity, company, token_hash) = (account.id, host_of, TokenHash::of(&token));
    let new = NewSession { identity, place, company, token: token_hash, device, at: now, expires_at };
    let session = insert_session(work.connection(), new).await?;
    let happened = Happened::new(ActivityKind::SignedIn)
        .to(SubjectKind::Session, session)
        .by(account.id, role)
        .with(json!({ "by": by }));
    work.record(happened).await?;
    Ok(OpenSession { token, role, expires_at })
}
