//! Notices to whom an account belongs, in case it was not they.

use portico_core::id::new_uuid;
use portico_core::mail::MailTemplate;
use portico_store::mail::NewDelivery;
use portico_store::people::Account;
use serde_json::json;

use crate::{ActionError, Work};

/// The password of an account was changed.
pub(crate) async fn password_changed(work: &mut Work<'_>, account: &Account) -> Result<(), ActionError> {
    let delivery = NewDelivery {
        key: format!("password:{}:{}", account.id.0, new_uuid()),
        company_id: None,
        template: MailTemplate::PasswordChanged,
        to_address: account.email.clone(),
        to_name: Some(account.name.clone()),
        values: json!({}),
        link: None,
        portal_host: None,
        at: work.now(),
    };
    work.post(&delivery).await
}
