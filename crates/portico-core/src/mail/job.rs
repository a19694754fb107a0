//! A mail to be sent, as actions write it.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::MailTemplate;
use crate::id::CompanyId;
use crate::jobs::Job;

/// A mail to be sent. Its text and its link's token are made by the worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailJob {
    /// What it is about, such as `invitation:<id>:<number of the mail>`: no mail is sent twice for one key.
    pub key: String,
    /// The company in whose name it is sent; none for a mail about an account alone.
    pub company_id: Option<CompanyId>,
    /// Which mail.
    pub template: MailTemplate,
    /// The recipient's address.
    pub to_address: String,
    /// The recipient's name, if it is known.
    pub to_name: Option<String>,
    /// What it says: an object with exactly the names in [`MailTemplate::values`], plain data and never a token.
    pub values: Value,
    /// The link that it holds, if its template has one.
    pub link: Option<MailLink>,
    /// The host of the portal that it leads to, if it has a link or leads there.
    pub portal_host: Option<String>,
}

/// A link, as its own row has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLink {
    /// The link's row.
    pub id: Uuid,
    /// The nonce in it.
    pub nonce: Uuid,
}

impl Job for MailJob {
    const NAME: &'static str = "mail";
    const RETENTION: TimeDelta = TimeDelta::days(180);

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn company(&self) -> Option<CompanyId> {
        self.company_id
    }

    fn check(&self) -> Result<(), String> {
        let template = self.template;
        let wrong = |what: &str| Err(format!("a mail {template} {what}"));
        let Some(values) = self.values.as_object() else { return wrong("has values that are no object") };
        let (names, wanted) = (values.keys().map(String::as_str), template.values());
        if values.len() != wanted.len() || !names.clone().all(|name| wanted.contains(&name)) {
            return wrong(&format!("has the values {:?}, and not {wanted:?}", names.collect::<Vec<_>>()));
        }
        if values.values().any(|value| value.is_array() || value.is_object()) {
            return wrong("has a value that is not one text, number or null");
        }
        if template.has_link() != self.link.is_some() {
            return wrong(if template.has_link() { "has no link" } else { "must not have a link" });
        }
        if template.is_to_unproved() && self.to_name.is_some() {
            return wrong("names a person whose address is not verified");
        }
        if (template.has_link() || template.has_portal()) && self.portal_host.is_none() {
            return wrong("has no portal host");
        }
        if !template.is_of_account() && self.company_id.is_none() {
            return wrong("has no company");
        }
        Ok(())
    }
}
