//! Mail templates of companies, and deliveries of mails.

use portico_core::id::CompanyId;
pub use portico_store::mail::{EmailTemplateRow, MailDeliveryRow};
use portico_store::mail::{latest_deliveries, templates_of_companies};
use uuid::Uuid;

use crate::uncached::{loads_many_uncached, loads_uncached};

loads_many_uncached! {
    /// A company's customized mail bodies. Visible to staff who may change them, and rarely read.
    TemplatesOfCompany(CompanyId) => EmailTemplateRow, templates_of_companies, by company_id
}

loads_uncached! {
    /// The latest mail about an invitation or a contact. Workers change its state at any time.
    LatestDelivery(Uuid) => MailDeliveryRow, latest_deliveries, by subject_id
}
