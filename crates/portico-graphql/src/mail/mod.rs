//! What companies say in their mails.

mod mutations;
mod template;

pub(crate) use mutations::TemplateMutations;
pub(crate) use template::{EmailTemplate, own_templates};
