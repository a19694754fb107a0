//! Deliveries of mails, as staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, JobId};
use portico_core::jobs::JobState;
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::{ReadSession, StoreError, Visible};

/// State of a mail's delivery, without its content.
#[role_view(mail_deliveries(id))]
pub struct MailDeliveryRow {
    /// The job that sends it.
    pub id: JobId,
    /// The company in whose name it is sent.
    pub company_id: CompanyId,
    /// The subject: an invitation or a contact.
    pub subject_id: Uuid,
    /// The state.
    pub state: JobState,
    /// Number of attempts, including the current one.
    pub attempts: i32,
    /// When it was last attempted; none before the first attempt.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When it is due; during an attempt, when another worker may take it.
    pub next_attempt_at: DateTime<Utc>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// The mail server's reply code of the last failure; none without a reply.
    pub reply_code: Option<String>,
    /// Whether it concerns a member of staff rather than a client or trade partner.
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
/// [`StoreError`] if the query fails, or the viewer's role view does not have this at all.
pub async fn latest_deliveries(session: &ReadSession, subjects: Vec<Uuid>) -> Result<Vec<MailDeliveryRow>, StoreError> {
    let latest = mail_deliveries::table
        .filter(mail_deliveries::subject_id.eq_any(subjects))
        .distinct_on(mail_deliveries::subject_id)
        .order((mail_deliveries::subject_id, mail_deliveries::created_at.desc(), mail_deliveries::id.desc()))
        .select(MailDeliveryRow::as_select());
    session.load(latest).await
}
