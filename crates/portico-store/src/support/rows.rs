//! What support sees of an account that it has opened.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::IdentityId;
use portico_core::people::{Audience, Viewer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::by_key::rows_by_key;
use crate::schema::support::{accounts, support_notes};
use crate::visible::Visible;

/// An account that whoever asks has opened.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
pub struct AccountRow {
    /// The person.
    pub id: IdentityId,
    /// Where mail is sent.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// BCP 47.
    pub locale: String,
    /// An IANA name.
    pub time_zone: String,
    /// Whether they look after it themselves.
    pub is_user_managed: bool,
    /// Until when it is open to whoever asks.
    pub open_until: DateTime<Utc>,
}

/// What support has corrected before.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = support_notes, check_for_backend(diesel::pg::Pg))]
pub struct SupportNoteRow {
    /// The row of the trail.
    pub id: Uuid,
    /// Of whom.
    pub account_id: IdentityId,
    /// When.
    pub at: DateTime<Utc>,
    /// How it was verified.
    pub note: String,
    /// What was corrected.
    pub changed: Vec<String>,
    /// Who verified it.
    pub verified_by: String,
}

/// Rows that are support's alone.
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
    /// Accounts that are open to whoever asks.
    accounts_by_id(IdentityId) -> AccountRow = accounts by id;
    /// What has been corrected of them before, oldest first.
    notes_on_accounts(IdentityId) -> SupportNoteRow = support_notes by account_id in order of at, id;
}
