//! How often somebody may try to get in (SAFETY section 2): per account and per network, and by nothing that they send.

use std::net::IpAddr;
use std::time::Duration;

use portico_core::id::IdentityId;
use portico_core::people::Email;
use portico_core::refusal::RefusalCode;

use crate::{ActionError, Actor, Refusal, TryRate};

/// Of one account, from wherever.
const OF_ACCOUNT: TryRate = TryRate { at_once: 20, then_every: Duration::from_secs(30) };
/// From one network, of whatever accounts. Whole offices share one.
const OF_NETWORK: TryRate = TryRate { at_once: 20, then_every: Duration::from_secs(5) };

/// Accounts that one agent of support opens.
const OF_AGENT: TryRate = TryRate { at_once: 30, then_every: Duration::from_secs(60) };

/// To one address, by whomever.
const OF_RECIPIENT: TryRate = TryRate { at_once: 10, then_every: Duration::from_secs(3_600) };

/// Counts a try, which is refused if there were too many.
pub(crate) async fn count(actor: &Actor, what: &str, email: Option<&Email>) -> Result<(), ActionError> {
    let network = format!("{what}:network:{}", network_of(actor.origin.network));
    let tries = &actor.installation.tries;
    let mut wait = tries.count(network, OF_NETWORK).await.err();
    // A network that is slowed tries nothing, and so cannot use up what its owner has of an account.
    if let (None, Some(email)) = (wait, email) {
        wait = tries.count(account(what, email), OF_ACCOUNT).await.err();
    }
    refuse_until(wait)
}

/// Counts an account that an agent of support opens, or looks for: nobody needs a list of them.
pub(crate) async fn count_opening(actor: &Actor, agent: IdentityId) -> Result<(), ActionError> {
    refuse_until(actor.installation.tries.count(format!("open:agent:{}", agent.0), OF_AGENT).await.err())
}

/// Counts a mail that somebody has sent to an address that is not theirs yet: however it is asked for, nobody is written to
/// without end.
pub(crate) async fn count_mail(actor: &Actor, email: &Email) -> Result<(), ActionError> {
    refuse_until(actor.installation.tries.count(account("mail", email), OF_RECIPIENT).await.err())
}

fn account(what: &str, email: &Email) -> String {
    format!("{what}:account:{}", blake3::hash(email.counted_as().as_bytes()).to_hex())
}

fn refuse_until(wait: Option<Duration>) -> Result<(), ActionError> {
    let Some(wait) = wait else { return Ok(()) };
    let seconds = wait.as_secs().max(1);
    let message = format!("this was tried too often; try again in {seconds} s");
    Err(Refusal::new(RefusalCode::TooManyTries, message).after(wait).into())
}

/// One subscriber often has a whole /64 of IPv6.
pub(crate) fn network_of(address: Option<IpAddr>) -> String {
    match address {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network_of;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        let network = |text: &str| network_of(text.parse().ok());
        assert_eq!(network("2001:db8:1:2:3::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
