//! Notices to whom an account belongs, in case it was not they.

use portico_core::id::new_uuid;
use portico_core::mail::MailTemplate;
use portico_store::mail::NewDelivery;
use portico_store::people::Account;
use serde_json::{Value, json};

use crate::{ActionError, Work};

/// The password of an account was changed.
pub(crate) async fn password_changed(work: &mut Work<'_>, account: &Account) -> Result<(), ActionError> {
    tell(work, account, Some(&account.name), MailTemplate::PasswordChanged, json!({})).await
}

/// An account has another address: told to the one that it had.
pub(crate) async fn email_changed(work: &mut Work<'_>, before: &Account) -> Result<(), ActionError> {
    tell(work, before, Some(&before.name), MailTemplate::EmailChanged, json!({})).await
}

/// Support has corrected an account. An address that nobody has proved is not told the name, which is free text.
pub(crate) async fn corrected(
    work: &mut Work<'_>,
    account: &Account,
    name: Option<&str>,
    changed: &[&str],
) -> Result<(), ActionError> {
    tell(work, account, name, MailTemplate::AccountCorrected, json!({ "changed": changed.join(", ") })).await
}

async fn tell(
    work: &mut Work<'_>,
    account: &Account,
    name: Option<&str>,
    template: MailTemplate,
    values: Value,
) -> Result<(), ActionError> {
    let delivery = NewDelivery {
        key: format!("{}:{}:{}", template.as_str().to_lowercase(), account.id.0, new_uuid()),
        company_id: None,
        template,
        to_address: account.email.clone(),
        to_name: name.map(str::to_owned),
        values,
        link: None,
        portal_host: None,
        at: work.now(),
    };
    work.post(&delivery).await
}
