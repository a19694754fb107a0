//! Companies: their settings, their hosts and their staff.

mod rows;
mod staff_list;
mod staff_writes;
mod work_calendar;
mod writes;

pub use rows::{CompanyChange, CompanyRow, StaffMemberRow, companies_by_id, staff_by_id};
pub use staff_list::{count_staff, list_staff};
pub use staff_writes::{
    CurrentStaff, CurrentStaffInvitation, NewStaff, NewStaffInvitation, StaffChange, accept_staff_invitation,
    change_staff, count_other_owners, find_staff, insert_staff, insert_staff_invitation, leave_teams,
    membership_of_invitation, remove_staff, reopen_staff_invitation,
};
pub use work_calendar::{
    WorkCalendarException, WorkCalendarExceptionRow, WorkCalendarRow, WorkCalendarState, calendar_exceptions,
    change_work_calendar, keep_work_calendar, lock_work_calendar, work_calendar_of, work_calendars_of_companies,
};
pub use writes::{
    CompanyAddress, ListedCompany, NewCompany, address_of, all_addresses, change_company, company_by_slug,
    insert_company, list_companies, lock_company, release_host,
};
