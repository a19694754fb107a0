//! A company and its staff.

use portico_core::company::StaffList;
use portico_core::id::StaffMembershipId;
pub use portico_store::company::{CompanyRow, StaffMemberRow};
use portico_store::company::{companies_by_id, count_staff, list_staff, staff_by_id};

use crate::gather::loads_one;
use crate::uncached::{lists_uncached, loads_uncached};

loads_one! {
    /// A company with its slug, region, host and version.
    CompanyById(of company) => CompanyRow, companies_by_id, by id
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
