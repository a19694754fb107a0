//! Changes the company's text of a mail.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_core::mail::{BodyError, MAX_BODY, MailTemplate, check_body};
use portico_core::refusal::RefusalCode;
use portico_core::text::is_blank;
use portico_store::mail::{insert_template, lock_template, write_template};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Changes the company's text of a mail (INV-14, INV-16 to INV-18). Only customizable mails; titles are fixed.
#[derive(Debug, Clone)]
pub struct EmailTemplateUpdate {
    /// The template.
    pub template: MailTemplate,
    /// The text, with placeholders; blank restores the standard text.
    pub body: String,
    /// The version that was read; 0 if the company never had a text of its own.
    pub expected_version: i32,
}

impl EmailTemplateUpdate {
    /// The text to store; `None` for the standard text.
    fn checked(&self) -> Result<Option<String>, Refusal> {
        if !self.template.is_customizable() {
            let message = format!("the text of {} cannot be customized: choose another template", self.template);
            return Err(Refusal::of(RefusalCode::TemplateLocked, "key", message));
        }
        if is_blank(&self.body) {
            return Ok(None);
        }
        let body = check::body("body", &self.body, MAX_BODY)?;
        match check_body(&body) {
            Ok(()) => Ok(Some(body)),
            Err(BodyError::Empty) => Ok(None),
            Err(error @ BodyError::TooLong(_)) => Err(Refusal::of(RefusalCode::TooLong, "body", error.to_string())),
            Err(error) => Err(Refusal::of(RefusalCode::Invalid, "body", error.to_string())),
        }
    }

    /// Stores the text. Returns the new version; none if the text is the current one.
    async fn keep(
        &self,
        work: &mut Work<'_>,
        company: CompanyId,
        body: Option<String>,
    ) -> Result<Option<i32>, ActionError> {
        let now = work.now();
        let (version, current) = lock_template(work.connection(), company, self.template).await?.unzip();
        if version.unwrap_or(0) != self.expected_version {
            return Err(changed(version));
        }
        if body == current.flatten() {
            return Ok(None);
        }
        match version {
            Some(version) => {
                write_template(work.connection(), company, self.template, body, now).await?;
                Ok(Some(version + 1))
            }
            None if insert_template(work.connection(), company, self.template, body, now).await? => Ok(Some(1)),
            // Another request has inserted the first version meanwhile.
            None => Err(changed(Some(1))),
        }
    }
}

fn changed(version: Option<i32>) -> ActionError {
    Refusal::outdated(version.unwrap_or(0)).into()
}

impl Action for EmailTemplateUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let company = work.staff(Permission::EmailTemplatesManage).await?.company;
        let body = self.checked()?;
        let is_standard = body.is_none();
        let Some(version) = self.keep(work, company, body).await? else { return Ok(company) };
        let event = ActivityEvent::new(ActivityKind::EmailTemplateChanged).in_company(company);
        let details = json!({ "key": self.template.as_str(), "version": version, "isStandard": is_standard });
        work.record(event.to(SubjectKind::Company, company).with(details)).await?;
        Ok(company)
    }
}
