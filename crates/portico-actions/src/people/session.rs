//! Opens sessions, after a link or a password.

use chrono::{DateTime, Utc};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, IdentityId, ProjectId, StaffMembershipId};
use portico_core::people::{Role, SESSION_LIFE, SUPPORT_SESSION_LIFE, TOKEN_BYTES, TokenHash, token_of};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::company::accept_staff_invitation;
use portico_store::people::{
    Account, NewSession, SignInOption, insert_session, settle_invitations, sign_in_options, void_links_of,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{ActionError, ActivityEvent, Refusal, Work};

/// Result of a sign-in.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A session.
    Open(OpenSession),
    /// Several sign-in options, one of which has to be chosen. The link stays valid.
    Choose(Vec<SignInOption>),
}

/// A new session.
#[derive(Debug, Clone)]
pub struct OpenSession {
    /// The token, returned only once.
    pub token: SecretString,
    /// The role of the session.
    pub role: Role,
    /// Expiry time; each use extends it.
    pub expires_at: DateTime<Utc>,
}

/// The error for all invalid links: the reason is secret.
pub(crate) fn invalid_link() -> Refusal {
    Refusal::new(RefusalCode::SignInRefused, "this link is not valid: request a new one")
}

/// Replaces the error of a refused sign-in.
pub(crate) fn with_message<T>(outcome: Result<T, ActionError>, refusal: &Refusal) -> Result<T, ActionError> {
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

/// The sign-in options that a link or a password covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInScope {
    /// All of them.
    Anywhere,
    /// Those at the portal host of a company, which the platform does not control: project memberships, and the membership of that
    /// company's staff.
    At(CompanyId),
    /// Project memberships of the invitation's kind: invitations are valid for long, and mails are forwarded.
    Invited(MembershipKind),
    /// The staff membership of the invitation, for the same reason.
    Staff(StaffMembershipId),
}

impl SignInScope {
    /// The scope of a link to a company's portal, or to the platform's own host.
    pub(crate) fn of_link(company: Option<CompanyId>) -> Self {
        company.map_or(Self::Anywhere, Self::At)
    }

    /// Whether it covers a sign-in option.
    pub(crate) fn includes(self, option: &SignInOption) -> bool {
        match (self, option) {
            (Self::Anywhere, _) | (Self::At(_), SignInOption::Client | SignInOption::Trade) => true,
            (Self::Invited(kind), SignInOption::Client) => kind == MembershipKind::Client,
            (Self::Invited(kind), SignInOption::Trade) => kind == MembershipKind::Trade,
            (Self::At(host), SignInOption::Staff { company, .. }) => host == *company,
            (Self::Staff(invited), SignInOption::Staff { membership, .. }) => invited == *membership,
            (Self::At(_), SignInOption::Support) | (Self::Invited(_) | Self::Staff(_), _) => false,
        }
    }
}

/// The sign-in option to use: the only one, or the chosen one.
pub(crate) async fn choose(
    work: &mut Work<'_>,
    account: &Account,
    choice: Option<&str>,
    scope: SignInScope,
) -> Result<Result<SignInOption, Vec<SignInOption>>, ActionError> {
    let mut options = sign_in_options(work.connection(), account.id).await?;
    options.retain(|option| scope.includes(option));
    match choice {
        Some(choice) => {
            let chosen = options.into_iter().find(|option| option.name() == choice);
            Ok(Ok(chosen.ok_or_else(|| Refusal::not_found("choiceKey"))?))
        }
        None if options.len() > 1 => Ok(Err(options)),
        None => Ok(Ok(options.pop().ok_or_else(invalid_link)?)),
    }
}

/// Whether the scope covers all sign-in options of a person, other than pending invitations to staff, which anyone can cause.
/// Otherwise no password may be set: it would cover the rest.
pub(crate) async fn covers_all(
    work: &mut Work<'_>,
    whose: IdentityId,
    scope: SignInScope,
) -> Result<bool, ActionError> {
    let options = sign_in_options(work.connection(), whose).await?;
    let is_invited = |option: &SignInOption| matches!(option, SignInOption::Staff { is_invited: true, .. });
    Ok(options.iter().all(|option| scope.includes(option) || is_invited(option)))
}

/// Accepts a person's pending invitations of the session's role, to all projects or to some. Staff and support have none.
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
        let happened = ActivityEvent::new(ActivityKind::InvitationAccepted)
            .in_project(invitation.company, invitation.project)
            .to(SubjectKind::Invitation, invitation.id)
            .by(person, role);
        work.record(happened).await?;
    }
    Ok(())
}

/// Opens a session, and accepts the person's pending invitations.
pub(crate) async fn open(
    work: &mut Work<'_>,
    account: &Account,
    option: SignInOption,
    host_of: Option<CompanyId>,
    by: &'static str,
) -> Result<OpenSession, ActionError> {
    let (now, device) = (work.now(), work.actor().origin.device.clone());
    let mut random = [0; TOKEN_BYTES];
    getrandom::fill(&mut random)?;
    let token = SecretString::from(token_of("ps", &random));
    let role = option.role();
    accept_invitations(work, account.id, role, None).await?;
    if let SignInOption::Staff { membership, company, is_invited: true, .. } = &option
        && let Some(invitation) = accept_staff_invitation(work.connection(), *membership, now).await?
    {
        void_links_of(work.connection(), invitation, now).await?;
        let happened = ActivityEvent::new(ActivityKind::StaffJoined).in_company(*company);
        work.record(happened.to(SubjectKind::StaffMembership, *membership).by(account.id, role)).await?;
    }
    let expires_at = now + if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    let (identity, company, token_hash) = (account.id, host_of, TokenHash::of(token.expose_secret()));
    let new = NewSession { identity, option, company, token: token_hash, device, at: now, expires_at };
    let session = insert_session(work.connection(), new).await?;
    let happened = ActivityEvent::new(ActivityKind::SignedIn)
        .to(SubjectKind::Session, session)
        .by(account.id, role)
        .with(json!({ "by": by }));
    work.record(happened).await?;
    Ok(OpenSession { token, role, expires_at })
}
