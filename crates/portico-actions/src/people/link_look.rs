//! Somebody looks at a link, without using it.

use portico_core::id::IdentityId;
use portico_core::people::{LinkPurpose, SentLink};
use portico_store::people::{KeptLink, account_by_id, find_link, sign_in_offers};
use portico_store::portal::{CompanyFace, SignInOffer, face_of};
use uuid::Uuid;

use super::session::refused;
use super::{LinkRequest, tries};
use crate::company::portal_host;
use crate::{Action, ActionError, Actor, Work};

/// What a link is, to whoever has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSeen {
    /// It works.
    Open {
        /// What for.
        purpose: LinkPurpose,
        /// Whose it is.
        identity: IdentityId,
        /// The address that it was sent to, so that whoever got it from somebody else can tell.
        address: String,
        /// How a password can be set on the way; none where it cannot.
        password: Option<PasswordOffer>,
    },
    /// It was used, has run out, or was replaced.
    Closed {
        /// What it was for.
        purpose: LinkPurpose,
        /// Whose it was.
        identity: IdentityId,
    },
    /// It was never sent.
    Unknown,
}

/// How a password can be set on the way in: by an invitation, where a company of theirs offers passwords, and by any link where
/// none offers links (INV-12, RULE-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOffer {
    /// By links alone they get in as well.
    Optional,
    /// No company of theirs offers links alone.
    Expected,
}

impl LinkSeen {
    /// Whose it is, or was.
    pub const fn whose(&self) -> Option<IdentityId> {
        match self {
            Self::Open { identity, .. } | Self::Closed { identity, .. } => Some(*identity),
            Self::Unknown => None,
        }
    }

    /// Whether it was sent to this person.
    pub fn is_of(&self, person: Uuid) -> bool {
        self.whose().is_some_and(|identity| identity.0 == person)
    }

    /// Whether what it leads to is the portal.
    pub fn opens_portal(&self) -> bool {
        let purpose = match self {
            Self::Open { purpose, .. } | Self::Closed { purpose, .. } => *purpose,
            Self::Unknown => return false,
        };
        purpose != LinkPurpose::EmailConfirmation
    }
}

/// Looks at a link.
#[derive(Clone)]
pub struct LinkLook {
    /// The link's token.
    pub token: String,
}

impl LinkLook {
    /// Looks.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn run(self, actor: &Actor) -> Result<LinkSeen, ActionError> {
        Ok(self.with_face(actor).await?.0)
    }

    /// The same with the company to whose portal the link leads, if it leads to one.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn with_face(self, actor: &Actor) -> Result<(LinkSeen, Option<CompanyFace>), ActionError> {
        let Some(link) = SentLink::read(&self.token) else { return Ok((LinkSeen::Unknown, None)) };
        let Some(looked) = actor.look(&Look { link }).await? else { return Ok((LinkSeen::Unknown, None)) };
        let Looked { link, own, offers, face } = looked;
        let (purpose, identity) = (link.purpose, link.identity);
        let is_invitation = matches!(purpose, LinkPurpose::Invitation | LinkPurpose::StaffInvitation);
        let is_entry = purpose != LinkPurpose::EmailConfirmation;
        let takes_password = offers.password && (is_invitation || (is_entry && !offers.link));
        let offer = if offers.link { PasswordOffer::Optional } else { PasswordOffer::Expected };
        let password = takes_password.then_some(offer);
        let seen = match own.filter(|_| link.is_open(actor.now)) {
            Some(own) => LinkSeen::Open { purpose, identity, address: link.email.unwrap_or(own), password },
            None => LinkSeen::Closed { purpose, identity },
        };
        Ok((seen, face))
    }
}

struct Look {
    link: SentLink,
}

/// What is known of a link.
struct Looked {
    link: KeptLink,
    /// The address of whoever it belongs to, if their account may be used.
    own: Option<String>,
    /// How whoever it belongs to may sign in.
    offers: SignInOffer,
    /// How that portal's company looks.
    face: Option<CompanyFace>,
}

impl Action for Look {
    type Done = Option<Looked>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Option<Looked>, ActionError> {
        let key = work.actor().installation.links.clone();
        let link = find_link(work.connection(), self.link.id).await?;
        let Some(link) = link.filter(|link| self.link.holds(&key, link.nonce)) else { return Ok(None) };
        let own = account_by_id(work.connection(), link.identity).await?.map(|account| account.email);
        let offers = sign_in_offers(work.connection(), link.identity).await?;
        let face = match link.company {
            Some(company) => face_of(work.connection(), company).await?,
            None => None,
        };
        Ok(Some(Looked { link, own, offers, face }))
    }
}

/// Asks for a fresh link in place of one that does not work any more: it goes to the address of the same person.
#[derive(Clone)]
pub struct LinkRenew {
    /// The old link's token.
    pub token: String,
}

impl LinkRenew {
    /// Asks.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for a link that was never sent, and after too many tries.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        tries::count(actor, "link", None).await?;
        let link = SentLink::read(&self.token).ok_or_else(refused)?;
        let (email, host) = actor.look(&Address { link }).await?;
        LinkRequest { email, host }.run(actor).await
    }
}

struct Address {
    link: SentLink,
}

impl Action for Address {
    type Done = (String, Option<String>);

    /// Where it goes, and to which portal it is to lead.
    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let kept = Look { link: self.link.clone() }.write(work).await?;
        let kept = kept.filter(|looked| looked.link.purpose != LinkPurpose::EmailConfirmation);
        let Looked { link, own, .. } = kept.ok_or_else(refused)?;
        let host = match link.company {
            Some(company) => portal_host(work, company).await?,
            None => None,
        };
        Ok((own.ok_or_else(refused)?, host))
    }
}
