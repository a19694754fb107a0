//! A company and its staff, as its own staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, ProjectScope, Role, Viewer, ViewerScope};
use portico_core::company::Region;
use portico_core::id::{CompanyId, InvitationId, StaffMembershipId};
use portico_store_macros::{role_view, row_change};

use crate::Visible;
use crate::by_key::rows_by_key;

/// A company's settings, as its staff see them.
#[role_view(companies(id))]
pub struct CompanyRow {
    /// The company.
    pub id: CompanyId,
    /// The slug, by which the installation's configuration names it.
    pub slug: String,
    /// Its region.
    pub region: Region,
    /// The portal host, if set.
    pub portal_host: Option<String>,
    /// Increases with every change.
    pub version: i32,
}

impl Visible for CompanyRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.id)
    }
}

/// A member of a company's staff, or a person invited to it.
#[role_view(staff_members(id))]
pub struct StaffMemberRow {
    /// The membership.
    pub id: StaffMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The name: the company's spelling until the invitation is accepted, then the account's.
    pub name: String,
    /// The email address, from the same source as the name.
    pub email: String,
    /// Owner or staff.
    pub role: Role,
    /// The job title.
    pub title: String,
    /// Granted permissions, by name; owners have all others as well.
    pub permissions: Vec<String>,
    /// When the membership was created.
    pub created_at: DateTime<Utc>,
    /// When it was removed; none if current.
    pub removed_at: Option<DateTime<Utc>>,
    /// Whether the membership began with an invitation.
    pub is_invited: bool,
    /// When the invitation was last sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Expiry time of the invitation.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The invitation; none if the membership began without one.
    pub invitation_id: Option<InvitationId>,
}

impl Visible for StaffMemberRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let is_company_wide = matches!(&viewer.scope, ViewerScope::Company { scope: ProjectScope::All, .. });
        is_company_wide
            && viewer.company() == Some(self.company_id)
            && (self.removed_at.is_none() || viewer.may_in(self.company_id, Permission::StaffManage))
    }
}

rows_by_key! {
    /// Companies by id.
    companies_by_id(CompanyId) -> CompanyRow = companies by id;
    /// Members of staff by id.
    staff_by_id(StaffMembershipId) -> StaffMemberRow = staff_members by id;
}

/// Changes of a company; none keeps the current value, `Some(None)` clears it.
#[row_change(companies, CompanyId)]
pub struct CompanyChange {
    /// The name.
    pub name: Option<String>,
    /// The public telephone number.
    pub public_phone: Option<Option<String>>,
    /// The region.
    pub region: Option<Region>,
    /// The portal host.
    pub portal_host: Option<Option<String>>,
}
