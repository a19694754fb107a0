//! Work calendars of companies: the worked weekdays, and exceptions by date.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::Viewer;
use portico_core::company::Weekday;
use portico_core::id::CompanyId;
use portico_core::schedule::{CalendarError, CalendarException, WorkCalendar};
use portico_store_macros::role_view;

use crate::by_key::rows_by_key;
use crate::schema::base::{work_calendar_exceptions as written_exceptions, work_calendars as written_calendars};
use crate::{StoreError, Visible};

/// A company's work calendar, without its exceptions.
#[role_view(work_calendars(company_id))]
pub struct WorkCalendarRow {
    /// The company.
    pub company_id: CompanyId,
    /// Worked weekdays, by name.
    pub working_days: Vec<String>,
    /// Increases with every change of the calendar or its exceptions.
    pub version: i32,
}

/// A date on which a company's work calendar differs from its weekdays.
#[role_view(work_calendar_exceptions(company_id, falls_on))]
pub struct WorkCalendarExceptionRow {
    /// The company.
    pub company_id: CompanyId,
    /// The date.
    pub falls_on: NaiveDate,
    /// Whether it is worked; otherwise it is a day off.
    pub is_working: bool,
    /// The name, such as that of a holiday.
    pub name: Option<String>,
}

impl Visible for WorkCalendarRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.company_id)
    }
}

impl Visible for WorkCalendarExceptionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.company_id)
    }
}

rows_by_key! {
    /// Work calendars of companies.
    work_calendars_of_companies(CompanyId) -> WorkCalendarRow = work_calendars by company_id;
    /// Exceptions of companies' work calendars, by date.
    calendar_exceptions(CompanyId) -> WorkCalendarExceptionRow = work_calendar_exceptions by company_id
        in order of company_id, falls_on;
}

/// A date on which a work calendar differs from its weekdays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable)]
pub struct WorkCalendarException {
    /// The date.
    pub falls_on: NaiveDate,
    /// Whether it is worked; otherwise it is a day off.
    pub is_working: bool,
    /// The name, such as that of a holiday.
    pub name: Option<String>,
}

/// A work calendar, as actions read and change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendarState {
    /// Worked weekdays, from Monday.
    pub working_days: Vec<Weekday>,
    /// Exceptions by date.
    pub exceptions: Vec<WorkCalendarException>,
    /// Increases with every change.
    pub version: i32,
}

impl WorkCalendarState {
    /// The calendar, to compute dates.
    ///
    /// # Errors
    ///
    /// [`CalendarError`], which `workCalendarUpdate` refuses, so that no stored calendar has one.
    pub fn calendar(&self) -> Result<WorkCalendar, CalendarError> {
        let weekdays: Vec<_> = self.working_days.iter().copied().map(Into::into).collect();
        let exception =
            |one: &WorkCalendarException| CalendarException { on: one.falls_on, is_working: one.is_working };
        WorkCalendar::new(&weekdays, &self.exceptions.iter().map(exception).collect::<Vec<_>>())
    }
}

/// A company's work calendar, from which dates of its schedules are computed.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn work_calendar_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<WorkCalendarState, StoreError> {
    let row =
        written_calendars::table.find(company).select((written_calendars::working_days, written_calendars::version));
    let row: (Vec<String>, i32) = row.first(connection).await?;
    with_exceptions(connection, company, row).await
}

/// Waits for a change of the company's work calendar, and prevents the next one until the transaction ends.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn keep_work_calendar(connection: &mut AsyncPgConnection, company: CompanyId) -> Result<(), StoreError> {
    let row = written_calendars::table.find(company).select(written_calendars::version);
    row.for_share().first::<i32>(connection).await?;
    Ok(())
}

/// A company's work calendar, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_work_calendar(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<WorkCalendarState, StoreError> {
    let row =
        written_calendars::table.find(company).select((written_calendars::working_days, written_calendars::version));
    let row: (Vec<String>, i32) = row.for_update().first(connection).await?;
    with_exceptions(connection, company, row).await
}

async fn with_exceptions(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    (names, version): (Vec<String>, i32),
) -> Result<WorkCalendarState, StoreError> {
    let exceptions = written_exceptions::table
        .filter(written_exceptions::company_id.eq(company))
        .order(written_exceptions::falls_on)
        .select((written_exceptions::falls_on, written_exceptions::is_working, written_exceptions::name))
        .load(connection)
        .await?;
    let working_days = Weekday::ALL.iter().copied().filter(|day| names.iter().any(|name| name == day.as_str()));
    Ok(WorkCalendarState { working_days: working_days.collect(), exceptions, version })
}

/// Changes a calendar that the caller has locked, from one state to another. Returns the names of the fields that differ;
/// without a difference nothing is written.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_work_calendar(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    from: &WorkCalendarState,
    to: &WorkCalendarState,
) -> Result<Vec<&'static str>, StoreError> {
    let (former, wanted): (BTreeSet<_>, BTreeSet<_>) =
        (from.exceptions.iter().collect(), to.exceptions.iter().collect());
    let differences = [("workingDays", from.working_days != to.working_days), ("exceptions", former != wanted)];
    let names: Vec<_> = differences.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
    if names.is_empty() {
        return Ok(names);
    }
    let days: Vec<_> = to.working_days.iter().map(|day| day.as_str()).collect();
    let set = (written_calendars::working_days.eq(days), written_calendars::version.eq(from.version + 1));
    diesel::update(written_calendars::table.find(company)).set(set).execute(connection).await?;
    let gone = former.difference(&wanted).map(|one| one.falls_on);
    let of_company = written_exceptions::table.filter(written_exceptions::company_id.eq(company));
    diesel::delete(of_company.filter(written_exceptions::falls_on.eq_any(gone))).execute(connection).await?;
    let row = |one: &&WorkCalendarException| {
        (
            written_exceptions::company_id.eq(company),
            written_exceptions::falls_on.eq(one.falls_on),
            written_exceptions::is_working.eq(one.is_working),
            written_exceptions::name.eq(one.name.clone()),
        )
    };
    let new: Vec<_> = wanted.difference(&former).map(row).collect();
    diesel::insert_into(written_exceptions::table).values(new).execute(connection).await?;
    Ok(names)
}
