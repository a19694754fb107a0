//! Somebody looks at a link, without using it.

use portico_core::id::IdentityId;
use portico_core::people::{LinkPurpose, SentLink};
use portico_store::people::{KeptLink, account_by_id, find_link};
use uuid::Uuid;

use super::session::refused;
use super::{LinkRequest, tries};
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

impl LinkSeen {
    /// Whether it was sent to this person.
    pub fn is_of(&self, person: Uuid) -> bool {
        match self {
            Self::Open { identity, .. } | Self::Closed { identity, .. } => identity.0 == person,
            Self::Unknown => false,
        }
    }

    /// Whether what it leads to is the portal.
    pub fn opens_portal(&self) -> bool {
        matches!(
            self,
            Self::Open { purpose: LinkPurpose::SignIn | LinkPurpose::Invitation, .. }
                | Self::Closed { purpose: LinkPurpose::SignIn | LinkPurpose::Invitation, .. }
        )
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
        let Some(link) = SentLink::read(&self.token) else { return Ok(LinkSeen::Unknown) };
        let Some((link, own)) = actor.perform(&Look { link }).await? else { return Ok(LinkSeen::Unknown) };
        let (purpose, identity) = (link.purpose, link.identity);
        Ok(match own.filter(|_| link.is_open(actor.now)) {
            Some(own) => LinkSeen::Open { purpose, identity, address: link.email.unwrap_or(own) },
            None => LinkSeen::Closed { purpose, identity },
        })
    }
}

struct Look {
    link: SentLink,
}

impl Action for Look {
    type Done = Option<(KeptLink, Option<String>)>;

    /// The link's row, and the address of whoever it belongs to, if their account may be used.
    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let key = work.actor().installation.links.clone();
        let kept = find_link(work.connection(), self.link.id).await?;
        let Some(kept) = kept.filter(|kept| self.link.holds(&key, kept.nonce)) else { return Ok(None) };
        let own = account_by_id(work.connection(), kept.identity).await?.map(|account| account.email);
        Ok(Some((kept, own)))
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
        let email = actor.perform(&Address { link }).await?;
        LinkRequest { email, host: None }.run(actor).await
    }
}

struct Address {
    link: SentLink,
}

impl Action for Address {
    type Done = String;

    async fn write(&self, work: &mut Work<'_>) -> Result<String, ActionError> {
        let kept = Look { link: self.link.clone() }.write(work).await?;
        let kept = kept.filter(|(link, _)| link.purpose != LinkPurpose::EmailConfirmation);
        Ok(kept.and_then(|(_, own)| own).ok_or_else(refused)?)
    }
}
