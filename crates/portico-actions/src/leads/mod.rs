//! Leads: forms on web sites, states, and conversion.

mod convert;
mod inquiry;
mod lead_create;
mod lead_form_update;
mod lead_state_set;
mod lead_submit;

pub use convert::{ContactConvertToProject, Converted, LeadConvertToClient, LeadConvertToProject};
pub use inquiry::Inquiry;
pub use lead_create::LeadCreate;
pub use lead_form_update::LeadFormUpdate;
pub use lead_state_set::LeadStateSet;
pub use lead_submit::{FORMS_PER_NETWORK_PER_HOUR, LeadSubmit, THROTTLE_AFTER, THROTTLED_PER_DAY};
pub use portico_store::leads::FormName;
