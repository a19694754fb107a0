//! Reads the state of a mailed link without consuming it.

use portico_core::id::{CompanyId, IdentityId, InvitationId};
use portico_core::links::{LinkPurpose, SentLink};
use portico_store::accounts::account_by_id;
use portico_store::links::{StoredLink, find_link};
use portico_store::portal::{CompanyBranding, SignInOffer, branding_of};
use portico_store::sessions::sign_in_offers;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::LinkRequest;
use super::sender::sender_of;
use crate::company::{portal_host, resend_to_staff};
use crate::invitations::resend_to_member;
use crate::sessions::{attempts, invalid_link};
use crate::{Action, ActionError, Actor, Work, WriteScope};

/// State of a mailed link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// Valid.
    Open {
        /// Its purpose.
        purpose: LinkPurpose,
        /// Its owner.
        identity: IdentityId,
        /// The address it was sent to, so that the recipient of a forwarded mail notices.
        address: String,
        /// How it can set a password; `None` if it cannot.
        password: Option<PasswordOffer>,
    },
    /// Used, expired or replaced.
    Closed {
        /// Its purpose.
        purpose: LinkPurpose,
        /// Its owner.
        identity: IdentityId,
    },
    /// Never sent.
    Unknown,
}

/// How a link sets a password: an invitation's, if one of the owner's companies offers passwords, and any link if none of them
/// offers links (INV-12, RULE-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOffer {
    /// Links also let the owner sign in.
    Optional,
    /// None of the owner's companies offers links.
    Expected,
}

impl LinkState {
    /// Its owner; none if it was never sent.
    pub const fn owner(&self) -> Option<IdentityId> {
        match self {
            Self::Open { identity, .. } | Self::Closed { identity, .. } => Some(*identity),
            Self::Unknown => None,
        }
    }

    /// Whether it was sent to this person.
    pub fn is_of(&self, person: Uuid) -> bool {
        self.owner().is_some_and(|identity| identity.0 == person)
    }

    /// Whether it leads to the portal.
    pub fn opens_portal(&self) -> bool {
        let purpose = match self {
            Self::Open { purpose, .. } | Self::Closed { purpose, .. } => *purpose,
            Self::Unknown => return false,
        };
        purpose != LinkPurpose::EmailConfirmation
    }
}

/// Reads the state of a link.
#[derive(Debug, Clone)]
pub struct LinkInspect {
    /// The token at the end of the link.
    pub token: SecretString,
}

impl LinkInspect {
    /// Reads the state.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn run(self, actor: &Actor) -> Result<LinkState, ActionError> {
        Ok(self.run_with_branding(actor).await?.0)
    }

    /// Reads the state, with the branding of the company that sent the link.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn run_with_branding(self, actor: &Actor) -> Result<(LinkState, Option<CompanyBranding>), ActionError> {
        let Some(link) = SentLink::read(self.token.expose_secret()) else { return Ok((LinkState::Unknown, None)) };
        let Some(details) = actor.look(&ReadLink { link }).await? else { return Ok((LinkState::Unknown, None)) };
        let LinkDetails { link, own, offers, branding } = details;
        let (purpose, identity) = (link.purpose, link.identity);
        let is_invitation = matches!(purpose, LinkPurpose::Invitation | LinkPurpose::StaffInvitation);
        let is_entry = purpose != LinkPurpose::EmailConfirmation;
        let takes_password = offers.password && (is_invitation || (is_entry && !offers.link));
        let offer = if offers.link { PasswordOffer::Optional } else { PasswordOffer::Expected };
        let password = takes_password.then_some(offer);
        let state = match own.filter(|_| link.is_open(actor.now)) {
            Some(own) => LinkState::Open { purpose, identity, address: link.email.unwrap_or(own), password },
            None => LinkState::Closed { purpose, identity },
        };
        Ok((state, branding))
    }
}

struct ReadLink {
    link: SentLink,
}

/// A link's row with the data it depends on.
struct LinkDetails {
    link: StoredLink,
    /// The owner's address, if the account is enabled.
    own: Option<String>,
    /// The sign-in methods of the owner's companies.
    offers: SignInOffer,
    /// The branding of the company that sent it.
    branding: Option<CompanyBranding>,
}

impl Action for ReadLink {
    type Done = Option<LinkDetails>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Option<LinkDetails>, ActionError> {
        let key = work.actor().installation.links.clone();
        let link = find_link(work.connection(), self.link.id).await?;
        let Some(link) = link.filter(|link| self.link.holds(&key, link.nonce)) else { return Ok(None) };
        let own = account_by_id(work.connection(), link.identity).await?.map(|account| account.email);
        let offers = sign_in_offers(work.connection(), link.identity).await?;
        let branding = match sender_of(work, link.identity, link.company).await? {
            Some(company) => branding_of(work.connection(), company).await?,
            None => None,
        };
        Ok(Some(LinkDetails { link, own, offers, branding }))
    }
}

/// Requests a new link in place of an invalid one, mailed to its owner: an open or expired invitation is sent again, and all others
/// get a sign-in link.
#[derive(Debug, Clone)]
pub struct LinkRenew {
    /// The token of the old link.
    pub token: SecretString,
}

impl LinkRenew {
    /// Mails the new link. Returns the request id for the code of a sign-in link; none for an invitation.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for a link that was never sent, and after too many attempts.
    pub async fn run(self, actor: &Actor) -> Result<Option<SecretString>, ActionError> {
        attempts::count(actor, "link", None).await?;
        let link = SentLink::read(self.token.expose_secret()).ok_or_else(invalid_link)?;
        let details = actor.look(&ReadLink { link: link.clone() }).await?;
        let reinvited = match Reinvite::of(details.ok_or_else(invalid_link)?) {
            Some(reinvite) => actor.perform(&reinvite).await,
            None => Ok(false),
        };
        match reinvited {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            // An invitation that cannot be sent again is replaced by a sign-in link, if the person can sign in.
            Err(ActionError::Refused(refusals)) if refusals.iter().all(|refusal| refusal.retry_after.is_none()) => {}
            Err(error) => return Err(error),
        }
        let (email, host) = actor.look(&Address { link }).await?;
        LinkRequest { email, host }.run(actor).await.map(Some)
    }
}

struct Address {
    link: SentLink,
}

impl Action for Address {
    type Done = (String, Option<String>);

    const SCOPE: WriteScope = WriteScope::Accounts;

    /// The owner's address, and the host of the portal.
    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let kept = ReadLink { link: self.link.clone() }.write(work).await?;
        let kept = kept.filter(|details| details.link.purpose != LinkPurpose::EmailConfirmation);
        let LinkDetails { link, own, .. } = kept.ok_or_else(invalid_link)?;
        let host = match link.company {
            Some(company) => portal_host(work, company).await?,
            None => None,
        };
        Ok((own.ok_or_else(invalid_link)?, host))
    }
}

/// Sends the invitation of a link again. Returns whether it was sent.
struct Reinvite {
    company: CompanyId,
    invitation: InvitationId,
    is_of_staff: bool,
}

impl Reinvite {
    /// None for other links, and for a disabled account, which is not invited again.
    fn of(LinkDetails { link, own, .. }: LinkDetails) -> Option<Self> {
        let is_of_staff = match link.purpose {
            LinkPurpose::Invitation => false,
            LinkPurpose::StaffInvitation => true,
            _ => return None,
        };
        own?;
        Some(Self { company: link.company?, invitation: link.invitation?, is_of_staff })
    }
}

impl Action for Reinvite {
    type Done = bool;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        if self.is_of_staff {
            resend_to_staff(work, self.company, self.invitation).await
        } else {
            resend_to_member(work, self.company, self.invitation).await
        }
    }
}
