//! What became of mails, as staff see it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, JobId};
use portico_core::jobs::JobState;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::mail_deliveries;
use crate::{ReadSession, StoreError, Visible};

/// How a mail stands, without anything that is in it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = mail_deliveries, check_for_backend(diesel::pg::Pg))]
pub struct MailDeliveryRow {
    /// The job that sends it.
    pub id: JobId,
    /// The company in whose name it is sent.
    pub company_id: CompanyId,
    /// The row that it is about: an invitation or a contact.
    pub subject_id: Uuid,
    /// How it stands.
    pub state: JobState,
    /// The attempts so far, with the one that is in progress.
    pub attempts: i32,
    /// When it was last tried; none before the first attempt.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When it is due; while an attempt is in progress, when another worker may take it.
    pub next_attempt_at: DateTime<Utc>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The code with which the mail server last refused it; none if it gave none.
    pub reply_code: Option<String>,
    /// Whether it is about a member of staff, and not about a client or a trade partner.
    pub is_to_staff: bool,
}

impl Visible for MailDeliveryRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let needed = if self.is_to_staff { Permission::StaffManage } else { Permission::ClientsInvite };
        viewer.may_in(self.company_id, needed)
    }
}

/// The latest mail about each of these rows.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the viewer's role view does not have this at all.
pub async fn latest_deliveries(session: &ReadSession, subjects: Vec<Uuid>) -> Result<Vec<MailDeliveryRow>, StoreError> {
    let latest = mail_deliveries::table
        .filter(mail_deliveries::subject_id.eq_any(subjects))
        .distinct_on(mail_deliveries::subject_id)
        .order((mail_deliveries::subject_id, mail_deliveries::created_at.desc(), mail_deliveries::id.desc()))
        .select(MailDeliveryRow::as_select());
    session.load(latest).await
}
