//! Leads: forms on web sites, where leads stand, and what becomes of them.

mod convert;
mod lead_create;
mod lead_form_update;
mod lead_state_set;
mod lead_submit;

pub use convert::{ContactConvertToProject, Converted, LeadConvertToClient, LeadConvertToProject};
pub use lead_create::LeadCreate;
pub use lead_form_update::LeadFormUpdate;
pub use lead_state_set::LeadStateSet;
pub use lead_submit::{BRAKE_AFTER, BRAKED_A_DAY, LeadSubmit, PER_NETWORK_AN_HOUR};
pub use portico_store::leads::FormName;
