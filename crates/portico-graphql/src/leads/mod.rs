//! Leads: requests for information, and their conversion.

mod convert;
mod enums;
mod form;
mod lead;
mod mutations;
mod submit;

pub(crate) use convert::ConvertMutations;
pub(crate) use enums::{LeadSource, LeadState};
pub(crate) use form::{LeadForm, LeadFormMutations, lead_form};
pub(crate) use lead::Lead;
pub(crate) use mutations::LeadMutations;
pub(crate) use submit::LeadSubmitMutations;
