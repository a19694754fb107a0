//! Until when a change order can be signed. Dates are of the project's time zone.

use chrono::NaiveDate;

use crate::signatures::SignerParty;

/// The due date and the last day of a change order.
///
/// After the due date clients can no longer sign, and may ask for an extension; the company still can. After the last day it expires,
/// also while no worker has recorded that yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deadline {
    /// The day until which clients sign; none if there is none.
    pub due_on: Option<NaiveDate>,
    /// The last day on which the due date can be extended; none if it does not expire.
    pub expires_on: Option<NaiveDate>,
}

/// Why a deadline is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineFault {
    /// The due date has passed.
    #[error("must not be before today, {0}")]
    DuePassed(NaiveDate),
    /// The last day is before the due date.
    #[error("must not be before the due date, {0}")]
    ExpiresBeforeDue(NaiveDate),
    /// The new due date is no later than the old one.
    #[error("must be after the current due date, {0}")]
    NotLater(NaiveDate),
    /// There is no due date to extend.
    #[error("the change order has no due date: it can be signed")]
    NothingDue,
    /// The last day has passed.
    #[error("the change order expired on {0}: a new one is needed")]
    Expired(NaiveDate),
    /// The due date has not passed.
    #[error("the change order is due on {0}: it can still be signed")]
    NotOverdue(NaiveDate),
}

impl Deadline {
    /// Checks it before the change order is sent.
    ///
    /// # Errors
    ///
    /// [`DeadlineFault`].
    pub fn check(self, today: NaiveDate) -> Result<(), DeadlineFault> {
        if self.is_overdue(today) || self.has_expired(today) {
            return Err(DeadlineFault::DuePassed(today));
        }
        match (self.due_on, self.expires_on) {
            (Some(due_on), Some(expires_on)) if expires_on < due_on => Err(DeadlineFault::ExpiresBeforeDue(due_on)),
            _ => Ok(()),
        }
    }

    /// Whether the due date has passed.
    pub fn is_overdue(self, today: NaiveDate) -> bool {
        self.due_on.is_some_and(|due_on| due_on < today)
    }

    /// Whether the last day has passed.
    pub fn has_expired(self, today: NaiveDate) -> bool {
        self.expires_on.is_some_and(|expires_on| expires_on < today)
    }

    /// Why a party cannot sign on a day; none if that is possible. The due date binds the clients alone.
    pub fn refusal(self, party: SignerParty, today: NaiveDate) -> Option<String> {
        if let Err(expired) = self.check_not_expired(today) {
            return Some(expired.to_string());
        }
        let due_on = self.due_on.filter(|_| party == SignerParty::Client && self.is_overdue(today))?;
        Some(format!("the change order was due on {due_on}: ask for an extension"))
    }

    fn check_not_expired(self, today: NaiveDate) -> Result<(), DeadlineFault> {
        match self.expires_on {
            Some(expires_on) if self.has_expired(today) => Err(DeadlineFault::Expired(expires_on)),
            _ => Ok(()),
        }
    }

    /// Whether a client may ask for an extension: only when it is overdue.
    ///
    /// # Errors
    ///
    /// [`DeadlineFault::Expired`], [`DeadlineFault::NothingDue`] and [`DeadlineFault::NotOverdue`].
    pub fn check_extension_request(self, today: NaiveDate) -> Result<(), DeadlineFault> {
        self.check_not_expired(today)?;
        match self.due_on {
            None => Err(DeadlineFault::NothingDue),
            Some(due_on) if !self.is_overdue(today) => Err(DeadlineFault::NotOverdue(due_on)),
            Some(_) => Ok(()),
        }
    }

    /// The deadline with a later due date. The last day moves only if it would be before it.
    ///
    /// # Errors
    ///
    /// [`DeadlineFault::Expired`], [`DeadlineFault::NothingDue`], [`DeadlineFault::NotLater`] and [`DeadlineFault::DuePassed`].
    pub fn extended_to(self, new_due_on: NaiveDate, today: NaiveDate) -> Result<Self, DeadlineFault> {
        self.check_not_expired(today)?;
        let due_on = self.due_on.ok_or(DeadlineFault::NothingDue)?;
        if new_due_on <= due_on {
            return Err(DeadlineFault::NotLater(due_on));
        }
        if new_due_on < today {
            return Err(DeadlineFault::DuePassed(today));
        }
        let expires_on = self.expires_on.map(|expires_on| expires_on.max(new_due_on));
        Ok(Self { due_on: Some(new_due_on), expires_on })
    }
}
