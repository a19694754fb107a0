//! Somebody comes by a link that was mailed to them.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::IdentityId;
use portico_core::people::{Email, LinkPurpose, SentLink};
use portico_core::refusal::RefusalCode;
use portico_store::company::membership_of_invitation;
use portico_store::people::SignInPlace;
use portico_store::people::{
    Account, KeptLink, account_by_id, claim_account, end_other_sessions, find_link, hold_identity, kind_of_invitation,
    set_email, set_password, sign_in_offers, use_link, void_links,
};
use serde_json::{Value, json};

use super::attempt::noted;
use super::session::{OpenSession, Reach, SignedIn, choose, in_words, open, reaches_all, refused};
use super::{LinkLook, notice, password, tries};
use crate::{Action, ActionError, Actor, Happened, Refusal, Work};

/// Comes by a link: to sign in, or to set a password and sign in. It works once, and whatever is wrong with it, the answer is
/// the same.
#[derive(Clone)]
pub struct LinkUse {
    /// The link's token.
    pub token: String,
    /// As what, where there is a choice: the name of a place.
    pub choice: Option<String>,
    /// A password to be set on the way.
    pub password: Option<String>,
}

impl LinkUse {
    /// Comes in.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] says why not; then the link still works, if it did.
    pub async fn run(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        tries::count(actor, "sign-in", None).await?;
        let token = self.token.clone();
        let entered = self.enter(actor).await;
        let whose = whose_if_refused(actor, token, &entered).await?;
        noted(actor, "link", whose, entered).await
    }

    async fn enter(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let link = SentLink::read(&self.token).ok_or_else(refused)?;
        let hash = match &self.password {
            Some(password) => {
                let account = actor.perform(&Whose { link: link.clone() }).await?;
                let known = [account.email.as_str(), account.name.as_str()];
                Some(password::hash_of_new(actor, "password", password, &known).await?)
            }
            None => None,
        };
        let entry = Entry { link, choice: self.choice, hash };
        actor.perform(&entry).await
    }
}

/// Whose a link is that did not let anybody in, for the trail.
async fn whose_if_refused<T>(
    actor: &Actor,
    token: String,
    outcome: &Result<T, ActionError>,
) -> Result<Option<IdentityId>, ActionError> {
    match outcome {
        Err(ActionError::Refused(_)) => Ok(LinkLook { token }.run(actor).await?.whose()),
        _ => Ok(None),
    }
}

/// The row of a link that works, and whose it is.
async fn open_link(work: &mut Work<'_>, sent: &SentLink) -> Result<(KeptLink, Account), ActionError> {
    let key = work.actor().installation.links.clone();
    let now = work.now();
    let link = find_link(work.connection(), sent.id).await?;
    let link = link.filter(|link| sent.holds(&key, link.nonce) && link.is_open(now)).ok_or_else(refused)?;
    let account = account_by_id(work.connection(), link.identity).await?.ok_or_else(refused)?;
    Ok((link, account))
}

/// Whose a link is, without using it.
struct Whose {
    link: SentLink,
}

impl Action for Whose {
    type Done = Account;

    async fn write(&self, work: &mut Work<'_>) -> Result<Account, ActionError> {
        Ok(open_link(work, &self.link).await?.1)
    }
}

/// How far a link reaches.
async fn reach_of(work: &mut Work<'_>, link: &KeptLink) -> Result<Reach, ActionError> {
    let Some(invitation) = link.invitation else { return Ok(Reach::of_link(link.company)) };
    if link.purpose == LinkPurpose::StaffInvitation {
        let membership = membership_of_invitation(work.connection(), invitation).await?;
        return Ok(Reach::Staff(membership.ok_or_else(refused)?));
    }
    let kind = kind_of_invitation(work.connection(), invitation).await?;
    Ok(Reach::Invited(kind.ok_or_else(refused)?))
}

struct Entry {
    link: SentLink,
    choice: Option<String>,
    hash: Option<String>,
}

impl Action for Entry {
    type Done = SignedIn;

    async fn write(&self, work: &mut Work<'_>) -> Result<SignedIn, ActionError> {
        let (link, account) = open_link(work, &self.link).await?;
        if link.purpose == LinkPurpose::EmailConfirmation {
            return Err(refused().into());
        }
        let reach = reach_of(work, &link).await?;
        hold_identity(work.connection(), account.id).await?;
        let place = match choose(work, &account, self.choice.as_deref(), reach).await? {
            Ok(place) => place,
            Err(places) => return Ok(SignedIn::Choose(places)),
        };
        self.refuse_what_is_not_offered(work, &account, reach).await?;
        let now = work.now();
        if !use_link(work.connection(), link.id, now).await? {
            return Err(refused().into());
        }
        Ok(SignedIn::Open(self.enter(work, &account, place, &link).await?))
    }
}

impl Entry {
    /// Refuses a password, or to do without one, where none of the person's companies offers that (RULE-3), and a password that would
    /// open more than the link does.
    async fn refuse_what_is_not_offered(
        &self,
        work: &mut Work<'_>,
        account: &Account,
        reach: Reach,
    ) -> Result<(), ActionError> {
        let offers = sign_in_offers(work.connection(), account.id).await?;
        let reaches_all = reaches_all(work, account.id, reach).await?;
        let message = match (self.hash.is_some(), offers.password, offers.link) {
            (true, false, _) => "omit the password: none of your companies allows passwords",
            (true, true, _) if !reaches_all => {
                "sign in here without one: a password is set at the portal of the company for which you work"
            }
            // By the link a forgotten password can be replaced all the same.
            (false, _, false) if reaches_all => {
                "set a password by this link, or sign in with yours: none of your companies offers links alone"
            }
            _ => return Ok(()),
        };
        Err(Refusal::of(RefusalCode::InvalidState, "password", message).into())
    }

    async fn enter(
        &self,
        work: &mut Work<'_>,
        account: &Account,
        place: SignInPlace,
        link: &KeptLink,
    ) -> Result<OpenSession, ActionError> {
        let (now, role) = (work.now(), place.role());
        // Whoever has read the mail has the address: from now on the account is theirs.
        if claim_account(work.connection(), account.id, now).await? {
            let happened = Happened::new(ActivityKind::AccountClaimed);
            work.record(happened.to(SubjectKind::Identity, account.id).by(account.id, role)).await?;
        }
        // Whoever is in needs none of the others, and whoever finds one in an old mail must not come in by it.
        void_links(work.connection(), account.id, &[LinkPurpose::SignIn, LinkPurpose::Invitation], now).await?;
        if let Some(hash) = &self.hash {
            set_password(work.connection(), account.id, hash, now).await?;
            // Whoever else was in came in by what is no longer known to be theirs.
            end_other_sessions(work.connection(), account.id, None, now).await?;
            void_links(work.connection(), account.id, LinkPurpose::ALL, now).await?;
            let happened = Happened::new(ActivityKind::PasswordChanged);
            work.record(happened.to(SubjectKind::Identity, account.id).by(account.id, role)).await?;
            if account.password_hash.is_some() {
                notice::password_changed(work, account).await?;
            }
        }
        let is_invitation = matches!(link.purpose, LinkPurpose::Invitation | LinkPurpose::StaffInvitation);
        let by = if is_invitation { "invitation" } else { "link" };
        open(work, account, place, link.company, by).await
    }
}

/// By what an account was known, for support to find it by.
pub(crate) fn former_address(before: &Account) -> Value {
    let canonical = before.email.parse::<Email>().map(|email| email.canonical().to_owned());
    json!({ "formerAddress": canonical.ok() })
}

/// Somebody proves that a new address of their account is theirs.
#[derive(Clone)]
pub struct EmailConfirm {
    /// The link's token.
    pub token: String,
}

impl EmailConfirm {
    /// Proves it.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] when the link does not work any more, is another account's, or the address has come to be
    /// somebody else's; [`ActionError::NotSignedIn`] for whoever is not signed in: to have the mail is not enough, or a stranger who
    /// presses the button would give their address to somebody who asked for it.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        tries::count(actor, "sign-in", None).await?;
        let confirmed = match SentLink::read(&self.token) {
            Some(link) => actor.perform(&Confirmation { link }).await,
            None => Err(refused().into()),
        };
        let whose = whose_if_refused(actor, self.token, &confirmed).await?;
        // The caller is signed in: what is wrong is the link.
        let message = "this link does not confirm an address of yours; ask for a fresh one";
        let invalid = Refusal::of_argument(RefusalCode::Invalid, "token", message);
        in_words(noted(actor, "confirmation", whose, confirmed).await, &invalid)
    }
}

struct Confirmation {
    link: SentLink,
}

impl Action for Confirmation {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let (link, account) = open_link(work, &self.link).await?;
        if link.identity != person.identity {
            return Err(refused().into());
        }
        let email: Option<Email> = link.email.as_deref().and_then(|email| email.parse().ok());
        let email = email.ok_or_else(refused)?;
        let now = work.now();
        if !use_link(work.connection(), link.id, now).await? {
            return Err(refused().into());
        }
        if !set_email(work.connection(), account.id, &email).await? {
            let message = "this address cannot be used; take another one";
            return Err(Refusal::new(RefusalCode::Invalid, message).into());
        }
        // What was sent to the old address does not open the account any more.
        let sent = [LinkPurpose::SignIn, LinkPurpose::Invitation, LinkPurpose::StaffInvitation];
        void_links(work.connection(), account.id, &sent, now).await?;
        notice::email_changed(work, &account).await?;
        let happened = Happened::new(ActivityKind::EmailChanged)
            .to(SubjectKind::Identity, account.id)
            .with(former_address(&account));
        work.record(happened).await
    }
}
