//! Changes a company's lead form.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::Differences;
use portico_store::leads::{FormChange, change_form};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum number of allowed origins.
const ORIGINS: usize = caps::ORIGINS as usize;

/// Changes a company's lead form, or creates it (LEAD-2). `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct LeadFormUpdate {
    /// Whether the form accepts submissions.
    pub is_open: Option<bool>,
    /// Web origins whose pages may submit the form.
    pub allowed_origins: Option<Vec<String>>,
    /// Whether to replace the key. Submissions with the old key are rejected.
    pub rotate_key: bool,
}

impl LeadFormUpdate {
    fn origins(&self) -> Result<Option<Vec<String>>, ActionError> {
        let Some(origins) = &self.allowed_origins else { return Ok(None) };
        if origins.len() > ORIGINS {
            let message = format!("must not have more than {ORIGINS} origins");
            return Err(Refusal::of(RefusalCode::TooLong, "allowedOrigins", message).into());
        }
        let mut origins = check::all(origins.iter().map(|text| check::web_origin("allowedOrigins", text)))?;
        origins.sort();
        origins.dedup();
        Ok(Some(origins))
    }
}

impl Action for LeadFormUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        let (fresh, allowed_origins) = (new_key()?, self.origins()?);
        let key = self.rotate_key.then(|| fresh.clone());
        let change = FormChange { is_open: self.is_open, allowed_origins, key };
        let Differences { change, names } = change_form(work.connection(), staff.company, &fresh, change).await?;
        let details = json!({
            "isOpen": change.is_open, "allowedOrigins": change.allowed_origins, "isKeyRenewed": self.rotate_key,
        });
        let event = ActivityEvent::new(ActivityKind::LeadFormChanged).in_company(staff.company);
        work.record_changes(event.to(SubjectKind::Company, staff.company).with(details), &names).await?;
        Ok(staff.company)
    }
}

/// A form key is public in web pages, but must not be guessable.
fn new_key() -> Result<String, ActionError> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)?;
    Ok(format!("form-{}", data_encoding::HEXLOWER.encode(&random)))
}
