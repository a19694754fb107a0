//! A company asks a client to look over what it has of them.

use chrono::{Days, NaiveTime};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ContactId;
use portico_core::mail::MailTemplate;
use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::mail::NewDelivery;
use portico_store::people::{hold_identity, own_contact};
use serde_json::json;

use super::tries;
use crate::company::region_host;
use crate::{Action, ActionError, Happened, Refusal, Work};

/// Sends a client what the company has of them, to the address that is the person's own, whatever the company's card says.
/// Nothing is changed by it (ACC-12). Once a day at most: it is a mail that nobody asked for.
#[derive(Debug, Clone)]
pub struct ClientRequestContactReview {
    /// The card.
    pub contact: ContactId,
}

impl Action for ClientRequestContactReview {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let now = work.now();
        let contact = own_contact(work.connection(), staff.company, self.contact).await?;
        let contact = contact.ok_or_else(|| Refusal::argument_not_found("id"))?;
        let identity = contact.identity.ok_or_else(|| {
            Refusal::of_argument(RefusalCode::Invalid, "id", "nobody is known by this contact's address yet")
        })?;
        let (_, address) = hold_identity(work.connection(), identity).await?;
        if let Ok(email) = address.parse() {
            tries::count_mail(work.actor(), &email).await?;
        }
        let host = region_host(work, staff.company).await?;
        let delivery = NewDelivery {
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
            at: now,
        };
        if !work.post_once(&delivery).await? {
            let midnight = (now.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
            let message = "they have been asked today already";
            let refusal = Refusal::of_argument(RefusalCode::TooManyTries, "id", message);
            return Err(refusal.after((midnight - now).to_std().unwrap_or_default()).into());
        }
        let happened = Happened::new(ActivityKind::ContactReviewRequested).in_company(staff.company);
        work.record(happened.to(SubjectKind::Contact, contact.id)).await
    }
}
