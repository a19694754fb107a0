//! Mail: deliveries and customized templates.

mod company;
mod deliveries_seen;
mod templates;

pub use company::{MailCompany, mail_company};
pub use deliveries_seen::{MailDeliveryRow, latest_deliveries};
pub use templates::{EmailTemplateRow, insert_template, lock_template, templates_of_companies, write_template};
