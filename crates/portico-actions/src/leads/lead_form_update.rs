//! A company opens the form on its site, closes it, and says which pages may send it.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::leads::{FormChange, change_form};
use serde_json::json;

use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// From how many sites a form may be sent.
const ORIGINS: usize = 20;

/// Changes the form on a company's site; what is none stays (LEAD-2). A company without one has one from then on.
#[derive(Debug, Clone, Default)]
pub struct LeadFormUpdate {
    /// Whether it takes what is sent.
    pub is_open: Option<bool>,
    /// The web origins whose pages may send it.
    pub allowed_origins: Option<Vec<String>>,
    /// Whether it gets another key, so that pages with the one that it had send nothing any more.
    pub renews_key: bool,
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
        let details = json!({
            "isOpen": self.is_open, "allowedOrigins": allowed_origins, "isKeyRenewed": self.renews_key,
        });
        let key = self.renews_key.then(|| fresh.clone());
        let change = FormChange { is_open: self.is_open, allowed_origins, key };
        change_form(work.connection(), staff.company, &fresh, change).await?;
        let happened = Happened::new(ActivityKind::LeadFormChanged).in_company(staff.company);
        work.record(happened.to(SubjectKind::Company, staff.company).with(details)).await?;
        Ok(staff.company)
    }
}

/// A key stands in pages and addresses. It opens nothing but the form, and yet nobody should come upon it by counting.
fn new_key() -> Result<String, ActionError> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)?;
    Ok(format!("form-{}", data_encoding::HEXLOWER.encode(&random)))
}
