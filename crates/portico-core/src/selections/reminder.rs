//! Reminders of selections by mail (SEL-7).

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::SelectionStatus;
use crate::id::{CompanyId, ProjectMembershipId};
use crate::jobs::Job;

/// The mail that reminds a client of the selections of one project, on one day. The worker reads the selections when it sends the mail, so a choice made meanwhile is not mentioned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SelectionReminderJob {
    /// Deduplication key.
    key: String,
    /// The company.
    company_id: CompanyId,
    /// The client's membership.
    pub membership_id: ProjectMembershipId,
    /// The day, in the project's time zone.
    pub mailed_on: NaiveDate,
}

impl SelectionReminderJob {
    /// The job of a client's day.
    pub fn new(company_id: CompanyId, membership_id: ProjectMembershipId, mailed_on: NaiveDate) -> Self {
        Self { key: format!("selections:{}:{mailed_on}", membership_id.0), company_id, membership_id, mailed_on }
    }
}

impl Job for SelectionReminderJob {
    const NAME: &'static str = "selection_reminder";
    // About nine hours: a mail of the morning is sent on its day, or not at all.
    const PAUSES: &'static [TimeDelta] = &[
        TimeDelta::minutes(1),
        TimeDelta::minutes(5),
        TimeDelta::minutes(30),
        TimeDelta::hours(2),
        TimeDelta::hours(6),
    ];
    const RETENTION: TimeDelta = TimeDelta::days(7);
    const HAS_PRIVATE_ERRORS: bool = true;

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company_id)
    }
}

/// A selection of which a client is reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueSelection {
    /// Its title.
    pub title: String,
    /// Its state: without a choice, or without an approval.
    pub status: SelectionStatus,
    /// When it is due.
    pub due_on: NaiveDate,
    /// Whether the due date has passed.
    pub is_overdue: bool,
}

impl DueSelection {
    /// What the mail says about it.
    pub fn in_words(&self) -> String {
        let day = self.due_on.format("%B %-d, %Y");
        let title = &self.title;
        match (self.is_overdue, self.status) {
            (true, _) => format!("{title}: was due on {day}"),
            (false, SelectionStatus::Chosen) => format!("{title}: approve the choice by {day}"),
            (false, _) => format!("{title}: choose by {day}"),
        }
    }
}
