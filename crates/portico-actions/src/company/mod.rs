//! Companies and their staff.

mod company_create;
mod company_update;
mod host;
mod staff_access;
mod staff_invitation;
mod staff_invite;
mod staff_remove;
mod staff_update;
mod work_calendar_update;

pub use company_create::{CompanyCreate, CompanyCreateError, CompanyCreated, CompanyList, check_hosts};
pub use company_update::CompanyUpdate;
pub(crate) use host::{is_host, portal_host, region_host};
pub use portico_store::company::{ListedCompany, WorkCalendarException};
pub(crate) use staff_invite::resend_to_staff;
pub use staff_invite::{StaffInvitationResend, StaffInvite};
pub use staff_remove::StaffRemove;
pub use staff_update::StaffUpdate;
pub use work_calendar_update::WorkCalendarUpdate;
