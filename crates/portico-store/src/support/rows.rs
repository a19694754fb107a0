//! Opened accounts, as support sees them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Audience, Viewer};
use portico_core::id::IdentityId;
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::by_key::{first_rows_by_key, rows_by_key};
use crate::visible::Visible;

/// An account that the viewer has open.
#[role_view(accounts(id))]
pub struct AccountRow {
    /// The person.
    pub id: IdentityId,
    /// The email address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The telephone number, E.164.
    pub phone: Option<String>,
    /// The language, BCP 47.
    pub locale: String,
    /// The time zone, an IANA name.
    pub time_zone: String,
    /// Whether the user manages the account.
    pub is_user_managed: bool,
    /// Expiry time of the viewer's access.
    pub open_until: DateTime<Utc>,
}

/// A correction by support.
#[role_view(support_notes(id))]
pub struct SupportNoteRow {
    /// The audit log entry.
    pub id: Uuid,
    /// The account.
    pub account_id: IdentityId,
    /// The time.
    pub at: DateTime<Utc>,
    /// The verification note.
    pub note: String,
    /// The corrected fields.
    pub changed: Vec<String>,
    /// The agent's name.
    pub verified_by: String,
}

/// Rows visible to support only.
macro_rules! visible_to_support {
    ($($row:ty),+) => {$(
        impl Visible for $row {
            fn visible_to(&self, viewer: &Viewer) -> bool {
                viewer.audience() == Audience::Support
            }
        }
    )+};
}
visible_to_support!(AccountRow, SupportNoteRow);

rows_by_key! {
    /// Accounts that the viewer has open.
    accounts_by_id(IdentityId) -> AccountRow = accounts by id;
}

first_rows_by_key! {
    /// Corrections of accounts, newest first.
    notes_on_accounts(IdentityId) -> SupportNoteRow = the first SUPPORT_NOTES of support_notes by account_id
        in order of (support_notes::at.desc(), support_notes::id.desc());
}
