//! Sessions, as their owners see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{IdentityId, SessionId};
use portico_store_macros::role_view;

use crate::by_key::first_rows_by_key;
use crate::visible::visible_to_oneself;

/// A session of the viewer.
#[role_view(sessions(id))]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// The owner.
    pub identity_id: IdentityId,
    /// The actor: `CLIENT`, `TRADE` or `STAFF`.
    pub actor: String,
    /// The device name.
    pub device: Option<String>,
    /// Start time.
    pub created_at: DateTime<Utc>,
    /// Time of the last use, to the hour.
    pub last_seen_at: DateTime<Utc>,
    /// Expiry time unless it is used.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the session of this request.
    pub is_current: Option<bool>,
}
visible_to_oneself!(SessionRow);

first_rows_by_key! {
    /// Own sessions that have not been ended, expired ones included; most recently used first.
    sessions_of_people(IdentityId) -> SessionRow = the first SESSIONS of sessions by identity_id
        in order of (sessions::last_seen_at.desc(), sessions::id.desc());
}
