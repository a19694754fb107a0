//! Mail: the queue of deliveries, and what companies write in them.

mod deliveries;
mod deliveries_seen;
mod queue;
mod templates;

pub use deliveries::{NewDelivery, NewLink, insert_delivery};
pub use deliveries_seen::{MailDeliveryRow, latest_deliveries};
pub use queue::{
    DeliveryCompany, DeliveryLink, DueDelivery, deliveries_by_id, mark_refused, mark_sent, park, retry_later, take_due,
    withdraw_waiting,
};
pub use templates::{EmailTemplateRow, insert_template, lock_template, templates_of_companies, write_template};
