//! Mail templates and delivery status.

mod delivery;
mod mutations;
mod template;

pub(crate) use delivery::MailDelivery;
pub(crate) use mutations::TemplateMutations;
pub(crate) use template::{EmailTemplate, own_templates};
