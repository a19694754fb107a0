//! Leads.

use portico_core::id::LeadId;
use portico_core::leads::LeadList;
pub use portico_store::leads::LeadRow;
use portico_store::leads::{count_leads, leads_by_id, list_leads};

use crate::elsewhere::{lists_elsewhere, loads_elsewhere};

loads_elsewhere! {
    /// A lead.
    LeadById(LeadId) => LeadRow, leads_by_id, by id
}
lists_elsewhere! {
    /// A page of the company's leads.
    LeadPage,
    /// How many leads a list has.
    LeadCount
    of LeadList => LeadRow, list_leads, count_leads
}
