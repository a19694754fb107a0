//! What companies write in mails.

use portico_core::id::CompanyId;
pub use portico_store::mail::EmailTemplateRow;
use portico_store::mail::templates_of_companies;

use crate::elsewhere::loads_many_elsewhere;

loads_many_elsewhere! {
    /// What a company has written instead of the standard texts; for those who may change it, and hardly anybody asks.
    TemplatesOfCompany(CompanyId) => EmailTemplateRow, templates_of_companies, by company_id
}
