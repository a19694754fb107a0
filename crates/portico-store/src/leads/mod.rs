//! Leads: requests for information, and lead forms.

mod forms;
mod list;
mod rows;
mod writes;

pub use forms::{
    FormName, OpenForm, Sent, change_form, find_form, first_sent_since, lock_network, open_form, origins_of_form,
};
pub use list::{count_leads, list_leads};
pub use rows::{FormChange, LeadDetails, LeadFormRow, LeadRow, NewLead, forms_of_companies, leads_by_id};
pub use writes::{OwnLead, convert_lead, insert_lead, own_lead, set_lead_state};
