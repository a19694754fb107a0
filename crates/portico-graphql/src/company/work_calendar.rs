//! The company's work calendar.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object};
use portico_actions::company::{WorkCalendarException as CalendarException, WorkCalendarUpdate};
use portico_core::company::Weekday as CoreWeekday;
use portico_graphql_macros::gated;
use portico_loader::company::{CalendarExceptionsOfCompany, WorkCalendarExceptionRow, WorkCalendarRow};

use super::{Company, own_company};
use crate::act::{act, payload};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::load::load;
use crate::scalars::Date;

/// Day of the week.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreWeekday")]
pub(crate) enum Weekday {
    /// Monday.
    #[shared(STAFF)]
    Monday,
    /// Tuesday.
    #[shared(STAFF)]
    Tuesday,
    /// Wednesday.
    #[shared(STAFF)]
    Wednesday,
    /// Thursday.
    #[shared(STAFF)]
    Thursday,
    /// Friday.
    #[shared(STAFF)]
    Friday,
    /// Saturday.
    #[shared(STAFF)]
    Saturday,
    /// Sunday.
    #[shared(STAFF)]
    Sunday,
}

pub(super) struct WorkCalendar(pub(super) Arc<WorkCalendarRow>);

/// Work calendar of a company: the days on which its projects are worked.
#[gated]
#[Object]
impl WorkCalendar {
    /// Working weekdays, from Monday.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn working_days(&self) -> Vec<Weekday> {
        let is_worked = |day: &&CoreWeekday| self.0.working_days.iter().any(|name| name == day.as_str());
        CoreWeekday::ALL.iter().filter(is_worked).map(|day| (*day).into()).collect()
    }

    /// Dates that differ from the weekdays, ordered by date.
    #[shared(STAFF)]
    #[list_size(CALENDAR_EXCEPTIONS)]
    async fn exceptions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<WorkCalendarException>>, ApiError> {
        let rows = load(ctx, CalendarExceptionsOfCompany(self.0.company_id)).await?;
        Ok(rows.iter().map(|row| WorkCalendarException(Arc::clone(row)).into()).collect())
    }

    /// Increases with every change.
    #[shared(STAFF)]
    async fn version(&self) -> i32;
}

struct WorkCalendarException(Arc<WorkCalendarExceptionRow>);

/// Date that differs from the weekdays of a work calendar.
#[gated]
#[Object]
impl WorkCalendarException {
    /// The date.
    #[shared(STAFF)]
    async fn date(&self) -> Date {
        Date::Valid(self.0.falls_on)
    }

    /// Whether the date is worked, such as a Saturday; otherwise it is a day off, such as a holiday.
    #[shared(STAFF)]
    async fn is_working(&self) -> bool;

    /// Name, such as that of a holiday. Null if none is set.
    #[shared(STAFF)]
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
}

/// Date that differs from the weekdays of a work calendar.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct WorkCalendarExceptionInput {
    /// The date, from 2000-01-01 to 2199-12-31. Each date occurs once.
    date: Date,
    /// Whether the date is worked; otherwise it is a day off.
    is_working: bool,
    /// Name, such as that of a holiday. At most 200 characters.
    name: Option<String>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct WorkCalendarUpdateInput {
    expected_version: i32,
    /// All weekdays that are worked. Omit to keep the current value.
    working_days: Option<Vec<Weekday>>,
    /// All dates that differ from the weekdays, at most 1,000; dates that are not in the list are removed. Omit to keep
    /// the current value.
    exceptions: Option<Vec<WorkCalendarExceptionInput>>,
}

payload! {
    WorkCalendarUpdatePayload for (STAFF) {
        /// The company.
        company: Company,
    }
}

#[derive(Default)]
pub(crate) struct WorkCalendarMutations;

/// Write operations on the work calendar.
#[gated]
#[Object]
impl WorkCalendarMutations {
    /// Replaces the weekdays that the company works, and the dates that differ from them. At least one day of each 366 must
    /// be worked.
    #[requires(SETTINGS_MANAGE)]
    async fn work_calendar_update(
        &self,
        ctx: &Context<'_>,
        input: WorkCalendarUpdateInput,
    ) -> Result<WorkCalendarUpdatePayload, ApiError> {
        let update = WorkCalendarUpdate {
            expected_version: input.expected_version,
            working_days: input.working_days.map(|days| days.into_iter().map(Into::into).collect()),
            exceptions: input.exceptions.as_deref().map(exceptions).transpose()?,
        };
        Ok(match act(ctx, update).await? {
            Ok(_) => WorkCalendarUpdatePayload::done(own_company(ctx).await?),
            Err(refused) => WorkCalendarUpdatePayload::refused(refused),
        })
    }
}

fn exceptions(given: &[WorkCalendarExceptionInput]) -> Result<Vec<CalendarException>, ApiError> {
    let read = |(number, one): (usize, &WorkCalendarExceptionInput)| {
        let falls_on = one.date.checked(&format!("input.exceptions.{number}.date"))?;
        Ok(CalendarException { falls_on, is_working: one.is_working, name: one.name.clone() })
    };
    given.iter().enumerate().map(read).collect()
}
