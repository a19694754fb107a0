//! Six-digit codes beside sign-in links (SES-10).

use std::time::Duration;

use portico_core::id::IdentityId;
use portico_core::links::{LinkPurpose, SentLink, SignInCode};
use portico_core::refusal::RefusalCode;
use portico_core::sessions::TokenHash;
use portico_store::accounts::{account_by_id, lock_identity};
use portico_store::links::{
    StoredCode, StoredLink, count_wrong_code, find_code, find_link, lock_code, use_code, void_links_but,
};
use portico_store::sessions::sign_in_offers;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use uuid::Uuid;

use super::link_consume::{claim, mail_suffices};
use crate::sessions::{SignInScope, SignedIn, attempts, choose, covers_all, open, record_if_refused};
use crate::{Action, ActionError, Actor, Counted, Refusal, Work, WriteScope};

/// Unit of the time of a refusal, longer than either an unknown address or a known one takes.
const PACE: Duration = Duration::from_millis(50);

/// Signs in with the code of a mail, and the request id of the browser or app that asked for it.
///
/// The code does not depend on the link's use: a mail scanner that follows the link locks no one out, and the link of a used code
/// still works. Requests for addresses without an account are answered alike, by the same statements.
#[derive(Debug, Clone)]
pub struct CodeConsume {
    /// The request id, from the request of the link.
    pub request_id: SecretString,
    /// The code as entered.
    pub code: SecretString,
    /// The key of a sign-in option, if there are several.
    pub choice: Option<String>,
}

impl CodeConsume {
    /// Consumes the code and opens a session.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] has the reasons. A wrong code counts; with every other reason a right one stays valid.
    pub async fn run(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let started = Instant::now();
        let outcome = self.attempt(actor).await;
        if outcome.is_err() {
            attempts::pace(started, PACE).await;
        }
        outcome
    }

    async fn attempt(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let message = "must be the six digits from the email";
        let code = SignInCode::read(self.code.expose_secret());
        let code = code.ok_or_else(|| Refusal::of(RefusalCode::Invalid, "code", message))?;
        attempts::count(actor, "sign-in", None).await?;
        let request = TokenHash::of(self.request_id.expose_secret());
        let seen = actor.look(&ReadCode { request: request.clone() }).await?;
        let owner = seen.as_ref().and_then(|seen| seen.owner);
        let outcome = match seen {
            Some(Seen { is_open: true, address_hash, .. }) => {
                attempts::count_code(actor, &address_hash).await?;
                let consumed = actor.perform(&Consume { request, code, choice: self.choice }).await;
                consumed.and_then(|signed_in| signed_in.map_err(ActionError::from))
            }
            _ => Err(void_code().into()),
        };
        record_if_refused(actor, "code", owner, outcome).await
    }
}

/// The error for a wrong code, also for the one that voids it.
fn wrong_code() -> Refusal {
    let message = "this code is wrong: enter the code from the newest email, or open its link";
    Refusal::of(RefusalCode::SignInRefused, "code", message)
}

/// The error for codes that are used, void or expired, and for unknown requests.
fn void_code() -> Refusal {
    let message = "codes of this request do not work any more: open the link in the email, or request a new email";
    Refusal::new(RefusalCode::SignInRefused, message)
}

/// The state of a request before an attempt.
struct Seen {
    is_open: bool,
    address_hash: String,
    /// For the audit log.
    owner: Option<IdentityId>,
}

struct ReadCode {
    request: TokenHash,
}

impl Action for ReadCode {
    type Done = Option<Seen>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Option<Seen>, ActionError> {
        let now = work.now();
        let Some(code) = find_code(work.connection(), &self.request).await? else { return Ok(None) };
        let link = link_of(work, &code).await?;
        let owner = link.map(|link| link.identity);
        Ok(Some(Seen { is_open: code.is_open(now), address_hash: code.address_hash, owner }))
    }
}

/// The link of a request; none, after the same statement, if no mail was sent.
async fn link_of(work: &mut Work<'_>, code: &StoredCode) -> Result<Option<StoredLink>, ActionError> {
    let id = code.link.map_or_else(Uuid::nil, |link| link.0);
    Ok(find_link(work.connection(), id).await?)
}

/// Whether a browser or app that has this request id asked for the link with this token.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    /// The request id, from the request of the link.
    pub request_id: SecretString,
    /// The token at the end of the link.
    pub token: SecretString,
}

impl CodeRequest {
    /// Compares the two.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub async fn run(self, actor: &Actor) -> Result<bool, ActionError> {
        actor.look(&self).await
    }
}

impl Action for CodeRequest {
    type Done = bool;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        let Some(sent) = SentLink::read(self.token.expose_secret()) else { return Ok(false) };
        let request = TokenHash::of(self.request_id.expose_secret());
        let now = work.now();
        let code = find_code(work.connection(), &request).await?.filter(|code| code.is_open(now));
        Ok(code.and_then(|code| code.link).is_some_and(|link| link.0 == sent.id))
    }
}

struct Consume {
    request: TokenHash,
    code: SignInCode,
    choice: Option<String>,
}

impl Action for Consume {
    type Done = Counted<SignedIn>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Counted<SignedIn>, ActionError> {
        let (now, key) = (work.now(), work.actor().installation.links.clone());
        // Locked: of concurrent attempts at most five are compared.
        let stored = lock_code(work.connection(), &self.request).await?;
        let Some(stored) = stored.filter(|stored| stored.is_open(now)) else { return Ok(Err(void_code())) };
        let link = link_of(work, &stored).await?;
        // Without a link, a code is computed and compared as well, and is never right.
        let (id, nonce) = link.as_ref().map_or((stored.id, stored.id), |link| (link.id.0, link.nonce));
        let is_right = self.code.matches(&key.code(id, nonce));
        let Some(link) = link.filter(|_| is_right) else {
            count_wrong_code(work.connection(), stored.id).await?;
            return Ok(Err(wrong_code()));
        };
        // Disabled since the mail was sent.
        let account = account_by_id(work.connection(), link.identity).await?.ok_or_else(void_code)?;
        lock_identity(work.connection(), account.id).await?;
        let scope = SignInScope::of_link(link.company);
        let option = match choose(work, &account, self.choice.as_deref(), scope).await? {
            Ok(option) => option,
            Err(options) => return Ok(Ok(SignedIn::Choose { person: account.id, options })),
        };
        let offers = sign_in_offers(work.connection(), account.id).await?;
        if !mail_suffices(&offers, covers_all(work, account.id, scope).await?) {
            let message = "your companies require a password: set one with the link in the email, or sign in with your current one";
            return Err(Refusal::new(RefusalCode::InvalidState, message).into());
        }
        use_code(work.connection(), stored.id, now).await?;
        claim(work, &account, option.role()).await?;
        // As with a link, earlier ones must not work for a later reader of the mailbox. The code's own link still works.
        let sent = [LinkPurpose::SignIn, LinkPurpose::Invitation];
        void_links_but(work.connection(), account.id, &sent, link.id, now).await?;
        Ok(Ok(SignedIn::Open(open(work, &account, option, link.company, "code").await?)))
    }
}
