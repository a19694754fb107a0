//! Leads.

use portico_core::id::{CompanyId, LeadId};
use portico_core::leads::LeadList;
pub use portico_store::leads::{LeadFormRow, LeadRow};
use portico_store::leads::{count_leads, forms_of_companies, leads_by_id, list_leads};

use crate::uncached::{lists_uncached, loads_uncached};

loads_uncached! {
    /// A lead.
    LeadById(LeadId) => LeadRow, leads_by_id, by id
}
loads_uncached! {
    /// A company's lead form.
    FormOfCompany(CompanyId) => LeadFormRow, forms_of_companies, by company_id
}
lists_uncached! {
    /// A page of the company's leads.
    LeadPage,
    /// The number of leads in a list.
    LeadCount
    of LeadList => LeadRow, list_leads, count_leads
}
