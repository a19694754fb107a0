//! Deletes a help article.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, HelpArticleId};
use portico_core::people::Permission;
use portico_store::portal::{delete_article, lock_article};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Deletes a help article (PRT-10). Its title stays in the audit log.
#[derive(Debug, Clone, Copy)]
pub struct HelpArticleDelete {
    /// The article.
    pub id: HelpArticleId,
}

impl Action for HelpArticleDelete {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let article = lock_article(work.connection(), company, self.id).await?;
        let article = article.ok_or_else(|| Refusal::not_found("id"))?;
        delete_article(work.connection(), self.id).await?;
        let event = ActivityEvent::new(ActivityKind::HelpArticleDeleted).in_company(company);
        let details = json!({ "title": article.title });
        work.record(event.to(SubjectKind::HelpArticle, self.id).with(details)).await?;
        Ok(company)
    }
}
