//! A company and its staff.

use portico_core::company::StaffList;
use portico_core::id::StaffMembershipId;
pub use portico_store::company::{CompanyRow, StaffMemberRow, WorkCalendarExceptionRow, WorkCalendarRow};
use portico_store::company::{
    calendar_exceptions, companies_by_id, count_staff, list_staff, staff_by_id, work_calendars_of_companies,
};

use crate::gather::{loads_many, loads_one};
use crate::uncached::{lists_uncached, loads_uncached};

loads_one! {
    /// A company with its slug, region, host and version.
    CompanyById(of company) => CompanyRow, companies_by_id, by id
}
loads_one! {
    /// A company's work calendar, without its exceptions.
    WorkCalendarOfCompany(of company) => WorkCalendarRow, work_calendars_of_companies, by company_id
}
loads_many! {
    /// The exceptions of a company's work calendar, by date.
    CalendarExceptionsOfCompany(of company) => WorkCalendarExceptionRow, calendar_exceptions, by company_id
}
loads_uncached! {
    /// A member of staff.
    StaffMemberById(StaffMembershipId) => StaffMemberRow, staff_by_id, by id
}
lists_uncached! {
    /// A page of the company's staff.
    StaffPage,
    /// The number of members in a list.
    StaffCount
    of StaffList => StaffMemberRow, list_staff, count_staff
}
