//! Delivery status of mails.

use std::sync::Arc;

use async_graphql::{Context, Enum, SimpleObject};
use portico_core::jobs::{Job, JobState};
use portico_core::mail::MailJob;
use portico_graphql_macros::gated;
use portico_loader::mail::{LatestDelivery, MailDeliveryRow};
use uuid::Uuid;

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::DateTime;

/// Delivery state of an email. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum MailState {
    /// Queued for its first attempt.
    #[shared(STAFF)]
    Queued,
    /// An attempt failed; another one follows.
    #[shared(STAFF)]
    Retrying,
    /// Accepted by a mail server.
    #[shared(STAFF)]
    Sent,
    /// Rejected permanently by the recipient's mail server.
    #[shared(STAFF)]
    Rejected,
    /// Not sent: retries are exhausted, or the email could not be composed.
    #[shared(STAFF)]
    Failed,
    /// Not sent: the invitation was sent again or has ended.
    #[shared(STAFF)]
    Withdrawn,
}

/// Delivery status of a record's latest email.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct MailDelivery {
    /// State of the email.
    state: MailState,
    /// Number of attempts so far.
    attempts: i32,
    /// Time of the last attempt. Null before the first.
    last_attempt_at: Option<DateTime>,
    /// Time of the next attempt. Null if none follows.
    next_attempt_at: Option<DateTime>,
    /// Reason for the failure, with a remedy. Null if no attempt failed.
    reason: Option<String>,
}

impl MailDelivery {
    /// Status of the latest email about a row; `None` if none was sent, or the viewer may not see it.
    pub(crate) async fn about(ctx: &Context<'_>, subject: Uuid) -> Result<Option<Self>, ApiError> {
        Ok(load(ctx, LatestDelivery(subject)).await?.map(|row: Arc<MailDeliveryRow>| Self::of(&row)))
    }

    fn of(row: &MailDeliveryRow) -> Self {
        let state = match row.state {
            JobState::Waiting if row.attempts == 0 => MailState::Queued,
            JobState::Waiting => MailState::Retrying,
            JobState::Done => MailState::Sent,
            JobState::Refused => MailState::Rejected,
            JobState::Parked => MailState::Failed,
            JobState::Withdrawn => MailState::Withdrawn,
        };
        let is_open = matches!(state, MailState::Queued | MailState::Retrying);
        Self {
            state,
            attempts: row.attempts,
            last_attempt_at: row.last_attempt_at.map(DateTime),
            next_attempt_at: is_open.then_some(DateTime(row.next_attempt_at)),
            reason: reason(state, row),
        }
    }
}

fn reason(state: MailState, row: &MailDeliveryRow) -> Option<String> {
    let code = row.reply_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    match state {
        MailState::Queued | MailState::Sent => None,
        MailState::Retrying => Some(format!(
            "The recipient's mail server could not be reached, or asked us to retry later{code}. We will try again \
             automatically."
        )),
        MailState::Rejected => Some(format!(
            "The recipient's mail server rejected the email{code}. Check the address, then send it again."
        )),
        MailState::Failed if row.attempts >= MailJob::max_attempts() => Some(format!(
            "Given up after {} attempts: the recipient's mail server did not accept the email{code}. Check the address, then send \
             it again.",
            row.attempts
        )),
        MailState::Failed => Some(
            "The email could not be composed. Check the name and the company's text, then send it again.".to_owned(),
        ),
        MailState::Withdrawn => Some("Withdrawn: the invitation was sent again or has ended.".to_owned()),
    }
}
