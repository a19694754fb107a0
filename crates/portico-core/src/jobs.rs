//! Jobs: work that a worker runs after the transaction that enqueued it.

mod wake;

use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::id::CompanyId;
pub use wake::Wake;

/// Default pauses between attempts, about two and a half days in total.
pub const STANDARD_PAUSES: &[TimeDelta] = &[
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
    TimeDelta::hours(24),
];

/// Kind of job: its name, its limits, and its fields as payload. `RunJob` in `portico` says how it runs.
///
/// The payload is stored as JSON and may be read by a newer version of the program: new fields need a `serde` default.
/// It never holds a secret such as a token.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind's name in the queue.
    const NAME: &'static str;
    /// Pauses after failed attempts. A job that fails once more than there are pauses is parked.
    const PAUSES: &'static [TimeDelta] = STANDARD_PAUSES;
    /// Time limit of one attempt.
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// Lease: a job that a worker holds longer counts as lost. At least twice the timeout.
    const LEASE: TimeDelta = TimeDelta::minutes(5);
    /// Maximum number of jobs of this kind that one worker runs concurrently.
    const AT_ONCE: usize = 4;
    /// Retention of a finished job and its key.
    const RETENTION: TimeDelta;
    /// Whether errors may repeat personal data, as answers of mail servers repeat addresses: these are stored, but not
    /// logged.
    const HAS_PRIVATE_ERRORS: bool = false;

    /// Deduplication key, such as `invitation:<id>:<number of the mail>`; none disables deduplication.
    ///
    /// While a job with the key is stored, no other one of its kind is enqueued. An id after the first colon is the
    /// job's subject.
    fn key(&self) -> Option<&str> {
        None
    }

    /// The company that the job belongs to; none if it concerns an account alone.
    fn company(&self) -> Option<CompanyId> {
        None
    }

    /// Checks that the payload is complete, so that a mistake is found where it is made and not in the worker.
    ///
    /// # Errors
    ///
    /// Describes the defect.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Number of attempts before a job is parked.
    fn max_attempts() -> i32 {
        i32::try_from(Self::PAUSES.len()).unwrap_or(i32::MAX).saturating_add(1)
    }

    /// Pause after this many failed attempts; none after the last.
    fn pause_after(attempts: i32) -> Option<TimeDelta> {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
        Self::PAUSES.get(index).copied()
    }
}

text_enum! {
    /// State of a job.
    pub enum JobState {
        /// Due, now or later.
        Waiting = "WAITING",
        /// Finished.
        Done = "DONE",
        /// Rejected permanently by the service that it needs.
        Refused = "REFUSED",
        /// Out of attempts, or unable to run; needs an operator.
        Parked = "PARKED",
        /// Withdrawn before it was run.
        Withdrawn = "WITHDRAWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailJob;

    #[test]
    fn backoff_grows_to_a_maximum() {
        let minutes: Vec<_> =
            (0..=8).map(|attempts| MailJob::pause_after(attempts).map(|pause| pause.num_minutes())).collect();
        let expected = [Some(1), Some(1), Some(5), Some(30), Some(120), Some(360), Some(1440), Some(1440), None];
        assert_eq!(minutes, expected);
        assert_eq!((MailJob::pause_after(i32::MAX), MailJob::max_attempts()), (None, 8));
    }
}
