//! What companies write in mails.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::id::CompanyId;
pub use portico_store::mail::EmailTemplateRow;
use portico_store::mail::templates_of_companies;
use portico_store::{SeenBy, StoreError};
use serde::Serialize;

use crate::gather::{Rows, many_each};
use crate::{Key, Source};

/// What a company has written instead of the standard texts; for those who may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct TemplatesOfCompany(pub CompanyId);

impl Key for TemplatesOfCompany {
    type Value = Rows<EmailTemplateRow>;

    const KIND: &'static str = "TemplatesOfCompany";

    // Read each time: who may see it hangs on a permission that the state of the company does not know, and hardly
    // anybody asks.
    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Arc<[Arc<EmailTemplateRow>]>>, StoreError> {
        let rows = templates_of_companies(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(many_each(rows, seen.viewer(), |row| Self(row.company_id)))
    }
}
