//! Rate limits of sign-ins and mails (SEC-5). Per account and per network, independent of request headers.

use std::time::Duration;

use portico_core::contacts::Email;
use portico_core::id::IdentityId;
use portico_core::network;
use portico_core::refusal::RefusalCode;
use portico_store::sessions::has_signed_in_from;
use tokio::time::Instant;

use crate::{Action, ActionError, Actor, AttemptRate, Refusal, Work, WriteScope};

/// Per account and network.
const OF_ACCOUNT_THERE: AttemptRate = AttemptRate { at_once: 20, then_every: Duration::from_secs(30) };
/// Per account, from all networks. It does not apply to networks from which the owner has signed in before.
const OF_ACCOUNT: AttemptRate = AttemptRate { at_once: 50, then_every: Duration::from_secs(30) };
/// Per network, for all accounts. A whole office may share one network.
const OF_NETWORK: AttemptRate = AttemptRate { at_once: 20, then_every: Duration::from_secs(5) };

/// Codes per address, from all networks and for all requests: six digits can be guessed, and a stranger may ask for any number of
/// mails. The link of each mail works meanwhile.
const OF_CODES: AttemptRate = AttemptRate { at_once: 20, then_every: Duration::from_secs(600) };

/// Accounts opened per support agent.
const OF_AGENT: AttemptRate = AttemptRate { at_once: 30, then_every: Duration::from_secs(60) };

/// Audit log entries of attempts that name no account, from all networks: at most about 22,000 a day.
const ENTRIES_OF_STRANGERS: AttemptRate = AttemptRate { at_once: 1_000, then_every: Duration::from_secs(4) };
/// Audit log entries of attempts per account. A flood of others does not keep them from being recorded.
const ENTRIES_OF_ACCOUNT: AttemptRate = AttemptRate { at_once: 200, then_every: Duration::from_secs(60) };

/// Messages and edits per person: about 120 an hour.
const OF_AUTHOR: AttemptRate = AttemptRate { at_once: 60, then_every: Duration::from_secs(30) };

/// Uploads per person: about 300 an hour.
const OF_UPLOADER: AttemptRate = AttemptRate { at_once: 100, then_every: Duration::from_secs(12) };

/// Mails per recipient.
const OF_RECIPIENT: AttemptRate = AttemptRate { at_once: 10, then_every: Duration::from_secs(3_600) };
/// Mails per person to addresses of the person's choice: about five a day.
const OF_PERSON: AttemptRate = AttemptRate { at_once: 5, then_every: Duration::from_secs(24 * 3_600 / 5) };
/// Mails per company, or per support agent.
const OF_COMPANY: AttemptRate = AttemptRate { at_once: 100, then_every: Duration::from_secs(60) };

/// Counts an attempt, and rejects it above the limit.
pub(crate) async fn count(actor: &Actor, what: &str, email: Option<&Email>) -> Result<(), ActionError> {
    let network = network::name_of(actor.origin.network);
    let attempts = &actor.installation.attempts;
    let mut counted = vec![(format!("{what}:network:{network}"), OF_NETWORK)];
    if let Some(email) = email {
        let account = account(what, email);
        counted.push((format!("{account}:{network}"), OF_ACCOUNT_THERE));
        counted.push((account, OF_ACCOUNT));
    }
    // The narrowest limit first: a rejected attempt must not count against the limits that others share.
    for (whose, rate) in counted {
        let wait = attempts.count(whose, rate).await.err();
        if wait.is_some() && rate == OF_ACCOUNT && knows(actor, email).await? {
            continue;
        }
        refuse_until("attempts", wait)?;
    }
    Ok(())
}

/// Counts an attempt at a code, by the keyed hash of the address that its mail was requested for.
pub(crate) async fn count_code(actor: &Actor, address_hash: &str) -> Result<(), ActionError> {
    refuse_until(
        "attempts",
        actor.installation.attempts.count(format!("code:account:{address_hash}"), OF_CODES).await.err(),
    )
}

/// Whether the owner of this address has signed in from the same network before.
async fn knows(actor: &Actor, email: Option<&Email>) -> Result<bool, ActionError> {
    match email.and_then(|email| Knows::of(actor, email)) {
        Some(knows) => actor.perform(&knows).await,
        None => Ok(false),
    }
}

struct Knows {
    email: String,
    network: String,
}

impl Knows {
    fn of(actor: &Actor, email: &Email) -> Option<Self> {
        let network = network::subscriber(actor.origin.network?).to_string();
        Some(Self { email: email.canonical().to_owned(), network })
    }
}

impl Action for Knows {
    type Done = bool;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        Ok(has_signed_in_from(work.connection(), &self.email, &self.network).await?)
    }
}

/// Waits until a whole number of units since `started`, so that the time of a reply does not reveal what was read or written.
pub(crate) async fn pace(started: Instant, unit: Duration) {
    let units = started.elapsed().as_millis() / unit.as_millis() + 1;
    tokio::time::sleep_until(started + unit * u32::try_from(units).unwrap_or(u32::MAX)).await;
}

/// Whether an attempt of a stranger is recorded in the audit log. Above the limit it is not, so that strangers with any number
/// of networks cannot make the log grow.
pub(crate) async fn may_record(actor: &Actor, whose: Option<IdentityId>) -> bool {
    let (whose, rate) = match whose {
        Some(identity) => (format!("entry:account:{}", identity.0), ENTRIES_OF_ACCOUNT),
        None => ("entry:strangers".to_owned(), ENTRIES_OF_STRANGERS),
    };
    actor.installation.attempts.count(whose, rate).await.is_ok()
}

/// Counts an account that a support agent opens or looks for, against enumeration.
pub(crate) async fn count_opening(actor: &Actor, agent: IdentityId) -> Result<(), ActionError> {
    refuse_until("attempts", actor.installation.attempts.count(format!("open:agent:{}", agent.0), OF_AGENT).await.err())
}

/// Counts an upload that a person starts.
pub(crate) async fn count_upload(actor: &Actor, person: IdentityId) -> Result<(), ActionError> {
    refuse_until(
        "uploads",
        actor.installation.attempts.count(format!("upload:person:{}", person.0), OF_UPLOADER).await.err(),
    )
}

/// Counts a message that a person posts or edits.
pub(crate) async fn count_message(actor: &Actor, author: IdentityId) -> Result<(), ActionError> {
    refuse_until(
        "messages",
        actor.installation.attempts.count(format!("message:person:{}", author.0), OF_AUTHOR).await.err(),
    )
}

/// Counts a mail of a company or of support: for the sender first, who must not exhaust the recipient's limit, then for the
/// recipient.
pub(crate) async fn count_mail(actor: &Actor, email: &Email) -> Result<(), ActionError> {
    let viewer = actor.viewer();
    let sender = match (viewer.company(), &viewer.person) {
        (Some(company), _) => format!("company:{}", company.0),
        (None, Some(person)) => format!("person:{}", person.id),
        (None, None) => format!("network:{}", network::name_of(actor.origin.network)),
    };
    count_from(actor, sender, OF_COMPANY, email).await
}

/// Counts a sign-in link. Above the limit none is mailed, and the reply stays the same.
///
/// Anyone can ask for links, so they have a count of their own: otherwise strangers could use up the mails of the recipient's
/// companies. Networks from which the owner has signed in before have no limit per recipient.
pub(crate) async fn may_mail_link(work: &mut Work<'_>, email: &Email) -> Result<bool, ActionError> {
    let counted = work.actor().installation.attempts.count(account("link-mail", email), OF_RECIPIENT).await;
    if counted.is_ok() {
        return Ok(true);
    }
    match Knows::of(work.actor(), email) {
        Some(knows) => knows.write(work).await,
        None => Ok(false),
    }
}

/// Counts a mail of a person to an unconfirmed address.
pub(crate) async fn count_own_mail(actor: &Actor, person: IdentityId, email: &Email) -> Result<(), ActionError> {
    count_from(actor, format!("own:{}", person.0), OF_PERSON, email).await
}

async fn count_from(actor: &Actor, sender: String, rate: AttemptRate, email: &Email) -> Result<(), ActionError> {
    let attempts = &actor.installation.attempts;
    refuse_until("mails", attempts.count(format!("mail:from:{sender}"), rate).await.err())?;
    refuse_until("mails", attempts.count(account("mail", email), OF_RECIPIENT).await.err())
}

fn account(what: &str, email: &Email) -> String {
    format!("{what}:account:{}", blake3::hash(email.counted_as().as_bytes()).to_hex())
}

fn refuse_until(of: &str, wait: Option<Duration>) -> Result<(), ActionError> {
    let Some(wait) = wait else { return Ok(()) };
    let seconds = wait.as_secs().max(1);
    let message = format!("too many {of}: try again in {seconds} s");
    Err(Refusal::new(RefusalCode::TooManyAttempts, message).after(wait).into())
}
