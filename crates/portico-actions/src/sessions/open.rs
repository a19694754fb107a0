//! Opens sessions, after a link or a password.

use chrono::{DateTime, Utc};
use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_core::sessions::{SESSION_LIFE, SUPPORT_SESSION_LIFE, TOKEN_BYTES, TokenHash, token_of};
use portico_store::accounts::Account;
use portico_store::company::accept_staff_invitation;
use portico_store::invitations::settle_invitations;
use portico_store::links::void_links_of;
use portico_store::sessions::{NewSession, SignInOption, insert_session};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{ActionError, ActivityEvent, Refusal, Work};

/// Result of a sign-in.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A session.
    Open(OpenSession),
    /// Several sign-in options, one of which has to be chosen. The link or code stays valid.
    Choose {
        /// The person who signs in.
        person: IdentityId,
        /// The options.
        options: Vec<SignInOption>,
    },
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
    let mut accepted = settle_invitations(work.connection(), person, kind, into, now).await?;
    // In the order of projects, in which entries lock their counters.
    accepted.sort_unstable_by_key(|invitation| (invitation.project, invitation.id));
    for invitation in accepted {
        let event = ActivityEvent::new(ActivityKind::InvitationAccepted)
            .in_project(invitation.company, invitation.project)
            .to(SubjectKind::Invitation, invitation.id)
            .by(person, role);
        work.record(event).await?;
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
        let event = ActivityEvent::new(ActivityKind::StaffJoined).in_company(*company);
        work.record(event.to(SubjectKind::StaffMembership, *membership).by(account.id, role)).await?;
    }
    let expires_at = now + if role == Role::Support { SUPPORT_SESSION_LIFE } else { SESSION_LIFE };
    let (identity, company, token_hash) = (account.id, host_of, TokenHash::of(token.expose_secret()));
    let new = NewSession { identity, option, company, token: token_hash, device, at: now, expires_at };
    let session = insert_session(work.connection(), new).await?;
    let event = ActivityEvent::new(ActivityKind::SignedIn)
        .to(SubjectKind::Session, session)
        .by(account.id, role)
        .with(json!({ "by": by }));
    work.record(event).await?;
    Ok(OpenSession { token, role, expires_at })
}
