//! Emails a client to check their contact details.

use chrono::{Days, NaiveTime};
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ContactId;
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::refusal::RefusalCode;
use portico_store::accounts::lock_identity;
use portico_store::contacts::own_contact;
use serde_json::json;

use crate::company::region_host;
use crate::sessions::attempts;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Emails a client the details of the company's contact. Sent to the account's address rather than the contact's.
/// Changes nothing (ACC-12). At most once a day, since the mail is unsolicited.
#[derive(Debug, Clone)]
pub struct ClientRequestContactReview {
    /// The contact.
    pub contact: ContactId,
}

impl Action for ClientRequestContactReview {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let now = work.now();
        let contact = own_contact(work.connection(), staff.company, self.contact).await?;
        let contact = contact.ok_or_else(|| Refusal::not_found("id"))?;
        let identity = contact.identity.ok_or_else(|| {
            Refusal::of(
                RefusalCode::Invalid,
                "id",
                "this contact has no account: add an email address, and make the contact a client",
            )
        })?;
        let (_, address) = lock_identity(work.connection(), identity).await?;
        if let Ok(email) = address.parse() {
            attempts::count_mail(work.actor(), &email).await?;
        }
        let host = region_host(work, staff.company).await?;
        let mail = MailJob {
            key: format!("contact-review:{}:{}", contact.id.0, now.date_naive()),
            company_id: Some(staff.company),
            template: MailTemplate::ContactReview,
            to_address: address,
            to_name: Some(contact.name.clone()),
            values: json!({
                "contact_name": contact.name, "contact_email": contact.email, "contact_phone": contact.phone,
            }),
            link: None,
            portal_host: Some(host),
        };
        if !work.enqueue_once(&mail).await? {
            let midnight = (now.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
            let message = "a review was requested today already: repeat this tomorrow";
            let refusal = Refusal::of(RefusalCode::TooManyAttempts, "id", message);
            return Err(refusal.after((midnight - now).to_std().unwrap_or_default()).into());
        }
        let event = ActivityEvent::new(ActivityKind::ContactReviewRequested).in_company(staff.company);
        work.record(event.to(SubjectKind::Contact, contact.id)).await
    }
}
