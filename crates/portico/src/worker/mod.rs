//! The worker: takes deliveries that are due, writes the mails, sends them, and says what came of it. On each round it also writes
//! down what time has changed: invitations that nobody took up.
//!
//! Any number of workers may run at once, in gateways or on their own. What is promised: a delivery that is committed is sent
//! sooner or later, or ends in a state that says why not. A worker that dies between the mail server's 250 and its own note of
//! it leaves a delivery that is sent again when its lease is over, with the same `Message-ID`, by which the receiver can tell.

mod office;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use portico_adapters::mail::{SendError, SendErrorKind, Transport};
use portico_core::id::DeliveryId;
use portico_core::mail::{MAX_ATTEMPTS, Wake, pause_after};
use portico_store::activity::forget_answers;
use portico_store::mail::{DueDelivery, mark_refused, mark_sent, park, retry_later, take_due};
use portico_store::people::expire_invitations;
use portico_store::{AsyncPgConnection, StoreError, Writer};
use tokio::sync::{Notify, watch};

use crate::ClockSource;
pub use office::{Office, OfficeError, Written};

/// How often a worker looks by itself, for what another process has written and for what is tried again.
const EVERY: Duration = Duration::from_secs(5);
/// How many deliveries are taken together, and how many are sent at once.
const BATCH: i64 = 16;
const AT_ONCE: usize = 4;
/// How long one mail may take.
const SEND: Duration = Duration::from_secs(30);
/// After this a delivery that was taken counts as lost: longer than a whole batch may take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How long a worker that is told to stop goes on with what is due.
const DRAIN: Duration = Duration::from_secs(10);
/// How long answers to keys of idempotency are kept: telephones may be out of reach over a weekend (API-3).
const IDEMPOTENCY: TimeDelta = TimeDelta::days(7);
/// How often it is tried to note what came of a mail, and the pause between.
const NOTES: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// By this a worker is woken.
#[derive(Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// What rings it. One ring is kept while nobody listens.
    pub fn wake(&self) -> Wake {
        let bell = Arc::clone(&self.0);
        Wake::new(move || bell.notify_one())
    }
}

/// A worker.
pub struct Worker {
    /// The queue.
    pub writer: Writer,
    /// The time.
    pub clock: ClockSource,
    /// How mails are written.
    pub office: Office,
    /// How they leave.
    pub transport: Transport,
    /// What wakes it.
    pub bell: Bell,
}

/// What came of a delivery.
enum Outcome {
    Sent,
    Refused(String),
    Later(DateTime<Utc>, String),
    Parked(String),
}

impl Worker {
    /// Works until `stop` is done, and then goes on with what is due for a little while.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        let work = self.work(stopped);
        tokio::pin!(work);
        let last_moment = async {
            stop.await;
            let _ = stopping.send(true);
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            () = &mut work => {}
            () = last_moment => tracing::warn!("mails were still being sent after {} s", DRAIN.as_secs()),
        }
    }

    async fn work(&self, mut stopped: watch::Receiver<bool>) {
        loop {
            self.keep_time().await;
            let count = self.round().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the queue of mails cannot be read");
                0
            });
            let is_stopping = *stopped.borrow();
            if is_stopping && count == 0 {
                return;
            }
            if is_stopping || i64::try_from(count) == Ok(BATCH) {
                continue;
            }
            tokio::select! {
                () = self.bell.0.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Writes down what time has changed: windows never ask it, so that somebody has to when it comes. The portal closes to those
    /// who did not take up their invitations in time, and what was answered to keys long ago is forgotten.
    pub async fn keep_time(&self) {
        let now = (self.clock)().moment();
        let kept = async {
            let connection = self.writer.connection().await?;
            let write = async |tables: &mut AsyncPgConnection| {
                expire_invitations(tables, now).await?;
                forget_answers(tables, now - IDEMPOTENCY).await
            };
            connection.transaction::<_, StoreError>(write).await
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "what time has changed could not be written down");
        }
    }

    /// Sends what is due, up to a batch; how many deliveries that were.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the queue cannot be read; then nothing was taken.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let now = (self.clock)().now();
        let connection = self.writer.connection().await?;
        let taken = connection.transaction(async |queue| take_due(queue, now, LEASE, BATCH).await).await?;
        let count = taken.len();
        futures_util::stream::iter(taken).for_each_concurrent(AT_ONCE, |delivery| self.deliver(delivery)).await;
        Ok(count)
    }

    async fn deliver(&self, delivery: DueDelivery) {
        let outcome = self.attempt(&delivery).await;
        let (id, template, attempts) = (delivery.id.0, delivery.template.as_str(), delivery.attempts);
        // What mail servers say may repeat an address: it is kept in the database, and not in the log.
        match &outcome {
            Outcome::Sent => tracing::info!(%id, template, attempts, "a mail was sent"),
            Outcome::Refused(_) => tracing::warn!(%id, template, attempts, "a mail was refused"),
            Outcome::Later(at, _) => tracing::warn!(%id, template, attempts, %at, "a mail could not be sent yet"),
            Outcome::Parked(_) => tracing::error!(%id, template, attempts, "a mail is parked: somebody has to look"),
        }
        for note in 1..=NOTES {
            match self.note(&delivery, &outcome).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%id, %error, note, "what came of a mail cannot be noted"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, delivery: &DueDelivery) -> Outcome {
        if delivery.attempts > MAX_ATTEMPTS {
            return Outcome::Parked("its workers ended while they sent it, too often".to_owned());
        }
        let message = match self.office.write(delivery) {
            Ok(written) => written.message,
            Err(error) => return Outcome::Parked(error.to_string()),
        };
        let sent = tokio::time::timeout(SEND, self.transport.send(&message)).await;
        let Ok(sent) = sent else { return self.later(delivery, format!("no answer within {} s", SEND.as_secs())) };
        match sent {
            Ok(()) => Outcome::Sent,
            Err(SendError { kind: SendErrorKind::Refused, text, .. }) => Outcome::Refused(without_tokens(&text)),
            Err(SendError { kind: SendErrorKind::Later, text, .. }) => self.later(delivery, without_tokens(&text)),
        }
    }

    fn later(&self, delivery: &DueDelivery, error: String) -> Outcome {
        match pause_after(delivery.attempts) {
            Some(pause) => Outcome::Later((self.clock)().now() + pause, error),
            None => Outcome::Parked(error),
        }
    }

    async fn note(&self, delivery: &DueDelivery, outcome: &Outcome) -> Result<(), StoreError> {
        let (id, now): (DeliveryId, _) = (delivery.id, (self.clock)().now());
        let connection = self.writer.connection().await?;
        connection
            .transaction(async |queue| match outcome {
                Outcome::Sent => mark_sent(queue, id, now).await,
                Outcome::Refused(error) => mark_refused(queue, delivery, error).await,
                Outcome::Later(at, error) => retry_later(queue, delivery, *at, error).await,
                Outcome::Parked(error) => park(queue, delivery, error).await,
            })
            .await
    }
}

/// Mail servers that refuse a mail may repeat what stands in it, and a link's token must not get into the database. So every long
/// word goes out of what they say.
fn without_tokens(text: &str) -> String {
    const LONGEST: usize = 20;
    let is_of_token = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|char| !is_of_token(char)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        kept.push_str(if word.len() < LONGEST { word } else { "..." });
        let end = after.find(is_of_token).unwrap_or(after.len());
        let (between, next) = after.split_at(end);
        kept.push_str(between);
        rest = next;
    }
    kept
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::{Bell, without_tokens};

    #[tokio::test]
    async fn a_ring_is_heard_by_whoever_listens_next_and_once() {
        let bell = Bell::default();
        assert!(bell.0.notified().now_or_never().is_none());
        let wake = bell.wake();
        wake.wake();
        wake.clone().wake();
        assert!(bell.0.notified().now_or_never().is_some());
        assert!(bell.0.notified().now_or_never().is_none());
    }

    #[test]
    fn what_could_be_a_token_is_left_out_of_errors() {
        let token = "AZ3-_q".repeat(11);
        let said = format!("permanent error (550): spam: https://x.example/auth/link/{token} listed");
        assert_eq!(without_tokens(&said), "permanent error (550): spam: https://x.example/auth/link/... listed");
        let (half, other) = token.split_at(40);
        assert_eq!(without_tokens(&format!("{half}=\r\n{other}")), "...=\r\n...");
        assert_eq!(without_tokens("5.1.1 <ana@client.example>: unknown ü"), "5.1.1 <ana@client.example>: unknown ü");
        assert_eq!(without_tokens(""), "");
    }
}
