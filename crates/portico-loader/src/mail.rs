//! What companies write in mails, and what became of those that were sent.

use portico_core::id::CompanyId;
pub use portico_store::mail::{EmailTemplateRow, MailDeliveryRow};
use portico_store::mail::{latest_deliveries, templates_of_companies};
use uuid::Uuid;

use crate::uncached::{loads_many_uncached, loads_uncached};

loads_many_uncached! {
    /// What a company has written instead of the standard texts; for those who may change it, and hardly anybody asks.
    TemplatesOfCompany(CompanyId) => EmailTemplateRow, templates_of_companies, by company_id
}

loads_uncached! {
    /// The latest mail about an invitation or a contact. Workers change it at any time.
    LatestDelivery(Uuid) => MailDeliveryRow, latest_deliveries, by subject_id
}
