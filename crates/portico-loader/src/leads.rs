//! Leads.

use portico_core::id::{ContactId, LeadId};
use portico_core::leads::LeadList;
pub use portico_store::leads::LeadRow;
use portico_store::leads::{count_leads, leads_by_id, leads_of_contacts, list_leads};

use crate::elsewhere::{lists_elsewhere, loads_elsewhere};

loads_elsewhere! {
    one
    /// A lead.
    LeadById(LeadId) => LeadRow, leads_by_id, by id
}
loads_elsewhere! {
    many
    /// What somebody asked for, oldest first.
    LeadsOfContact(ContactId) => LeadRow, leads_of_contacts, by contact_id
}
lists_elsewhere! {
    /// A page of the company's leads.
    LeadPage,
    /// How many leads a list has.
    LeadCount
    of LeadList => LeadRow, list_leads, count_leads
}
