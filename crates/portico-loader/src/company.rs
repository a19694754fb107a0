//! A company and its staff.

use portico_core::company::StaffList;
use portico_core::id::StaffMembershipId;
pub use portico_store::company::{CompanyRow, StaffMemberRow};
use portico_store::company::{companies_by_id, count_staff, list_staff, staff_by_id};

use crate::elsewhere::{lists_elsewhere, loads_elsewhere};
use crate::gather::loads_one;

loads_one! {
    /// A company's short name, region, host and version.
    CompanyById(of company) => CompanyRow, companies_by_id, by id
}
loads_elsewhere! {
    /// A member of staff.
    StaffMemberById(StaffMembershipId) => StaffMemberRow, staff_by_id, by id
}
lists_elsewhere! {
    /// A page of the company's staff.
    StaffPage,
    /// How many members a list has.
    StaffCount
    of StaffList => StaffMemberRow, list_staff, count_staff
}
