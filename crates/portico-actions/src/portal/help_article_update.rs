//! Changes a help article.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::HelpArticleId;
use portico_store::portal::{lock_article, write_article};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of a help article, in characters.
pub(super) const BODY: usize = 20_000;

/// Changes a help article, not its state (PRT-10). `None` keeps the current value.
#[derive(Debug, Clone)]
pub struct HelpArticleUpdate {
    /// The article.
    pub id: HelpArticleId,
    /// The version that was read.
    pub expected_version: i32,
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The sort order, lowest first.
    pub sort: Option<i32>,
}

impl Action for HelpArticleUpdate {
    type Done = HelpArticleId;

    async fn write(&self, work: &mut Work<'_>) -> Result<HelpArticleId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let article = lock_article(work.connection(), company, self.id).await?;
        let mut article = article.ok_or_else(|| Refusal::not_found("id"))?;
        if article.version != self.expected_version {
            return Err(Refusal::outdated(article.version).into());
        }
        let title = self.title.as_deref().map(|text| check::text("title", text, check::NAME));
        let body = self.body.as_deref().map(|text| check::body("body", text, BODY));
        check::all([
            title.map_or(Ok(()), |title| title.map(|text| article.title = text)),
            body.map_or(Ok(()), |body| body.map(|text| article.body = text)),
        ])?;
        article.sort = self.sort.unwrap_or(article.sort);
        article.version += 1;
        let now = work.now();
        write_article(work.connection(), self.id, &article, now).await?;
        let event = ActivityEvent::new(ActivityKind::HelpArticleSaved).in_company(company);
        let details = json!({ "version": article.version, "isNew": false });
        work.record(event.to(SubjectKind::HelpArticle, self.id).with(details)).await?;
        Ok(self.id)
    }
}
