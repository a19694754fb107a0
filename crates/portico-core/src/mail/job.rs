//! The job that sends a mail.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::MailTemplate;
use crate::id::CompanyId;
use crate::jobs::Job;

/// A mail to be sent. The worker makes its text and the token of its link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailJob {
    /// Deduplication key, such as `invitation:<id>:<number of the mail>`: one mail per key.
    pub key: String,
    /// The company in whose name the mail is sent; none for a mail about an account alone.
    pub company_id: Option<CompanyId>,
    /// The template.
    pub template: MailTemplate,
    /// The recipient's address.
    pub to_address: String,
    /// The recipient's name, if it is known.
    pub to_name: Option<String>,
    /// Values of the template: an object with exactly the names in [`MailTemplate::values`], plain data and never a
    /// token.
    pub values: Value,
    /// The link, if the template has one.
    pub link: Option<MailLink>,
    /// Host of the portal, if the mail has a link or leads to the portal.
    pub portal_host: Option<String>,
}

/// A link, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLink {
    /// The link's id.
    pub id: Uuid,
    /// The link's nonce.
    pub nonce: Uuid,
}

impl Job for MailJob {
    const NAME: &'static str = "mail";
    const RETENTION: TimeDelta = TimeDelta::days(180);
    const HAS_PRIVATE_ERRORS: bool = true;

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
            return wrong(&format!("has the values {:?}, expected {wanted:?}", names.collect::<Vec<_>>()));
        }
        for (name, value) in values {
            let is_list = value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string));
            if template.has_list(name) && !is_list {
                return wrong("has a value that is not a list of texts");
            }
            if !template.has_list(name) && (value.is_array() || value.is_object()) {
                return wrong("has a value that is neither a text, a number nor null");
            }
        }
        if template.has_link() != self.link.is_some() {
            return wrong(if template.has_link() { "has no link" } else { "must not have a link" });
        }
        if template.is_to_unverified() && self.to_name.is_some() {
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
