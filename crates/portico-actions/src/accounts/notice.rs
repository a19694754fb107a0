//! Security notices to the owner of an account.

use portico_core::id::new_uuid;
use portico_core::mail::{MailJob, MailTemplate};
use portico_store::accounts::Account;
use serde_json::{Value, json};

use crate::{ActionError, Work};

/// Notifies of a changed password.
pub(crate) async fn password_changed(work: &mut Work<'_>, account: &Account) -> Result<(), ActionError> {
    send(work, account, Some(&account.name), MailTemplate::PasswordChanged, json!({})).await
}

/// Notifies the previous address of a changed address.
pub(crate) async fn email_changed(work: &mut Work<'_>, before: &Account) -> Result<(), ActionError> {
    send(work, before, Some(&before.name), MailTemplate::EmailChanged, json!({})).await
}

/// Notifies of a correction by support. An unconfirmed address does not get the name, which is free text.
pub(crate) async fn corrected(
    work: &mut Work<'_>,
    account: &Account,
    name: Option<&str>,
    changed: &[&str],
) -> Result<(), ActionError> {
    send(work, account, name, MailTemplate::AccountCorrected, json!({ "changed": changed.join(", ") })).await
}

async fn send(
    work: &mut Work<'_>,
    account: &Account,
    name: Option<&str>,
    template: MailTemplate,
    values: Value,
) -> Result<(), ActionError> {
    let mail = MailJob {
        key: format!("{}:{}:{}", template.as_str().to_lowercase(), account.id.0, new_uuid()),
        company_id: None,
        template,
        to_address: account.email.clone(),
        to_name: name.map(str::to_owned),
        values,
        link: None,
        portal_host: None,
    };
    work.enqueue(&mail).await
}
