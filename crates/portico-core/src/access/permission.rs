//! Permissions of staff and API keys. All are off until granted.

text_enum! {
    /// A permission of a member of staff or API key, company-wide (docs/domain.md).
    pub enum Permission {
        /// See the company's projects.
        ProjectsRead = "PROJECTS_READ",
        /// Create and change projects.
        ProjectsWrite = "PROJECTS_WRITE",
        /// Plan schedules; edit their templates, delays and progress.
        ScheduleEdit = "SCHEDULE_EDIT",
        /// Publish schedules.
        SchedulePublish = "SCHEDULE_PUBLISH",
        /// Prepare and share selections.
        SelectionsManage = "SELECTIONS_MANAGE",
        /// See costs.
        CostsView = "COSTS_VIEW",
        /// See markups and margins.
        MarginsView = "MARGINS_VIEW",
        /// Prepare invoices.
        InvoicesManage = "INVOICES_MANAGE",
        /// Release invoices to clients.
        InvoicesRelease = "INVOICES_RELEASE",
        /// Record payments.
        PaymentsRecord = "PAYMENTS_RECORD",
        /// Prepare documents; upload, share, rename, delete, restore and release files.
        DocumentsManage = "DOCUMENTS_MANAGE",
        /// Sign documents for the company.
        DocumentsSign = "DOCUMENTS_SIGN",
        /// Write to clients.
        MessagesClient = "MESSAGES_CLIENT",
        /// Read and write threads among staff and with trade partners.
        MessagesInternal = "MESSAGES_INTERNAL",
        /// Manage leads.
        LeadsManage = "LEADS_MANAGE",
        /// Edit email templates.
        EmailTemplatesManage = "EMAIL_TEMPLATES_MANAGE",
        /// Explain what clients and trade partners see.
        AccessExplain = "ACCESS_EXPLAIN",
        /// Manage contacts, and invite clients and trade partners.
        ClientsInvite = "CLIENTS_INVITE",
        /// Create and revoke API keys.
        ReportsKeys = "REPORTS_KEYS",
        /// Change the company's settings.
        SettingsManage = "SETTINGS_MANAGE",
        /// Invite and remove staff, and change their permissions.
        StaffManage = "STAFF_MANAGE",
    }
}

/// A set of permissions, as bits of one integer. Stored as an array of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Array<diesel::sql_types::Text>))]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Every permission, as owners have.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// The bits: one for each permission, in the order of declaration.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether the permission is in the set.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// The permissions that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set with this permission added.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | (1 << permission as u32))
    }

    /// The permissions of the set, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(feature = "diesel")]
mod column {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::{Array, Text};

    use super::{Permission, PermissionSet};

    impl ToSql<Array<Text>, Pg> for PermissionSet {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let names: Vec<Permission> = self.iter().collect();
            <Vec<Permission> as ToSql<Array<Text>, Pg>>::to_sql(&names, &mut out.reborrow())
        }
    }

    impl FromSql<Array<Text>, Pg> for PermissionSet {
        fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
            let names = <Vec<String> as FromSql<Array<Text>, Pg>>::from_sql(bytes)?;
            // A later build may have granted permissions that this one does not know.
            Ok(names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_own_bit() {
        assert!(Permission::ALL.len() <= 32);
        assert_eq!(PermissionSet::all().iter().count(), Permission::ALL.len());
        let costs = PermissionSet::NONE.with(Permission::CostsView);
        assert!(costs.contains(Permission::CostsView) && !costs.contains(Permission::MarginsView));
        assert_eq!(PermissionSet::all().intersection(costs), costs);
    }
}
