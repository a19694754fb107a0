//! Mailed links: sign-in and first password.

use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::IdentityId;
use portico_core::links::{LinkPurpose, SentLink};
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{Account, account_by_id, claim_account, lock_identity, set_password};
use portico_store::company::membership_of_invitation;
use portico_store::invitations::kind_of_invitation;
use portico_store::links::{StoredLink, find_link, use_link, void_codes, void_links};
use portico_store::portal::SignInOffer;
use portico_store::sessions::SignInOption;
use portico_store::sessions::{end_other_sessions, sign_in_offers};
use secrecy::{ExposeSecret, SecretString};

use super::LinkInspect;
use crate::accounts::notice;
use crate::sessions::{
    OpenSession, SignInScope, SignedIn, attempts, choose, covers_all, invalid_link, open, options_in, record_if_refused,
};
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope, password};

/// Signs in with a mailed link, and sets a password if one is given. A link works once. All invalid links get the same error.
#[derive(Debug, Clone)]
pub struct LinkConsume {
    /// The token at the end of the link.
    pub token: SecretString,
    /// The key of a sign-in option, if there are several.
    pub choice: Option<String>,
    /// A password to set.
    pub password: Option<SecretString>,
}

impl LinkConsume {
    /// Consumes the link and opens a session.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] has the reasons. A valid link then stays valid.
    pub async fn run(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        attempts::count(actor, "sign-in", None).await?;
        let token = self.token.clone();
        let outcome = self.sign_in(actor).await;
        let owner = owner_if_refused(actor, token, &outcome).await?;
        record_if_refused(actor, "link", owner, outcome).await
    }

    async fn sign_in(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let link = SentLink::read(self.token.expose_secret()).ok_or_else(invalid_link)?;
        let hash = match &self.password {
            Some(password) => {
                let account = actor.perform(&OwnerOfLink { link: link.clone() }).await?;
                Some(password::hash_of_new(actor, "password", password, &account).await?)
            }
            None => None,
        };
        actor.perform(&Consume { link, choice: self.choice, hash }).await
    }
}

/// Reads the sign-in options of a valid link without consuming it.
#[derive(Debug, Clone)]
pub struct LinkOptions {
    /// The token at the end of the link.
    pub token: SecretString,
}

impl LinkOptions {
    /// Reads the options.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for an invalid link.
    pub async fn run(self, actor: &Actor) -> Result<Vec<SignInOption>, ActionError> {
        let link = SentLink::read(self.token.expose_secret()).ok_or_else(invalid_link)?;
        actor.look(&ReadOptions { link }).await
    }
}

struct ReadOptions {
    link: SentLink,
}

impl Action for ReadOptions {
    type Done = Vec<SignInOption>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Vec<SignInOption>, ActionError> {
        let (_, account, scope) = sign_in_link(work, &self.link).await?;
        options_in(work, &account, scope).await
    }
}

/// The owner of a refused link, for the audit log.
pub(super) async fn owner_if_refused<T>(
    actor: &Actor,
    token: SecretString,
    outcome: &Result<T, ActionError>,
) -> Result<Option<IdentityId>, ActionError> {
    match outcome {
        Err(ActionError::Refused(_)) => Ok(LinkInspect { token }.run(actor).await?.owner()),
        _ => Ok(None),
    }
}

/// A valid link's row, and its owner's account.
pub(super) async fn open_link(work: &mut Work<'_>, sent: &SentLink) -> Result<(StoredLink, Account), ActionError> {
    let key = work.actor().installation.links.clone();
    let now = work.now();
    let link = find_link(work.connection(), sent.id).await?;
    let link = link.filter(|link| sent.holds(&key, link.nonce) && link.is_open(now)).ok_or_else(invalid_link)?;
    let account = account_by_id(work.connection(), link.identity).await?.ok_or_else(invalid_link)?;
    Ok((link, account))
}

/// Reads the owner of a link without consuming it.
struct OwnerOfLink {
    link: SentLink,
}

impl Action for OwnerOfLink {
    type Done = Account;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Account, ActionError> {
        Ok(open_link(work, &self.link).await?.1)
    }
}

/// The sign-in options that a link covers.
async fn scope_of(work: &mut Work<'_>, link: &StoredLink) -> Result<SignInScope, ActionError> {
    let Some(invitation) = link.invitation else { return Ok(SignInScope::of_link(link.company)) };
    if link.purpose == LinkPurpose::StaffInvitation {
        let membership = membership_of_invitation(work.connection(), invitation).await?;
        return Ok(SignInScope::Staff(membership.ok_or_else(invalid_link)?));
    }
    let kind = kind_of_invitation(work.connection(), invitation).await?;
    Ok(SignInScope::Invited(kind.ok_or_else(invalid_link)?))
}

/// A valid link that signs in, its owner's account, and the sign-in options that it covers.
async fn sign_in_link(work: &mut Work<'_>, sent: &SentLink) -> Result<(StoredLink, Account, SignInScope), ActionError> {
    let (link, account) = open_link(work, sent).await?;
    if link.purpose == LinkPurpose::EmailConfirmation {
        return Err(invalid_link().into());
    }
    let scope = scope_of(work, &link).await?;
    Ok((link, account, scope))
}

/// Whether a mail alone signs in: the person's companies offer links, or it does not cover everything that a password would
/// (RULE-3).
pub(super) const fn mail_suffices(offers: &SignInOffer, covers_all: bool) -> bool {
    offers.link || !covers_all
}

/// Claims the account: the mail was read, which proves the address, and the user manages the account from now on.
pub(super) async fn claim(work: &mut Work<'_>, account: &Account, role: Role) -> Result<(), ActionError> {
    let now = work.now();
    if claim_account(work.connection(), account.id, now).await? {
        let event = ActivityEvent::new(ActivityKind::AccountClaimed);
        work.record(event.to(SubjectKind::Identity, account.id).by(account.id, role)).await?;
    }
    Ok(())
}

struct Consume {
    link: SentLink,
    choice: Option<String>,
    hash: Option<String>,
}

impl Action for Consume {
    type Done = SignedIn;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<SignedIn, ActionError> {
        let (link, account, scope) = sign_in_link(work, &self.link).await?;
        lock_identity(work.connection(), account.id).await?;
        let option = match choose(work, &account, self.choice.as_deref(), scope).await? {
            Ok(option) => option,
            Err(options) => return Ok(SignedIn::Choose { person: account.id, options }),
        };
        self.check_offered(work, &account, scope).await?;
        let now = work.now();
        if !use_link(work.connection(), link.id, now).await? {
            return Err(invalid_link().into());
        }
        Ok(SignedIn::Open(self.sign_in(work, &account, option, &link).await?))
    }
}

impl Consume {
    /// Rejects sign-in methods that the person's companies do not offer (RULE-3). Also rejects a password if the link
    /// does not cover everything the password would open.
    async fn check_offered(
        &self,
        work: &mut Work<'_>,
        account: &Account,
        scope: SignInScope,
    ) -> Result<(), ActionError> {
        let offers = sign_in_offers(work.connection(), account.id).await?;
        let covers_all = covers_all(work, account.id, scope).await?;
        let message = match (self.hash.is_some(), offers.password, offers.link) {
            (true, false, _) => "none of your companies allows passwords: omit the password",
            (true, true, _) if !covers_all => {
                "this link cannot set a password: omit `password`, or set one at your employer's portal"
            }
            // The link can still replace a forgotten password.
            (false, ..) if !mail_suffices(&offers, covers_all) => {
                "your companies require a password: set one with this link, or sign in with your current one"
            }
            _ => return Ok(()),
        };
        Err(Refusal::of(RefusalCode::InvalidState, "password", message).into())
    }

    async fn sign_in(
        &self,
        work: &mut Work<'_>,
        account: &Account,
        option: SignInOption,
        link: &StoredLink,
    ) -> Result<OpenSession, ActionError> {
        let (now, role) = (work.now(), option.role());
        claim(work, account, role).await?;
        // Earlier links are not needed any more, and must not work for a later reader of the mailbox.
        void_links(work.connection(), account.id, &[LinkPurpose::SignIn, LinkPurpose::Invitation], now).await?;
        if let Some(hash) = &self.hash {
            set_password(work.connection(), account.id, hash, now).await?;
            // Other sessions were opened with credentials that are no longer trusted.
            end_other_sessions(work.connection(), account.id, None, now).await?;
            void_links(work.connection(), account.id, LinkPurpose::ALL, now).await?;
            void_codes(work.connection(), account.id, now).await?;
            let event = ActivityEvent::new(ActivityKind::PasswordChanged);
            work.record(event.to(SubjectKind::Identity, account.id).by(account.id, role)).await?;
            if account.password_hash.is_some() {
                notice::password_changed(work, account).await?;
            }
        }
        let is_invitation = matches!(link.purpose, LinkPurpose::Invitation | LinkPurpose::StaffInvitation);
        let by = if is_invitation { "invitation" } else { "link" };
        open(work, account, option, link.company, by).await
    }
}
