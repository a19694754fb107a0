//! Jobs: work that runs after the transaction that asked for it, in a worker.

mod wake;

use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::id::CompanyId;
pub use wake::Wake;

/// Pauses between the attempts of a kind that names none of its own: about two and a half days.
pub const STANDARD_PAUSES: &[TimeDelta] = &[
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
    TimeDelta::hours(24),
];

/// A kind of job: its name, its limits, and as fields its payload. `RunJob` in `portico` says how it runs.
///
/// The payload is kept as JSON and may be read by a newer program than wrote it: new fields need a `serde` default. It never
/// holds a secret such as a token.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind's name in the queue.
    const NAME: &'static str;
    /// Pauses after the failed attempts. A job that fails once more than there are pauses is parked.
    const PAUSES: &'static [TimeDelta] = STANDARD_PAUSES;
    /// Time that one attempt may take.
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// Time after which a job that a worker has taken counts as lost. At least twice the timeout.
    const LEASE: TimeDelta = TimeDelta::minutes(5);
    /// Jobs of this kind that one worker runs at once.
    const AT_ONCE: usize = 4;
    /// Time that a finished job is kept, and with it its key.
    const RETENTION: TimeDelta;

    /// Deduplication key, such as `invitation:<id>:<number of the mail>`: while a job with it is kept, no other one of this kind
    /// is written. A row's id after the first colon makes that row the job's subject. None never deduplicates.
    fn key(&self) -> Option<&str> {
        None
    }

    /// The company for which it runs; none if it concerns an account alone.
    fn company(&self) -> Option<CompanyId> {
        None
    }

    /// Whether the payload is complete, so that a mistake is found where it is made and not in the worker.
    ///
    /// # Errors
    ///
    /// What is wrong.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Attempts before a job is parked.
    fn max_attempts() -> i32 {
        i32::try_from(Self::PAUSES.len()).unwrap_or(i32::MAX).saturating_add(1)
    }

    /// Pause after this many attempts have failed; none after the last one.
    fn pause_after(attempts: i32) -> Option<TimeDelta> {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
        Self::PAUSES.get(index).copied()
    }
}

text_enum! {
    /// State of a job.
    pub enum JobState {
        /// Due, or will be.
        Waiting = "WAITING",
        /// Done.
        Done = "DONE",
        /// Rejected for good by the service it needs.
        Refused = "REFUSED",
        /// Attempts are exhausted, or it cannot run: an operator has to look.
        Parked = "PARKED",
        /// Withdrawn before it ran.
        Withdrawn = "WITHDRAWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailJob;

    #[test]
    fn pauses_grow_and_end() {
        let minutes: Vec<_> =
            (0..=8).map(|attempts| MailJob::pause_after(attempts).map(|pause| pause.num_minutes())).collect();
        let expected = [Some(1), Some(1), Some(5), Some(30), Some(120), Some(360), Some(1440), Some(1440), None];
        assert_eq!(minutes, expected);
        assert_eq!((MailJob::pause_after(i32::MAX), MailJob::max_attempts()), (None, 8));
    }
}
