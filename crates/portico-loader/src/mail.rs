//! What companies write in mails, and what became of those that were sent.

use portico_core::id::CompanyId;
pub use portico_store::mail::{EmailTemplateRow, MailDeliveryRow};
use portico_store::mail::{latest_deliveries, templates_of_companies};
use uuid::Uuid;

use crate::elsewhere::{loads_elsewhere, loads_many_elsewhere};

loads_many_elsewhere! {
    /// What a company has written instead of the standard texts; for those who may change it, and hardly anybody asks.
    TemplatesOfCompany(CompanyId) => EmailTemplateRow, templates_of_companies, by company_id
}

loads_elsewhere! {
    /// The latest mail about an invitation or a contact. Workers change it at any time.
    LatestDelivery(Uuid) => MailDeliveryRow, latest_deliveries, by subject_id
}
